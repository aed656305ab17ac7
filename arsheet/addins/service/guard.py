"""Before anything is routed: who asks, from where, how much and for how long; one answer for every hostile request."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from arsheet.addins.service.limits import Limits

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOG = logging.getLogger("arsheet.service")
_PATH = re.compile(rb"/[A-Za-z0-9._/-]{0,200}")
_API = "/api/"
LONGEST_QUERY = 2_000
DRAINED = 4
"""A body up to so many times too large is read to its end and thrown away: a client that is still sending when the
connection closes never reads why."""
FRAMES = (
    "'self' https://*.officeapps.live.com https://*.office.com https://*.office365.com https://*.sharepoint.com "
    "https://excel.cloud.microsoft"
)
"""Where the task pane is shown: Excel on the web puts it in a frame."""
POLICY = (
    "default-src 'self'; script-src 'self' https://appsforoffice.microsoft.com; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self' https://*.microsoft.com https://*.office.com https://*.office.net; "
    f"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {FRAMES}"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask: exact values of Host and Origin, and the token of this start.

    ``guests``: origins that may read the generated files (never the API), for an application that loads them from a
    page of its own.
    """

    token: str
    hosts: frozenset[str]
    origins: frozenset[str]
    guests: frozenset[str] = field(default_factory=frozenset)


class Refused(Exception):
    """The answer to a request that goes no further."""

    def __init__(self, status: int, code: str, zh: str, en: str, *, close: bool = False) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.zh, self.en, self.close = status, code, zh, en, close


class Guard:
    """Checks each request, hands its body on whole, and logs one line without any of its contents."""

    def __init__(self, app: App, access: Access, limits: Limits) -> None:
        self.app, self.access, self.limits = app, access, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        began, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS, *self._shared(scope)]}
            await send(message)

        try:
            check(scope, self.access)
            body = await self._body(scope, receive)
            await self.app(scope, _given(body, receive), answer)
        except Refused as refused:
            await _say(answer, refused)
        finally:
            spent = (time.perf_counter() - began) * 1000
            LOG.info("%s %s %s %.1f ms", scope["method"][:8], shown(scope["path"]), status, spent)

    def _shared(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """A guest may read what it asked for: its own name comes back, never a wildcard."""
        origins = _values(scope, b"origin")
        if len(origins) == 1 and origins[0] in self.access.guests and not scope["path"].startswith(_API):
            return [(b"access-control-allow-origin", origins[0].encode()), (b"vary", b"Origin")]
        return []

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body, if it is not too large and comes in time."""
        most = self.limits.body
        said = _values(scope, b"content-length")
        if said and (not said[0].isdigit() or int(said[0]) > most * DRAINED):
            raise _too_large(most)
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refused(400, "disconnected", "连接已断开", "The connection was closed", close=True)
                    part = message.get("body", b"")
                    size += len(part)
                    if size <= most:
                        parts.append(part)
                    elif size > most * DRAINED:
                        raise _too_large(most)
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            if size > most:
                raise _too_large(most) from None
            raise Refused(
                408, "too_slow", "请求没有按时到齐", "The request did not arrive in time", close=True
            ) from None
        if size > most:
            raise _too_large(most)
        return b"".join(parts)


def check(scope: Scope, access: Access) -> None:
    """Raises Refused unless path, Host, Origin, method, token and type of content are as they must be."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = scope["path"]
    query = scope.get("query_string") or b""  # a page may be asked for with words of its host behind the ?
    too_much = len(query) > (0 if path.startswith(_API) else LONGEST_QUERY)
    if not _PATH.fullmatch(raw) or ".." in path or "//" in path or too_much:
        raise Refused(400, "path_refused", "不接受这个地址", "This address is not taken")
    hosts = _values(scope, b"host")
    if len(hosts) != 1 or hosts[0] not in access.hosts:
        raise Refused(421, "host_refused", "Host 不是本服务", "The Host is not this service", close=True)
    api = path.startswith(_API)
    _check_origin(scope, access, api)
    _check_method(scope["method"], api)
    if api:
        _check_token(scope, access.token)
        kind = _values(scope, b"content-type")
        if len(kind) != 1 or kind[0].split(";")[0].strip().lower() != "application/json":
            raise Refused(415, "json_only", "只接受 application/json", "Only application/json is taken")


def _check_origin(scope: Scope, access: Access, api: bool) -> None:
    origins = _values(scope, b"origin")
    allowed = access.origins if api else access.origins | access.guests
    if len(origins) > 1 or (origins and origins[0] not in allowed):
        raise Refused(403, "origin_refused", "不接受来自其他网站的请求", "Requests from other sites are not taken")
    if api and set(_values(scope, b"sec-fetch-site")) - {"same-origin", "none"}:
        raise Refused(403, "origin_refused", "不接受来自其他网站的请求", "Requests from other sites are not taken")


def _check_method(method: str, api: bool) -> None:
    if method not in (("POST",) if api else ("GET", "HEAD")):
        raise Refused(405, "method_refused", "不接受这种请求方法", "This method is not taken")


def _check_token(scope: Scope, token: str) -> None:
    said = _values(scope, b"authorization")
    known = f"Bearer {token}".encode()
    if len(said) != 1 or not hmac.compare_digest(said[0].encode("latin-1", "replace"), known):
        raise Refused(
            401,
            "token_refused",
            "没有令牌或令牌不对；请从 arsheet serve 给出的链接打开",
            "The token is missing or wrong; open the link that arsheet serve printed",
        )


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _too_large(most: int) -> Refused:
    size = f"{most >> 20} MB" if most >> 20 else f"{most} B"
    return Refused(
        413,
        "body_too_large",
        f"请求超过 {size}；请只选有数据的部分，或用 arsheet import 导入",
        f"The request is larger than {size}; choose the part that holds data, or use arsheet import",
        close=True,
    )


def _given(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once and then what the connection says."""
    left = [body]

    async def give() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return give


async def _say(send: Send, refused: Refused) -> None:
    body = json.dumps({"error": refused.code, "zh": refused.zh, "en": refused.en}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"www-authenticate", b"Bearer")] if refused.status == 401 else []
    headers += [(b"connection", b"close")] if refused.close else []
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def shown(path: str) -> str:
    """A path as a log line may hold it."""
    return "".join(char if char.isprintable() and char.isascii() else "?" for char in path[:80])
