"""How far a standby is, as far as it can know."""

from __future__ import annotations

import math
from dataclasses import replace

from webadmin.dialects import Standing


def test_how_far_behind() -> None:
    """As far as a standby can know: not at all, as long as its last commit is old, or nobody knows."""
    near = Standing(follows=True, replayed=100, received=100, streams=True, age=50.0)
    assert near.behind == 0
    assert near.position == "0/64"
    assert replace(near, received=200).behind == replace(near, streams=False).behind == 50
    assert replace(near, received=200, age=None).behind == math.inf
    assert replace(near, replayed=None).behind == math.inf
