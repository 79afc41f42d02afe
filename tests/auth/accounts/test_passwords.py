"""Passwords: how they are kept, and which ones are refused."""

from __future__ import annotations

import sys

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from webadmin.auth.accounts import passwords
from webadmin.auth.accounts.passwords import Policy
from webadmin.auth.accounts.store import Account, proven
from webadmin.mixins import uuid7

GOOD = "kettle under violet snow"
ABOUT = ("Ada Lovelace", "ada@engines.example", "Fernhill Shop")


def test_how_it_is_kept() -> None:
    """As an argon2id hash with a salt of its own and at least the costs that OWASP names."""
    one, two = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert one != two
    costs = extract_parameters(one)
    assert costs.type is Type.ID
    assert (costs.memory_cost, costs.time_cost, costs.parallelism) >= (19 * 1024, 2, 1)
    assert not passwords.is_outdated(one)
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD))


@pytest.mark.parametrize(
    ("kept", "typed", "same"),
    [
        (GOOD, GOOD, True),
        (GOOD, GOOD.upper(), False),
        (GOOD, f"{GOOD} ", False),
        (GOOD, GOOD[:-1], False),
        ("caf\u00e9 au lait royal", "cafe\u0301 au lait royal", True),
        ("\ufb01ne weather today", "fine weather today", False),
        ("x" * 256, "x" * 255, False),
        ("x" * 256, "x" * 300, False),
        ("\ud800 half of a pair", "\ud800 half of a pair", True),
    ],
)
def test_what_fits(kept: str, typed: str, same: bool) -> None:
    """The whole password as it was typed counts; only one letter written in two ways is one."""
    assert passwords.fits(passwords.hashed(kept), typed) is same


@pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_what_nothing_fits(kept: str | None) -> None:
    """Where there is no hash, or none that can be read, no password fits."""
    assert not passwords.fits(kept, GOOD)
    assert not passwords.fits(kept, "\x00")


def test_the_same_is_done_for_nobody() -> None:
    """A name that no account has costs what a wrong password costs: the very same functions run."""
    account = Account(uuid7(), "Ada", "", "", passwords.hashed(GOOD), None, False, None, None)
    done: list[list[str]] = []
    passwords.fits(None, GOOD)
    for one in (account, None):
        called: list[str] = []
        sys.setprofile(
            lambda frame, event, _, called=called: called.append(f"{event} {frame.f_code.co_name}")
        )
        found = proven(one, "wrong")
        sys.setprofile(None)
        assert not found
        done.append(called)
    assert "call verify_secret" in done[0]
    assert done[0] == done[1]


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "correct horse battery",
        "Ada has 3 zinc buckets",
        "пароль из четырёх слов",
        "x7#kd9Qm2!pL",
        "🦊🪵🧲🫖🪁🧵🪣🛷🪗🧭🫙🪴",
        "kettle under violet snow " * 10,
    ],
)
def test_taken(password: str) -> None:
    """Any characters, in any language, with nothing that has to be in it."""
    assert Policy().fault(password, ABOUT) is None


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("", "at least 12"),
        ("x7#kd9Qm2!p", "at least 12"),
        ("kettle under violet snow " * 11, "at most 256"),
        ("password1234", "easy"),
        ("Password1234!", "easy"),
        ("qwertyuiop12", "easy"),
        ("aaaaaaaaaaaaaaaa", "easy"),
        ("abcabcabcabc" * 6, "easy"),
        ("123456789012", "easy"),
        ("Liverpool2026", "easy"),
        ("adalovelace1", "easy"),
        ("Lovelace, Ada!", "easy"),
        ("ada@engines.example", "easy"),
        ("FernhillShop", "easy"),
        ("fernhillfernhill", "easy"),
    ],
)
def test_refused(password: str, word: str) -> None:
    """Too short, too long, common, a pattern, or what others know of the person and the site."""
    fault = Policy().fault(password, ABOUT)
    assert fault is not None
    assert word in fault


def test_hosts_own_rules() -> None:
    """A host sets the length and refuses more, such as what was stolen elsewhere."""
    policy = Policy(shortest=20, refuse=lambda password: "Stolen." if password == GOOD else None)
    assert policy.fault(GOOD) == "Stolen."
    assert "at least 20" in str(policy.fault("x7#kd9Qm2!pL"))
    assert policy.fault(f"{GOOD}!") is None


def test_as_much_work_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody has costs one comparison of hashes, as one that somebody has does: the time tells no names."""
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            compared.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    kept = passwords.hashed("a good long password")
    assert not passwords.fits(kept, "another long password")
    assert not passwords.fits(None, "another long password")
    assert len(compared) == 2
    assert extract_parameters(compared[0]) == extract_parameters(compared[1])
