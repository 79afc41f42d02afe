"""What a form showed, signed."""

from __future__ import annotations

from webadmin.forms.snapshot import seal, unseal


def test_there_and_back() -> None:
    """What was sealed comes back, for the same form, with the same key."""
    shown = {"name": "é" * 1000, "tags": ["1", "2"]}
    token = seal(shown, "key", "orders/1")
    assert len(token) < 500
    assert unseal(token, "key", "orders/1") == shown


def test_refused() -> None:
    """Another form's, another key's, a changed and a missing one count as none."""
    token = seal({"name": "x"}, "key", "orders/1")
    assert unseal(token, "key", "orders/2") is None
    assert unseal(token, "other", "orders/1") is None
    assert unseal(token[:-2], "key", "orders/1") is None
    assert unseal(None, "key", "orders/1") is None
    assert unseal(token, "", "orders/1") is None
