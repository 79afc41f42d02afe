"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.

A secret is encrypted with the admin's keys before it is kept (Fernet: AES-128-CBC with HMAC-SHA256), and encrypted anew with the newest
key whenever one of its codes is used. Until it is confirmed by a code it stands in the page of the person alone, encrypted too, so that
nothing is kept of an app that was never set up. Recovery codes have 118 random bits; their hash is kept, and each works once.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pyotp.exceptions import OTPVerificationError
from sqlalchemy.orm import Session

from webadmin.auth.accounts import sessions
from webadmin.auth.keys import Keys
from webadmin.database.own_tables import accounts as tables

logger = logging.getLogger("webadmin.accounts")

RECOVERY_CODES = 10
"""Made at once."""
SETUP_SECONDS = 15 * 60
"""For which a secret that was shown can be confirmed."""
_KEPT, _SETUP = "totp", "totp.setup"
"""What keys are derived for: a kept secret is worth nothing as one to be confirmed."""
_WINDOW = 1
"""Steps of half a minute by which an app's clock may be wrong, as RFC 6238 advises."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""
_GROUPS, _GROUP = 6, 4
_CODE = re.compile(r"[0-9]{6}", re.ASCII)

_account, _recovery = tables.account.c, tables.recovery_code.c


@dataclass(frozen=True, slots=True)
class Factor:
    """The second factor of an account."""

    since: datetime
    codes_left: int
    """Recovery codes that were not used."""


def factor(session: Session, account_id: UUID) -> Factor | None:
    """The second factor of an account, or None."""
    left = (
        sa.select(sa.func.count())
        .where(_recovery.account_id == _account.id, _recovery.used_at.is_(None))
        .scalar_subquery()
    )
    found = session.execute(
        sa.select(_account.totp_confirmed_at, left.label("codes_left")).where(_account.id == account_id)
    ).one_or_none()
    if found is None or found.totp_confirmed_at is None:
        return None
    return Factor(found.totp_confirmed_at, found.codes_left)


def pending(session: Session, account_id: UUID) -> str:
    """What a login with the right password still waits for: ``sessions.SECOND_FACTOR``, or nothing."""
    has = session.scalar(
        sa.select(_account.id).where(_account.id == account_id, _account.totp_confirmed_at.is_not(None))
    )
    return sessions.SECOND_FACTOR if has else ""


def needed_by(session: Session, account_id: UUID) -> tuple[str, ...]:
    """The names of the account's roles that ask for a second factor."""
    role, link = tables.role.c, tables.account_role.c
    stmt = (
        sa.select(role.name)
        .join(tables.account_role, link.role_id == role.id)
        .where(link.account_id == account_id, role.needs_second_factor.is_(True))
        .order_by(role.name)
    )
    return tuple(session.execute(stmt).scalars())


# -- setting one up ----------------------------------------------------------------------------------------


def new_setup(keys: Keys, account_id: UUID) -> str:
    """A new secret for an account, encrypted, to go through the page that shows it."""
    return _encrypted(keys, _SETUP, f"{account_id} {pyotp.random_base32()}")


def secret_of(keys: Keys, account_id: UUID, setup: str) -> str | None:
    """The secret of a setup in base32; None when it is too old, another account's or none of ours."""
    try:
        text = _cipher(keys, _SETUP).decrypt(setup.encode(), ttl=SETUP_SECONDS).decode()
    except (InvalidToken, UnicodeEncodeError):
        return None
    owner, _blank, secret = text.partition(" ")
    return secret if owner == str(account_id) else None


def address(secret: str, name: str, issuer: str) -> str:
    """What an app reads from the picture: the ``otpauth:`` address of a secret.

    :param name: of the person. :param issuer: of the admin; both are shown by the app.
    """
    # A colon divides the two in such an address.
    return pyotp.TOTP(secret).provisioning_uri(
        name=name.replace(":", " "), issuer_name=issuer.replace(":", " ")
    )


def confirm(session: Session, keys: Keys, account_id: UUID, secret: str, code: str) -> list[str] | None:
    """Make ``secret`` the account's second factor, in place of one that it has; returns its new recovery codes.

    None where ``code`` is not one of the secret's now, which is how it is known that an app has it. The caller ends the
    other sessions of the account.
    """
    step = _step(secret, code)
    if step is None:
        return None
    session.execute(
        sa.update(tables.account)
        .where(_account.id == account_id)
        .values(
            totp_secret=_encrypted(keys, _KEPT, f"{account_id} {secret}"),
            totp_confirmed_at=sessions.now(),
            totp_step=step,
        )
    )
    return new_codes(session, account_id)


def new_codes(session: Session, account_id: UUID) -> list[str]:
    """New recovery codes of an account, as they are shown once; those from before are worth nothing."""
    made = [_new_code() for _each in range(RECOVERY_CODES)]
    session.execute(sa.delete(tables.recovery_code).where(_recovery.account_id == account_id))
    session.execute(
        sa.insert(tables.recovery_code),
        [{"account_id": account_id, "code_hash": _hash(code)} for code in made],
    )
    return made


def turn_off(session: Session, account_id: UUID) -> None:
    """Take the second factor of an account away, with its recovery codes."""
    values = {"totp_secret": None, "totp_confirmed_at": None, "totp_step": None}
    session.execute(sa.update(tables.account).where(_account.id == account_id).values(values))
    session.execute(sa.delete(tables.recovery_code).where(_recovery.account_id == account_id))


def reset(session: Session, account_id: UUID) -> bool:
    """What an administrator does for somebody who has lost app and codes: no second factor, and every session ended.

    Returns whether there was one. The person sets up a new one at the next login where a role asks for it.
    """
    if factor(session, account_id) is None:
        return False
    turn_off(session, account_id)
    sessions.revoke(session, account_id)
    return True


# -- asking for it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """A code that is right, and not used up yet."""

    account_id: UUID
    secret: str = ""
    """The app's, with the ``step`` of time that the code is of; empty where it is a recovery code."""
    kept: str = ""
    """It as it was kept when the code was looked at."""
    step: int = 0
    code_hash: str = ""
    """The recovery code's."""


def look(session: Session, keys: Keys, account_id: UUID, code: str) -> Match | None:
    """Whether ``code`` is one of the account's app now, or one of its recovery codes. Nothing is written: see :func:`use`."""
    plain = re.sub(r"[\s-]", "", code).lower()
    if len(plain) == _GROUPS * _GROUP:
        code_hash = _hash(plain)
        own = sa.and_(_recovery.account_id == account_id, _recovery.code_hash == code_hash)
        found = session.scalar(sa.select(_recovery.account_id).where(own, _recovery.used_at.is_(None)))
        return Match(account_id, code_hash=code_hash) if found else None
    kept = session.execute(
        sa.select(_account.totp_secret, _account.totp_step).where(
            _account.id == account_id, _account.totp_confirmed_at.is_not(None)
        )
    ).one_or_none()
    secret = _decrypted(keys, account_id, kept.totp_secret) if kept is not None else None
    step = _step(secret, plain) if secret is not None else None
    if kept is None or secret is None or step is None or step <= (kept.totp_step or 0):
        return None
    return Match(account_id, secret, kept.totp_secret, step)


def use(session: Session, keys: Keys, match: Match) -> bool:
    """Use a code up; False where somebody has used it meanwhile, in whatever process."""
    account_id = match.account_id
    if match.code_hash:
        stmt = (
            sa.update(tables.recovery_code)
            .where(_recovery.account_id == account_id, _recovery.code_hash == match.code_hash)
            .where(_recovery.used_at.is_(None))
            .values(used_at=sessions.now())
        )
    else:
        stmt = (
            sa.update(tables.account)
            # It is encrypted anew each time, so that a code which somebody else uses meanwhile finds another text.
            .where(_account.id == account_id, _account.totp_secret == match.kept)
            .values(totp_step=match.step, totp_secret=_encrypted(keys, _KEPT, f"{account_id} {match.secret}"))
        )
    used: Any = session.execute(stmt)
    return bool(used.rowcount)


def readable(session: Session, keys: Keys, account_id: UUID) -> bool:
    """Whether the account's secret can be read; False where its key has left, and only a recovery code helps."""
    kept = session.scalar(sa.select(_account.totp_secret).where(_account.id == account_id))
    return kept is None or _decrypted(keys, account_id, kept) is not None


def _decrypted(keys: Keys, account_id: UUID, kept: str) -> str | None:
    try:
        owner, _blank, secret = _cipher(keys, _KEPT).decrypt(kept.encode()).decode().partition(" ")
    except InvalidToken:
        logger.warning(
            "the second factor of account %s is encrypted with a key that is not there", account_id
        )
        return None
    return secret if owner == str(account_id) else None


def _step(secret: str, code: str) -> int | None:
    """The step of time that a code is of, among those accepted now."""
    plain = re.sub(r"\s", "", code)
    if not _CODE.fullmatch(plain):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            plain, for_time=sessions.now(), valid_window=_WINDOW
        )
    except OTPVerificationError:
        return None


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _each in range(_GROUPS * _GROUP))
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()


def _cipher(keys: Keys, purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys.derived(purpose)])


def _encrypted(keys: Keys, purpose: str, text: str) -> str:
    return _cipher(keys, purpose).encrypt(text.encode()).decode()
