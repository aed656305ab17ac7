"""Where Google's services are reached: at Google, or through a relay that the company may lawfully run."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from arsheet.hosts.online import RemoteError

GOOGLE = {
    "sheets": "https://sheets.googleapis.com",
    "www": "https://www.googleapis.com",
    "oauth2": "https://oauth2.googleapis.com",
}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Relay:
    """A base URL for each service; blank = Google itself. Paths are kept, so one base URL serves all three."""

    sheets: str = ""
    www: str = ""
    oauth2: str = ""

    @classmethod
    def of(cls, base: str, *, sheets: str = "", www: str = "", oauth2: str = "") -> Relay:
        """A relay from one base URL, single services apart where given; raises RemoteError ``relay_refused``.

        The address must be https (plain http only on this machine) and hold no user name, query or fragment: what
        passes there is a login.
        """
        return cls(*(_checked(own or base) for own in (sheets, www, oauth2)))

    def url(self, url: str) -> str:
        """A URL of Google's as it is reached."""
        for service, origin in GOOGLE.items():
            base = getattr(self, service)
            if base and url.startswith(origin + "/"):
                return str(base) + url[len(origin) :]
        return url

    @property
    def loopback(self) -> bool:
        """Whether the service is on this machine, where no proxy is asked."""
        return bool(self.sheets) and urlsplit(self.sheets).hostname in _LOOPBACK

    def trusts(self, token_uri: str) -> bool:
        """Whether a login may be sent to this address: Google's, the relay's, or this machine while testing there."""
        parts = urlsplit(token_uri)
        if parts.scheme == "https" and parts.hostname in ("oauth2.googleapis.com", "accounts.google.com"):
            return True
        if self.oauth2 and token_uri.startswith(self.oauth2 + "/"):
            return True
        return self.loopback and parts.hostname in _LOOPBACK


def _checked(base: str) -> str:
    base = base.strip().rstrip("/")
    if not base:
        return ""
    try:
        parts = urlsplit(base)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        plain = bool(parts.hostname) and "@" not in parts.netloc and not parts.query and not parts.fragment
        _ = parts.port
    except ValueError:
        secure = plain = False
    if secure and plain:
        return base
    raise RemoteError(
        "relay_refused",
        "中转地址不可用：须以 https:// 开头（仅本机可用 http），且不含用户名、密码或参数；请在同步设置中更正",
        "the relay address is refused: it must begin with https:// (http only on this machine) and hold no user name, "
        "password or parameters; correct it in the sync settings",
        exit_code=8,
    )
