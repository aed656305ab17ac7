"""Signing in to Google: a service account, a person's login, or application default credentials; spreadsheets only.

No message and no exception from here carries anything of a key: what reading one raises is dropped, never chained.
"""

from __future__ import annotations

import json
import os
import stat
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import google.auth
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from arsheet.hosts.google.auth_words import refused
from arsheet.hosts.google.refusals import explain, judge
from arsheet.hosts.google.relay import Relay

WRITE = "https://www.googleapis.com/auth/spreadsheets"
READ = "https://www.googleapis.com/auth/spreadsheets.readonly"
KEY_VARIABLE = "ARSHEET_GOOGLE_KEY"
"""The environment variable that may hold the whole key as JSON, for schedulers that keep secrets."""

Kind = Literal["service_account", "user", "default"]


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials and whom they stand for; ``email`` is blank where Google does not say it."""

    kind: str
    email: str
    credentials: Any

    def __repr__(self) -> str:
        return f"Account({self.kind}, {self.email})"


def sign_in(
    kind: Kind,
    *,
    path: str | Path = "",
    variable: str = KEY_VARIABLE,
    readonly: bool = False,
    relay: Relay | None = None,
    away_from: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> Account:
    """The credentials of one kind; nothing is sent yet. Raises RemoteError (exit code 8 for a key file, 5 a login).

    ``path``: the key file or the authorized_user.json; blank = the JSON in the environment ``variable``. ``away_from``:
    the workbook and the project folder, beside and within which no key file may lie. ``readonly``: may not write.
    """
    environment = os.environ if environment is None else environment
    relay, scopes = relay or Relay(), [READ if readonly else WRITE]
    if kind == "default":
        return _default(scopes, away_from, environment)
    if path:
        checked = check_key_file(Path(path), away_from=away_from)
        text, named = _text_of(checked), checked.name
    elif environment.get(variable):
        text, named = environment[variable], variable
    else:
        raise refused("key_missing", variable=variable)
    info = _info_of(text, named)
    return (_service_account if kind == "service_account" else _user)(info, named, scopes, relay)


def check_key_file(path: Path, *, away_from: Sequence[Path] = ()) -> Path:
    """Where a key file really is, if it lies safely; raises RemoteError naming what to change.

    Refused: readable by others (where the system has such rights), inside a git checkout, inside or beside a project,
    beside the workbook. A link is judged by where it stands and by where it leads.
    """
    given = Path(os.path.abspath(os.path.expanduser(path)))
    try:
        real = given.resolve(strict=True)
        state = real.stat()
    except (OSError, RuntimeError):
        raise refused("key_file_not_found", name=given.name) from None
    if not stat.S_ISREG(state.st_mode):
        raise refused("key_file_not_found", name=given.name)
    for place in {given, real}:
        check_place(place, away_from)
    if os.name == "posix":
        if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise refused("key_file_open_to_others", name=given.name, mode=f"{stat.S_IMODE(state.st_mode):o}")
        if state.st_uid not in (0, os.geteuid()):
            raise refused("key_file_of_another_user", name=given.name)
    return real


def check_place(place: Path, away_from: Sequence[Path]) -> None:
    """Refuse a place where a key is easily passed on: a git checkout, a project, beside a workbook."""
    for folder in place.parents:
        if (folder / ".git").exists():
            raise refused("key_file_in_checkout", name=place.name)
    for kept in _folders(away_from):
        # a workbook that lies in the home folder itself must not rule out ~/.config
        within = place.is_relative_to(kept) and not Path.home().is_relative_to(kept)
        if within or place.parent == kept:
            raise refused("key_file_beside_workbook", name=place.name)


def _folders(away_from: Sequence[Path]) -> Iterator[Path]:
    """The folders of workbooks and projects, as given and as they really are."""
    for each in away_from:
        for way in {Path(os.path.abspath(each)), Path(each).resolve()}:
            yield way if way.is_dir() else way.parent


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeError):
        raise refused("key_file_unreadable", name=path.name) from None


def _info_of(text: str, named: str) -> dict[str, Any]:
    try:
        info = json.loads(text)
    except ValueError:
        info = None
    if isinstance(info, dict):
        return info
    raise refused("key_not_json", name=named)


def _service_account(info: dict[str, Any], named: str, scopes: list[str], relay: Relay) -> Account:
    if info.get("type") != "service_account":
        raise refused("key_of_another_kind", name=named, wanted_zh="服务账号密钥", wanted_en="a service account key")
    if not relay.trusts(str(info.get("token_uri", ""))):
        raise refused("key_leads_elsewhere", name=named)
    credentials = None
    with suppress(ValueError, TypeError, KeyError, AttributeError, GoogleAuthError):
        credentials = service_account.Credentials.from_service_account_info(info, scopes=scopes)
    if credentials is None:
        raise refused("key_damaged", name=named)
    return Account("service_account", str(info.get("client_email", "")), credentials)


def _user(info: dict[str, Any], named: str, scopes: list[str], relay: Relay) -> Account:
    if info.get("type", "authorized_user") != "authorized_user" or "refresh_token" not in info:
        raise refused("key_of_another_kind", name=named, wanted_zh="登录文件", wanted_en="a saved login")
    if not relay.trusts(str(info.get("token_uri") or "https://oauth2.googleapis.com/token")):
        raise refused("key_leads_elsewhere", name=named)
    credentials = None
    with suppress(ValueError, TypeError, KeyError, GoogleAuthError):
        credentials = user_credentials.Credentials(
            None,
            refresh_token=info["refresh_token"],
            token_uri=info.get("token_uri") or "https://oauth2.googleapis.com/token",
            client_id=info["client_id"],
            client_secret=info["client_secret"],
            scopes=scopes,
        )
    if credentials is None:
        raise refused("key_damaged", name=named)
    return Account("user", str(info.get("account") or ""), credentials)


def _default(scopes: list[str], away_from: Sequence[Path], environment: Mapping[str, str]) -> Account:
    """Application default credentials; a key file that the environment names is judged like any other."""
    named = environment.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    if named:
        check_key_file(Path(named), away_from=away_from)
    failed: Exception | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # google-auth warns about people's logins without a quota project
        try:
            credentials, _ = google.auth.default(scopes=scopes)
        except (GoogleAuthError, ValueError, OSError) as error:
            failed = error
    if failed is not None:
        if isinstance(failed, GoogleAuthError):
            raise explain(judge(failed))
        raise refused("key_damaged", name="GOOGLE_APPLICATION_CREDENTIALS")
    email = str(getattr(credentials, "service_account_email", "") or "")
    return Account("default", "" if email == "default" else email, credentials)
