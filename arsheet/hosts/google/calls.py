"""Calls to Google through gspread's HTTPClient: relay, timeouts, patience, pacing, counting, and words for failures.

gspread's own BackOffHTTPClient is not used: it retries without end, without jitter and not what fails most.
"""

from __future__ import annotations

import datetime as dt
import json as json_module
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from google.auth.exceptions import TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from gspread.http_client import HTTPClient
from gspread.urls import SPREADSHEET_BATCH_UPDATE_URL

from arsheet.hosts.google.pacing import Clock, Limits, Quota, Tries
from arsheet.hosts.google.refusals import EXPECTED, NotGoogle, Verdict, explain, judge
from arsheet.hosts.google.relay import Relay

LOG = logging.getLogger("arsheet.google")


@dataclass(slots=True)
class Count:
    """Requests sent (repeated ones included, logins not), bytes of bodies sent and of answers received."""

    requests: int = 0
    sent: int = 0
    received: int = 0


class Logins(Request):  # type: ignore[misc]  # google-auth has no types here
    """The way to the token endpoint: through the relay, and nowhere but there.

    google-auth also looks up, in the background and with the access token, in which regions an account may be used;
    that goes past the relay to an address a company network may block, and nothing here needs it.
    """

    def __init__(self, session: requests.Session, relay: Relay):
        super().__init__(session)
        self._relay = relay
        self.skew: float | None = None

    def __call__(self, url: str, *args: Any, **options: Any) -> Any:
        if url.split("?")[0].endswith("/allowedLocations"):
            raise TransportError("not asked for")
        response = super().__call__(self._relay.url(url), *args, **options)
        self.skew = _skew(response.headers.get("Date"))
        return response


def _skew(date: str | None) -> float | None:
    try:
        return (parsedate_to_datetime(date or "") - dt.datetime.now(dt.UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


class Calls(HTTPClient):  # type: ignore[misc]  # gspread has no types here
    """gspread's client for one account, over any number of spreadsheets, so that they share one quota.

    Every failure leaves as a RemoteError. A read is tried again by itself; a write only where it cannot have landed or
    may land twice (``repeatable``): else the error says ``unknown`` and the caller looks what happened.
    """

    def __init__(
        self,
        credentials: Any,
        *,
        account: str = "",
        relay: Relay | None = None,
        limits: Limits | None = None,
        clock: Clock | None = None,
    ):
        self.relay, self.limits, self.clock = relay or Relay(), limits or Limits(), clock or Clock()
        self.account = account
        plain = requests.Session()
        self._logins = Logins(plain, self.relay)
        session = AuthorizedSession(credentials, auth_request=self._logins)
        # this machine is never reached through a proxy
        plain.trust_env = session.trust_env = not self.relay.loopback
        super().__init__(auth=None, session=session)
        self._plain = plain
        self.set_timeout((self.limits.connect, self.limits.read))
        self.total = Count()
        self._quota = {
            "read": Quota(self.limits.reads_per_minute, self.clock),
            "write": Quota(self.limits.writes_per_minute, self.clock),
        }
        self._local = threading.local()

    @property
    def clock_skew(self) -> float | None:
        """Seconds by which Google's clock is ahead of this machine's, as the last login answered; None before one."""
        return self._logins.skew

    def close(self) -> None:
        """Close the connections."""
        self.session.close()
        self._plain.close()

    def tries(self) -> Tries:
        """Fresh tries under a fresh deadline."""
        return Tries(self.limits, self.clock)

    def due(self, kind: str) -> float:
        """Seconds until the quota of ``read`` or ``write`` lets the next call go."""
        return self._quota[kind].due()

    @contextmanager
    def together(self, count: Count | None = None, tries: Tries | None = None) -> Iterator[Tries]:
        """Calls that share one deadline and are counted in ``count`` too."""
        before = getattr(self._local, "shared", (None, None))
        shared = tries or before[0] or self.tries()
        self._local.shared = (shared, count or before[1])
        try:
            yield shared
        finally:
            self._local.shared = before

    @contextmanager
    def repeatable(self) -> Iterator[None]:
        """Writes that do no harm when they land twice, so that a lost answer is simply asked for again."""
        before = getattr(self._local, "repeatable", False)
        self._local.repeatable = True
        try:
            yield
        finally:
            self._local.repeatable = before

    def described(self, spreadsheet_id: str, fields: str) -> dict[str, Any]:
        """What a spreadsheet is made of, by a mask of fields, without its values."""
        return self._read(lambda: self.fetch_sheet_metadata(spreadsheet_id, params={"fields": fields}))

    def values(self, spreadsheet_id: str, ranges: Sequence[str]) -> list[dict[str, Any]]:
        """The raw values of ranges in one request: numbers unformatted, dates as serial numbers, formulas computed."""
        params = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
        answer = self._read(lambda: self.values_batch_get(spreadsheet_id, list(ranges), params=params))
        found: list[dict[str, Any]] = answer.get("valueRanges", [])
        return found

    def _read(self, call: Callable[[], Any]) -> dict[str, Any]:
        """A read whose answer must be a JSON object."""
        try:
            answer = call()
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            return answer
        raise explain(Verdict("answer_not_google"), account=self.account)

    def batch(self, spreadsheet_id: str, requests_json: Sequence[str]) -> list[dict[str, Any]]:
        """One atomic batchUpdate of requests given as JSON texts; its replies, one per request."""
        body = ('{"requests":[' + ",".join(requests_json) + "]}").encode("utf-8", "replace")
        response = self.request("post", SPREADSHEET_BATCH_UPDATE_URL % spreadsheet_id, data=body)
        try:
            replies: list[dict[str, Any]] = response.json().get("replies", [])
        except (ValueError, AttributeError):
            raise explain(Verdict("answer_not_google", landed=True), account=self.account, unknown=True) from None
        return replies

    def request(
        self,
        method: str,
        endpoint: str,
        params: Any = None,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        files: Any = None,
        headers: Any = None,
    ) -> requests.Response:
        """One call with its tries; raises RemoteError.

        A body is sent as UTF-8: Chinese text takes half the bytes of JSON escapes.
        """
        if json is not None:
            data = json_module.dumps(json, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        sent = dict(headers or {})
        if data is not None:
            sent.setdefault("Content-Type", "application/json; charset=UTF-8")
        kind = "read" if method.lower() == "get" else "write"
        shared, count = getattr(self._local, "shared", (None, None))
        tries = shared or self.tries()
        while True:
            self._quota[kind].take()
            started = time.monotonic()
            answer = self._once(method, self.relay.url(endpoint), params, data, files, sent, count)
            if isinstance(answer, requests.Response):
                self._log(kind, endpoint, data, started, tries, "ok")
                return answer
            verdict = judge(answer)
            self._log(kind, endpoint, data, started, tries, verdict.code)
            harmless = kind == "read" or not verdict.landed or getattr(self._local, "repeatable", False)
            if not (verdict.again and harmless and tries.pause(verdict.after)):
                unknown = kind == "write" and verdict.landed
                raise explain(verdict, account=self.account, retried=tries.retried, unknown=unknown) from None

    def _once(
        self, method: str, url: str, params: Any, data: bytes | None, files: Any, headers: Any, count: Count | None
    ) -> requests.Response | Exception:
        """One try; what went wrong is returned, so that no traceback ties a login to the error a person sees."""
        counts = [self.total] if count is None else [self.total, count]
        for each in counts:
            each.requests += 1
            each.sent += len(data or b"")
        try:
            response: requests.Response = super().request(
                method, url, params=params, data=data, files=files, headers=headers
            )
            for each in counts:
                each.received += len(response.content)
            if response.content and "json" not in response.headers.get("Content-Type", ""):
                return NotGoogle("not JSON")
        except EXPECTED as error:
            return error
        return response

    def _log(self, kind: str, endpoint: str, data: bytes | None, started: float, tries: Tries, result: str) -> None:
        """What was done, without ids, contents or anything of the login."""
        found = re.search(r"/spreadsheets/[^/:?]+(:\w+|/values:\w+|/[a-z]\w*)?", endpoint)
        name = (found.group(1) or "get").strip(":/") if found else "other"
        seconds = round(time.monotonic() - started, 3)
        LOG.info("%s %s bytes=%d seconds=%s try=%d %s", kind, name, len(data or b""), seconds, tries.retried, result)
