"""The token endpoint: a signed JWT or a refresh token for a short-lived access token, and what each token may do."""

from __future__ import annotations

import base64
import json
import secrets
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arsheet.sync.emulator.errors import unauthenticated
from arsheet.sync.emulator.rsa import Key

# google-auth signs this audience wherever its token_uri points (seen with google-auth 2.62).
GOOGLE_AUDIENCES = ("https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token")
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3599
SKEW = 300  # seconds that Google forgives between its clock and the caller's [not stated by Google]


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom an access token stands for, its scopes, and when it ends (epoch seconds)."""

    who: str
    scopes: frozenset[str]
    expires: float


class Refused(Exception):
    """An OAuth refusal: HTTP code, `error` word and description."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.code = error, description, code

    def body(self) -> dict[str, str]:
        """The JSON of the answer."""
        return {"error": self.error, "error_description": self.description}


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class Tokens:
    """The accounts that may ask for tokens, and the tokens given out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.keys: dict[str, dict[str, Key]] = {}
        self.refresh: dict[str, tuple[str, frozenset[str], str, str]] = {}
        self.grants: dict[str, Grant] = {}
        self.issued = 0

    def add_account(self, email: str, key_id: str, key: Key) -> None:
        """Let a service account sign in with a key."""
        self.keys.setdefault(email, {})[key_id] = key

    def revoke(self, email: str) -> None:
        """Delete an account's keys and refresh tokens; its access tokens end at once."""
        if email in self.keys:
            self.keys[email] = {}
        self.refresh = {token: held for token, held in self.refresh.items() if held[0] != email}
        self.grants = {token: grant for token, grant in self.grants.items() if grant.who != email}

    def expire(self) -> None:
        """End every access token given out, as an hour would."""
        self.grants.clear()

    def add_user(self, email: str, scopes: frozenset[str]) -> dict[str, str]:
        """A consenting person: client id, client secret and refresh token."""
        application, secret, token = "arsheet-demo", secrets.token_urlsafe(12), "1//" + secrets.token_urlsafe(30)
        self.refresh[token] = (email, scopes, application, secret)
        return {"client_id": application, "client_secret": secret, "refresh_token": token}

    def exchange(self, raw: bytes, host: str) -> dict[str, Any]:
        """The answer to a token request's form body; `host` is where the endpoint was reached."""
        form = {key: values[0] for key, values in urllib.parse.parse_qs(raw.decode("utf-8", "replace")).items()}
        kind = form.get("grant_type", "")
        if kind == JWT_GRANT:
            who, scopes = self._from_jwt(form.get("assertion", ""), host)
        elif kind == "refresh_token":
            who, scopes = self._from_refresh(form)
        else:
            raise Refused("unsupported_grant_type", f"Invalid grant_type: {kind}")
        self.issued += 1
        token = "ya29." + secrets.token_urlsafe(48)
        self.grants[token] = Grant(who, scopes, self.clock() + LIFETIME)
        return {
            "access_token": token,
            "expires_in": LIFETIME,
            "token_type": "Bearer",
            "scope": " ".join(sorted(scopes)),
        }

    def _from_refresh(self, form: dict[str, str]) -> tuple[str, frozenset[str]]:
        held = self.refresh.get(form.get("refresh_token", ""))
        if held is None:
            raise Refused("invalid_grant", "Token has been expired or revoked.")
        who, scopes, application, secret = held
        if (form.get("client_id"), form.get("client_secret")) != (application, secret):
            raise Refused("invalid_client", "The OAuth client was not found.", 401)
        return who, scopes

    def _from_jwt(self, assertion: str, host: str) -> tuple[str, frozenset[str]]:
        try:
            head, body, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
            signed, proof = f"{head}.{body}".encode("ascii"), _decoded(signature)
            issued, expires = float(claims["iat"]), float(claims["exp"])
            who, audience = str(claims["iss"]), str(claims["aud"])
        except (ValueError, KeyError, TypeError):
            raise Refused("invalid_grant", "Invalid JWT: Failed to parse the assertion.") from None
        if who not in self.keys:
            raise Refused("invalid_grant", "Invalid grant: account not found")
        known = self.keys[who]
        candidates = [known[header["kid"]]] if header.get("kid") in known else list(known.values())
        if header.get("alg") != "RS256" or not any(key.verifies(signed, proof) for key in candidates):
            raise Refused("invalid_grant", "Invalid JWT Signature.")
        if audience not in (*GOOGLE_AUDIENCES, f"http://{host}/token"):
            raise Refused("invalid_grant", "Invalid JWT: The value of the aud claim is not a token endpoint.")
        now = self.clock()
        if expires - issued > 3600 or issued > now + SKEW or expires < now - SKEW:
            raise Refused(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                "Check your iat and exp values in the JWT claim.",
            )
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes:
            raise Refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return str(claims.get("sub") or who), scopes

    def grant(self, authorization: str) -> Grant:
        """Who calls, from the Authorization header; 401 when the token is missing, unknown or over."""
        kind, _, token = authorization.partition(" ")
        held = self.grants.get(token) if kind == "Bearer" else None
        if held is None or held.expires < self.clock():
            raise unauthenticated()
        return held
