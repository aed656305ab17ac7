"""What the emulator refuses, in the form and the words of Google's own answers."""

from __future__ import annotations

from typing import Any


class GoogleError(Exception):
    """A refusal: HTTP `code`, Google's `status` word, its message, optional details, and Drive's `reason`."""

    def __init__(self, code: int, message: str, status: str, *, details: Any = None, reason: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.details, self.reason = code, message, status, details, reason

    def body(self) -> dict[str, Any]:
        """The JSON of the answer: the Sheets form, or with a `reason` the older Drive form (`errors` with a domain)."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.reason:
            domain = "usageLimits" if self.reason.endswith(("Exceeded", "NotConfigured")) else "global"
            error["errors"] = [{"message": self.message, "domain": domain, "reason": self.reason}]
        else:
            error["status"] = self.status
        if self.details:
            error["details"] = self.details
        return {"error": error}


def invalid(message: str, details: Any = None) -> GoogleError:
    """400 INVALID_ARGUMENT."""
    return GoogleError(400, message, "INVALID_ARGUMENT", details=details)


def malformed(field: str, message: str) -> GoogleError:
    """400 for a body that does not fit its message, with the field violation that Google adds."""
    violation = {"field": field, "description": message} if field else {"description": message}
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]
    return invalid(message, details)


def several(violations: dict[str, str]) -> GoogleError:
    """400 for a body with several malformed fields (field -> description): one line each, as Google joins them."""
    listed = [{"field": field, "description": words} for field, words in violations.items()]
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": listed}]
    return invalid("\n".join(violations.values()), details)


def not_found() -> GoogleError:
    """404 of the Sheets API for an id that nobody has."""
    return GoogleError(404, "Requested entity was not found.", "NOT_FOUND")


def denied() -> GoogleError:
    """403 of the Sheets API for a spreadsheet that is not shared (enough) with the caller."""
    return GoogleError(403, "The caller does not have permission", "PERMISSION_DENIED")


def scope_missing(service: str, method: str) -> GoogleError:
    """403 for a token whose scopes do not cover the call."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": service, "method": method},
    }
    message = "Request had insufficient authentication scopes."
    return GoogleError(403, message, "PERMISSION_DENIED", details=[info])


def unauthenticated() -> GoogleError:
    """401 for a missing, unknown or expired access token."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    return GoogleError(401, message, "UNAUTHENTICATED")


def storage_quota() -> GoogleError:
    """403 that a service account gets when it tries to own a file."""
    message = "The user's Drive storage quota has been exceeded."
    return GoogleError(403, message, "PERMISSION_DENIED", reason="storageQuotaExceeded")


def file_not_found(file_id: str) -> GoogleError:
    """404 of Drive, which does not tell a missing file from one that is not shared."""
    return GoogleError(404, f"File not found: {file_id}.", "NOT_FOUND", reason="notFound")
