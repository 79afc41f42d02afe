"""One's own account."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from webadmin.views.account import zone_names


def test_zones_to_choose_from_are_places_and_utc() -> None:
    """Zones are offered by the names of places, and UTC before them."""
    names = zone_names()
    assert names[0] == "UTC"
    assert {"Europe/Berlin", "America/New_York"} <= set(names)
    for name in names:
        ZoneInfo(name)
