"""What a person may do."""

from __future__ import annotations

import pytest

from webadmin import User


@pytest.mark.parametrize("grants", ["orders.*", "orders.view", "*.view", ("orders.view",)])
def test_one_grant_as_a_text(grants: str) -> None:
    """A grant that is given as a text is one grant; the star in it is no right to everything."""
    user = User("ada", grants=grants)
    assert user.may("view", "orders")
    assert not user.may("delete", "customers")
    assert not user.may("add", "customers")


def test_making_indexes_is_given_by_name() -> None:
    """The right to everything holds what belongs to the whole site, but not the right to have indexes made."""
    assert User("ada").may("@database", "")
    assert not User("ada").may("@indexes", "")
    assert User("ada", grants=("@indexes",)).may("@indexes", "")
    assert not User("ada", grants=("@indexes",)).may("@database", "")
