"""Turns of threads are short while files are read, and as they were afterwards."""

from __future__ import annotations

import sys

import pytest

from webadmin.transfer.imports.turns import short_turns


def test_given_back_by_the_last() -> None:
    """Two files at once: the second to end gives back what was before the first."""
    before = sys.getswitchinterval()
    first, second = short_turns(), short_turns()
    with first:
        second.__enter__()
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() < before
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == pytest.approx(before)


@pytest.mark.parametrize(("before", "meanwhile", "after"), [(0.0001, None, 0.0001), (0.005, 0.002, 0.002)])
def test_the_host_knows_better(before: float, meanwhile: float | None, after: float) -> None:
    """A process that has shorter turns keeps them, and one that is given others meanwhile too."""
    usual = sys.getswitchinterval()
    try:
        sys.setswitchinterval(before)
        with short_turns():
            if meanwhile is not None:
                sys.setswitchinterval(meanwhile)
        assert sys.getswitchinterval() == pytest.approx(after)
    finally:
        sys.setswitchinterval(usual)
