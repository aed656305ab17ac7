"""What Google, the way to it, or a login may answer instead of doing what it is asked, in words for a person."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError, TransportError
from gspread.exceptions import APIError

from arsheet.hosts.google.refusal_words import WORDS
from arsheet.hosts.online import RemoteError

EXPECTED = (APIError, requests.exceptions.RequestException, GoogleAuthError)
"""What a call may raise; anything else is a broken program."""
_AGAIN = {408, 429, 500, 502, 503, 504}
_RATE = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a failed call means.

    ``again``: worth another try. ``landed``: whether a write may have been carried out. ``after``: seconds that the
    server asked to wait. ``said``: Google's own words, never shown in a log.
    """

    code: str
    status: int = 0
    again: bool = False
    landed: bool = False
    after: float | None = None
    said: str = ""


class NotGoogle(requests.exceptions.RequestException):
    """An answer that is not Google's: a login page of the network, a proxy's notice."""


def judge(error: Exception) -> Verdict:
    """What an exception of a call means."""
    if isinstance(error, APIError):
        return _of_answer(error.response)
    if isinstance(error, (RefreshError, DefaultCredentialsError)):
        return _of_login(error)
    if isinstance(error, TransportError):  # on the way to the token endpoint, so the call itself was never sent
        inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else None
        found = _of_network(inner) if inner is not None else Verdict("network_unreachable", again=True)
        return Verdict(found.code, again=found.again)
    if isinstance(error, GoogleAuthError):
        return Verdict("login_refused")
    return _of_network(error)


def explain(
    verdict: Verdict, *, account: str = "", retried: int = 0, unknown: bool = False, wait: float = 0.0
) -> RemoteError:
    """The error for a person, without anything secret: ``account`` is the mail address that the job signs in with."""
    exit_code, zh, en = WORDS[verdict.code]
    facts: dict[str, Any] = {"status": verdict.status, "account": account, "after": verdict.after}
    said = re.sub(r"\s+", " ", verdict.said)[:200]
    slots = {
        "account_zh": account or "任务所用的账号",
        "account_en": account or "the account that the job signs in with",
        "status": verdict.status,
        "said": said or "-",
        "retried": retried,
    }
    return RemoteError(
        verdict.code,
        zh.format_map(slots),
        en.format_map(slots),
        exit_code=exit_code,
        retried=retried,
        unknown=unknown,
        facts=facts,
    )


def _of_network(error: Exception) -> Verdict:
    if isinstance(error, NotGoogle):
        return Verdict("answer_not_google", again=True, landed=True)
    if isinstance(error, requests.exceptions.ProxyError):
        return Verdict("proxy_refused", again=True)
    if isinstance(error, requests.exceptions.SSLError):
        return Verdict("certificate_refused")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Verdict("network_unreachable", again=True)
    if isinstance(error, requests.exceptions.Timeout):
        return Verdict("answer_late", again=True, landed=True)
    if isinstance(error, requests.exceptions.ConnectionError):
        unsent = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
        return Verdict("network_unreachable", again=True, landed=not unsent)
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        return Verdict("network_unreachable", again=True, landed=True)
    return Verdict("address_unusable")


def _of_login(error: Exception) -> Verdict:
    text = " ".join(str(part) for part in error.args)
    low = text.lower()
    if isinstance(error, DefaultCredentialsError):
        return Verdict("login_missing")
    if "iat and exp" in low or "short-lived token" in low or "clock" in low:
        return Verdict("clock_wrong")
    if "invalid jwt signature" in low or "account not found" in low or "account_not_found" in low:
        return Verdict("key_revoked")
    if "account has been disabled" in low or "account disabled" in low:
        return Verdict("key_revoked")
    if "expired or revoked" in low or "invalid_rapt" in low or "reauth" in low:
        return Verdict("login_expired")
    if "invalid_scope" in low or "unauthorized_client" in low or "access_denied" in low:
        return Verdict("login_not_allowed")
    if getattr(error, "retryable", False) or "<html" in low:
        return Verdict("login_unavailable", again=True)
    return Verdict("login_refused")


def _of_answer(response: requests.Response) -> Verdict:
    status, error = response.status_code, _error_of(response)
    said, reasons = str(error.get("message", "")), _reasons(error)
    if status == 429 or (status == 403 and reasons & _RATE):
        return Verdict("quota_used_up", status, again=True, after=_after(response))
    if status in _AGAIN or status > 504:
        return Verdict("remote_unavailable", status, again=True, landed=True, after=_after(response))
    if status == 401:
        return Verdict("login_refused", status)
    if status == 403:
        return Verdict(_forbidden(said, reasons), status, said=said)
    if status in (404, 410):
        return Verdict("spreadsheet_not_found", status, said=said)
    if status == 413:
        return Verdict("request_too_large", status)
    if status == 407:
        return Verdict("proxy_refused", status)
    if status < 400 or not error:
        return Verdict("answer_not_google", status, again=True, landed=True)
    return Verdict(_refused(said), status, said=said)


def _forbidden(said: str, reasons: set[str]) -> str:
    low = said.lower()
    if "storage quota" in low or "storageQuotaExceeded" in reasons:
        return "storage_quota"
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons or "insufficient authentication scopes" in low:
        return "scope_missing"
    if reasons & {"SERVICE_DISABLED", "accessNotConfigured"} or "it is disabled" in low:
        return "service_disabled"
    return "range_protected" if "protected" in low else "not_shared"


def _refused(said: str) -> str:
    low = said.lower()
    if "protected" in low:
        return "range_protected"
    if re.search(r"above the limit of .* cells|limit of 10000000 cells|cells in the workbook", low):
        return "too_many_cells"
    if "payload size" in low or "request too large" in low:
        return "request_too_large"
    if "metadata" in low and re.search(r"exist|unique|duplicate|in use|no .*metadata|not found", low):
        return "marker_moved"
    if "no grid with id" in low or "no sheet with id" in low or "unable to parse range" in low:
        return "tab_gone"
    if "already exists" in low and "sheet" in low:
        return "tab_exists"
    if "not supported for this document" in low:
        return "not_a_spreadsheet"
    return "request_refused"


def _error_of(response: requests.Response) -> dict[str, Any]:
    """The ``error`` object of an answer; empty when the answer is not Google's."""
    try:
        error = json.loads(response.content)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _reasons(error: dict[str, Any]) -> set[str]:
    places = [*(error.get("errors") or ()), *(error.get("details") or ())]
    return {str(place.get("reason")) for place in places if isinstance(place, dict) and place.get("reason")}


def _after(response: requests.Response) -> float | None:
    """Retry-After in seconds: a number or a date."""
    said = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", said):
        return float(said)
    try:
        then = parsedate_to_datetime(said)
        now = parsedate_to_datetime(response.headers["Date"]) if "Date" in response.headers else None
        return max(0.0, (then - (now or dt.datetime.now(dt.UTC))).total_seconds())
    except (TypeError, ValueError):
        return None
