"""Passwords: kept as argon2id hashes, and refused where they are easy to guess.

Costs are the least that OWASP's Password Storage Cheat Sheet names for argon2id (19 MiB, two passes, one lane): a flood of logins
must not take the server's memory. A hash with other costs is made anew at the next login.

A password is taken as it was typed, blanks and case too. The only thing that happens to it is Unicode's canonical composition
(NFC, as RFC 8265 asks): keyboards send the same letter with its accent as one character or as two. NFKC would also make one of
characters that a person tells apart.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from webadmin.text import gettext as _

LONGEST = 256
"""Characters of a password; more would only be work for the server."""
_TRIES = 10**8
"""A password that is found among the first so many that a guesser tries is refused: what throttled logins leave out of reach."""
_LOOKED_AT = 72
"""Characters that are judged: a longer password is as good as its beginning at least, and judging takes its time."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def normal(password: str) -> str:
    """The password in the one form that is hashed and compared."""
    return unicodedata.normalize("NFC", password)


def hashed(password: str) -> str:
    """What is kept of a password: costs, salt and argon2id hash in one text."""
    return _hasher.hash(_bytes(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one of which ``kept`` is the hash.

    Takes as long where there is none: None is compared with the hash of a password that nobody has.
    """
    nobodys = _nobodys()  # asked for in any case: the first one takes its time
    try:
        return _hasher.verify(kept or nobodys, _bytes(password)) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other costs than new ones are."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_bytes(32))


def _bytes(password: str) -> bytes:
    # Longer ones are nobody's; hashing the beginning of one takes as long as any other.
    return normal(password[: 4 * LONGEST])[: LONGEST + 1].encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Policy:
    """What a new password has to be. There is nothing that it has to be composed of (NIST SP 800-63B).

    :param shortest: characters at least.
    :param refuse: a function of the host's that gets a password and returns what is wrong with it, or None; for lists of
        passwords that were stolen elsewhere.
    """

    shortest: int = 12
    refuse: Callable[[str], str | None] | None = None

    def fault(self, password: str, about: Iterable[str] = ()) -> str | None:
        """What is wrong with a new password, in a sentence for the person; None when nothing is.

        :param about: what others know: the person's names and address, the name of this site.
        """
        password = normal(password)
        if len(password) < self.shortest:
            return _("A password has at least {count} characters; a few words make a good one.").format(
                count=self.shortest
            )
        if len(password) > LONGEST:
            return _("A password has at most {count} characters.").format(count=LONGEST)
        if is_easy(password, about):
            return _(
                "This password is easy to guess: it is a common one, a pattern, or made of names that others know. "
                "Take a few words that have nothing to do with each other."
            )
        return self.refuse(password) if self.refuse is not None else None


def is_easy(password: str, about: Iterable[str] = ()) -> bool:
    """Whether a guesser who knows common passwords, words, names, patterns of keys and dates, and ``about``, finds it soon."""
    from zxcvbn import zxcvbn  # its lists take a while to load, and few processes ever need them

    # Lower case for comparing: what is compared with is in lower case too.
    known = sorted(
        {part.lower() for text in about for part in (text, *text.replace("@", " ").split()) if part}
    )
    looked_at = password[:_LOOKED_AT]
    rest = looked_at.lower()
    for part in sorted(known, key=len, reverse=True):
        rest = rest.replace(part, "") if len(part) > 2 else rest
    # A name that is written several times is no better than once.
    if len(rest) < len(looked_at) and len(rest) < 5:
        return True
    return bool(zxcvbn(looked_at, user_inputs=known, max_length=_LOOKED_AT)["guesses"] < _TRIES)
