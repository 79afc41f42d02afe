"""What a form showed, signed."""

from __future__ import annotations

from webadmin.auth.keys import NO_KEYS, Keys
from webadmin.forms.snapshot import Snapshot, seal, unseal

KEYS = Keys("a secret for tests")


def test_there_and_back() -> None:
    """What was sealed comes back, for the same form, with the same key."""
    shown = Snapshot(
        {"name": "é" * 1000, "tags": ["1", "2"]}, {"name": "x"}, "2026-11-21T12:00:00+00:00", deleted=True
    )
    token = seal(shown, KEYS, "orders/1")
    assert len(token) < 500
    assert unseal(token, KEYS, "orders/1") == shown
    assert unseal(seal(Snapshot(), KEYS, "orders/1"), KEYS, "orders/1") == Snapshot()


def test_refused() -> None:
    """Another form's, another key's, a changed and a missing one count as none."""
    token = seal(Snapshot({"name": "x"}), KEYS, "orders/1")
    assert unseal(token, KEYS, "orders/2") is None
    assert unseal(token, Keys("other"), "orders/1") is None
    assert unseal(token[:-2], KEYS, "orders/1") is None
    assert unseal(None, KEYS, "orders/1") is None
    assert unseal(token, NO_KEYS, "orders/1") is None
    assert seal(Snapshot({"name": "x"}), NO_KEYS, "orders/1") == ""
