"""Saved views and settings as plain data."""

from __future__ import annotations

from typing import Any

import pytest

from webadmin.saved.kept import SWITCHES, Kept, ListSettings, SavedView


def test_settings_go_into_json_and_back() -> None:
    """Only what is set takes room."""
    full = ListSettings(("a", "b"), 50, {"density": "compact"}, "v1", ("v2", "v1"))
    assert ListSettings.of(full.content()) == full
    assert ListSettings().content() == {}


@pytest.mark.parametrize(
    "content", [None, [], 3, "x", {"columns": "ab"}, {"per_page": "5"}, {"switches": {"density": "x", "y": "z", "scroll": ["on"]}}],
)  # fmt: skip
def test_what_cannot_be_read_is_not_set(content: Any) -> None:
    assert ListSettings.of(content) == ListSettings()


def test_switches_have_a_first_position() -> None:
    """It holds until another is chosen."""
    for name, positions in SWITCHES.items():
        assert ListSettings().switch(name) == positions[0]
        assert ListSettings(switches={name: positions[1]}).switch(name) == positions[1]


def test_order() -> None:
    """As the person has put them, others after, oldest first; ids of views that are gone do not matter."""
    views = [SavedView(id, id, "") for id in "abcd"]
    kept = Kept.ordered(views, ListSettings(order=("c", "gone", "a")))
    assert [view.id for view in kept.views] == ["c", "a", "b", "d"]


def test_a_default_that_is_gone_is_none() -> None:
    kept = Kept((SavedView("a", "A", ""),), ListSettings(default="b"))
    assert kept.default is None
    assert kept.find("") is None
    assert kept.find("a") is kept.views[0]
