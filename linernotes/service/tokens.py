"""Bearer tokens (RFC 6750): a file has their digests, so that who reads it cannot use them.

A line is `NAME SCOPE[,SCOPE] SHA256`. Tokens are random and long, so one round of SHA-256 is enough; the
scope `read` opens everything, `metrics` only /metrics.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from linernotes.config_errors import ConfigError

SCOPES = ("read", "metrics")
BYTES = 32
_LINE = re.compile(r"(?P<name>\S+)\s+(?P<scopes>[a-z,]+)\s+(?P<digest>[0-9a-f]{64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is known: whose it is, what it opens, and the SHA-256 digest of it."""

    name: str
    scopes: frozenset[str]
    digest: bytes


def read_tokens(file: Path) -> tuple[Token, ...]:
    """Return the tokens of a file; ConfigError, naming the line, when it cannot be read or has none."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(f"The tokens cannot be read from {file}: {reason}.") from error
    stripped = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, start=1))
    tokens = tuple(_token(file, number, line) for number, line in stripped if line)
    if not tokens:
        raise ConfigError(f"{file} holds no token; make one with `linernotes serve --new-token NAME`.")
    return tokens


def _token(file: Path, number: int, line: str) -> Token:
    found = _LINE.fullmatch(line)
    scopes = frozenset(found["scopes"].split(",")) if found else frozenset[str]()
    if found is None or not scopes <= frozenset(SCOPES):
        raise ConfigError(
            f"Line {number} of {file} is not NAME SCOPE SHA256, with scopes {', '.join(SCOPES)}."
        )
    return Token(found["name"], scopes, bytes.fromhex(found["digest"]))


def new_token(file: Path, name: str, scope: str = "read") -> str:
    """Add a token to a file, which is made readable for its owner alone, and return it: it is shown once."""
    token = secrets.token_urlsafe(BYTES)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as out:
        out.write(f"{name} {scope} {sha256(token.encode()).hexdigest()}\n")
    return token


def holder_of(authorization: str | None, tokens: Sequence[Token]) -> Token | None:
    """Return the known token of an Authorization header: a bearer token, or the password of Basic.

    Browsers know how to ask for a password, so that pages can be opened as well. Every token is compared, in
    constant time.
    """
    presented = _presented(authorization or "")
    if presented is None:
        return None
    digest = sha256(presented).digest()
    found = [token for token in tokens if hmac.compare_digest(token.digest, digest)]
    return found[0] if found else None


def _presented(authorization: str) -> bytes | None:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("utf-8", "replace")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return None
