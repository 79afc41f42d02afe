"""Columns that nobody should meet by chance: passwords, tokens, keys."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = frozenset(
    [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "secrets",
        "token",
        "tokens",
        "hash",
        "salt",
        "credential",
        "credentials",
        "otp",
        "totp",
        "cvv",
        "cvc",
        "pin",
    ]
)
_PARTS = ("password", "passwd", "api_key", "apikey", "private_key", "secret_key", "access_key", "signing_key")


@lru_cache(maxsize=4096)  # tables have the same names of columns, and each is asked about again and again
def is_secret(name: str) -> bool:
    """Whether a column of this name is left out of everything that is guessed; naming it in an option shows it."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return any(part in plain for part in _PARTS) or not _WORDS.isdisjoint(re.split(r"[^a-z0-9]+|_", plain))
