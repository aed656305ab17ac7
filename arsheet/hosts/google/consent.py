"""A person signs in to Google in the browser once; the login is kept in a file that only they can read."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError
from google_auth_oauthlib.flow import InstalledAppFlow
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from arsheet.hosts.google.auth import WRITE, check_key_file, check_place
from arsheet.hosts.google.auth_words import refused
from arsheet.hosts.google.refusals import Verdict, explain
from arsheet.hosts.google.relay import Relay

MINUTES = 5


def sign_in_person(
    app_file: str | Path,
    into: str | Path,
    *,
    page: tuple[str, str] = ("已登录，可以关闭此页。", "You are signed in and may close this page."),
    relay: Relay | None = None,
    away_from: Sequence[Path] = (),
    browse: Callable[[Any], Any] | None = None,
    minutes: float = MINUTES,
) -> Path:
    """Open the browser at Google's consent page and save what comes back to ``into``, for ``sign_in("user", …)``.

    ``app_file``: the OAuth client (desktop app) downloaded from Google Cloud, judged like a key file. ``browse``: what
    opens the page, given the flow's address; by default the system's browser. Raises RemoteError: exit code 5 when the
    person does not agree within ``minutes``, 8 for the files.
    """
    relay = relay or Relay()
    checked = check_key_file(Path(app_file), away_from=away_from)
    target = Path(os.path.abspath(os.path.expanduser(into)))
    for place in {target, target.parent.resolve() / target.name}:
        check_place(place, away_from)
    flow = InstalledAppFlow.from_client_config(_app(checked, relay), [WRITE])
    credentials = _consent(flow, page, browse, minutes)
    if WRITE not in (credentials.granted_scopes or credentials.scopes or ()):
        raise refused("consent_too_narrow")
    saved = {
        "type": "authorized_user",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
        # the relay may change; what is kept is Google's own address unless the app file says otherwise
        "token_uri": json.loads(checked.read_text("utf-8-sig"))["installed"].get("token_uri"),
    }
    _save(target, saved)
    return target


def _app(path: Path, relay: Relay) -> dict[str, Any]:
    """The OAuth client, its token address through the relay."""
    app: Any = None
    with suppress(ValueError, OSError):
        app = json.loads(path.read_text("utf-8-sig"))
    needed = ("client_id", "client_secret", "auth_uri", "token_uri")
    inside = app.get("installed") if isinstance(app, dict) else None
    if not isinstance(inside, dict) or not all(isinstance(inside.get(key), str) for key in needed):
        wanted_zh, wanted_en = "“桌面应用”类型的 OAuth 客户端文件", "an OAuth client of the kind Desktop app"
        raise refused("key_of_another_kind", name=path.name, wanted_zh=wanted_zh, wanted_en=wanted_en)
    if not relay.trusts(inside["token_uri"]):
        raise refused("key_leads_elsewhere", name=path.name)
    return {"installed": {**inside, "token_uri": relay.url(inside["token_uri"])}}


def _consent(flow: Any, page: tuple[str, str], browse: Callable[[Any], Any] | None, minutes: float) -> Any:
    """The credentials that the person's consent gives."""
    if browse is not None:
        given = flow.authorization_url

        def shown(**options: Any) -> Any:
            address = given(**options)
            browse(address[0])
            return address

        flow.authorization_url = shown
    failed = ""
    try:
        return flow.run_local_server(
            host="127.0.0.1",
            port=0,
            open_browser=browse is None,
            authorization_prompt_message="",
            success_message="\n".join(page),
            timeout_seconds=minutes * 60,
            prompt="consent",
            access_type="offline",
        )
    except (requests.exceptions.RequestException, OSError):
        failed = "network"
    except (OAuth2Error, GoogleAuthError, AttributeError, ValueError, Warning):
        failed = "consent"  # refused, timed out, or fewer scopes than asked
    if failed == "network":
        raise explain(Verdict("network_unreachable"))
    raise refused("consent_not_given", minutes=f"{minutes:g}")


def _save(target: Path, saved: dict[str, Any]) -> None:
    """Write the login whole or not at all, readable by this user alone from the first byte."""
    done = False
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".login")  # made with mode 600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(saved, file)
            os.replace(name, target)
            done = True
        finally:
            if not done:
                os.unlink(name)
    if not done:
        raise refused("login_not_saved", name=target.name)
