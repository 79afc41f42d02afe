"""The admin's secret keys: everything that it signs is signed here, and read back here."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Sequence

from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from webadmin.errors import Fault, OptionsError

VARIABLE = "WEBADMIN_SECRET_KEY"
"""The variable of the environment that has the keys where the program names none; several are separated by commas."""
SHORTEST = 32
"""Characters below which a key can be guessed by who has something that it signed."""

logger = logging.getLogger("webadmin")


class Keys:
    """Keys for signing: the first signs, all are accepted.

    So a key is changed without logging anybody out: the new one goes in front, and the old one leaves when what it signed
    is out of date. Each use has a purpose, and a key of its own made of the secret for it (HMAC as in RFC 5869), so that
    what was signed for one use is worth nothing in another.

    :param given: a key, or several with the newest first; empty ones count as none. Without any, what is signed proves
        nothing: that is for parts that are used outside of an admin.
    """

    __slots__ = ("_derived", "_values")

    def __init__(self, given: str | Sequence[str | None] = ()) -> None:
        several = (given,) if isinstance(given, str) else given
        self._values = tuple(key for key in several if key)
        self._derived: dict[str, tuple[bytes, ...]] = {}

    @classmethod
    def of(cls, given: str | Sequence[str | None] | None) -> Keys:
        """The keys of an admin: those given, else those of the environment, else one made anew.

        Raises OptionsError for keys of the environment that are too short; of others a line of the log says so, since there
        they may have been in use for long.
        """
        keys = cls(given or ())
        if not keys:
            keys = cls([key.strip() for key in os.environ.get(VARIABLE, "").split(",")])
            if keys and (fault := keys.fault()):
                raise OptionsError((Fault("environment", VARIABLE, "(not shown)", fault),))
        elif fault := keys.fault():
            logger.warning("Admin(secret_key=…): %s", fault)
        return keys or _Made(secrets.token_urlsafe(32))

    @property
    def lasting(self) -> bool:
        """Whether the keys are the same at the next start, and in other processes."""
        return bool(self)

    def fault(self) -> str | None:
        """What is wrong with these keys where people log in with passwords; None when nothing is."""
        if not self.lasting:
            return f"no key is set; pass Admin(secret_key=…) or set {VARIABLE}"
        if any(len(key) < SHORTEST for key in self._values):
            return (
                f"a key has fewer than {SHORTEST} characters; "
                "python -c 'import secrets; print(secrets.token_urlsafe(32))' makes a good one"
            )
        return None

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """32 bytes for each key, for one purpose alone; the first is the one to sign with."""
        found = self._derived.get(purpose)
        if found is None:
            name = f"webadmin.{purpose}".encode()
            found = tuple(hmac.digest(key.encode(), name, "sha256") for key in self._values or ("",))
            self._derived[purpose] = found
        return found

    def mark(self, purpose: str, content: str) -> str:
        """A mark of ``content``, in hexadecimal digits, that nobody else can make and that does not tell the content."""
        return _mark(self.derived(purpose)[0], content)

    def marked(self, purpose: str, content: str, mark: str) -> bool:
        """Whether ``mark`` was made of ``content`` with one of the keys."""
        sent = mark.encode()
        # All are tried, so that the time does not tell which one it was.
        found = [hmac.compare_digest(_mark(key, content).encode(), sent) for key in self.derived(purpose)]
        return any(found)

    def serializer(self, purpose: str, tie: str) -> URLSafeSerializer:
        """Signs data that can be read by whoever has it, for one ``purpose`` and, within it, for what ``tie`` names."""
        return URLSafeSerializer(self._oldest_first(purpose), salt=tie, signer_kwargs=_SIGNER)

    def timed(self, purpose: str, tie: str) -> URLSafeTimedSerializer:
        """The same with the time of signing."""
        return URLSafeTimedSerializer(self._oldest_first(purpose), salt=tie, signer_kwargs=_SIGNER)

    def _oldest_first(self, purpose: str) -> list[bytes]:
        return list(reversed(self.derived(purpose)))

    def __bool__(self) -> bool:
        return bool(self._values)

    def __repr__(self) -> str:
        return f"<Keys: {len(self._values)}>"


class _Made(Keys):
    """A key that was made at this start."""

    __slots__ = ()

    @property
    def lasting(self) -> bool:
        return False


NO_KEYS = Keys()
_SIGNER = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


def _mark(key: bytes, content: str) -> str:
    return hmac.digest(key, content.encode("utf-8", "surrogatepass"), "sha256").hex()
