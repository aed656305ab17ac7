"""What a diagnosis asks before any login: whether Google can be reached as configured, and what time it is there."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from arsheet.hosts.google.refusals import EXPECTED, Verdict, explain, judge
from arsheet.hosts.google.relay import Relay

_ANY = "https://sheets.googleapis.com/v4/spreadsheets"


def server_time(relay: Relay, *, seconds: float = 15.0) -> dt.datetime:
    """The time at the other end, by the Date of its answer, whatever it answers.

    Raises RemoteError (6 unreachable, 8 a certificate or an address); nothing secret is sent.
    """
    session = requests.Session()
    session.trust_env = not relay.loopback
    failed: Exception | None = None
    with session:
        try:
            answer = session.get(relay.url(_ANY), timeout=seconds, allow_redirects=False)
        except EXPECTED as error:
            failed = error
    if failed is not None:
        raise explain(judge(failed))
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(dt.UTC)
    except (KeyError, ValueError, TypeError):
        raise explain(Verdict("answer_not_google", answer.status_code)) from None


def proxy_host(environment: Mapping[str, str] | None = None) -> str:
    """The host of the proxy in use, without user name and password; blank for none."""
    given = os.environ if environment is None else environment
    said = next(
        (given[name] for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy") if given.get(name)), ""
    )
    try:
        parts = urlsplit(said if "//" in said else f"//{said}")
        return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "?"
