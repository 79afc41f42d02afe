"""Threads take turns more often while a file is read: the one that computes would keep the others waiting."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_OFTEN = 0.0005
"""Seconds."""
_lock = threading.Lock()
_usual: list[float] = []
"""How long turns were before, once for each file that is being read."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Meanwhile a thread that computes lets others go on after half a millisecond, where Python's usual are five.

    A thread that sends rows waits for its turn each time the database has taken some of them, and so do requests whose answer has come. It
    is a setting of the whole process (https://docs.python.org/3/library/sys.html#sys.setswitchinterval), which is given back when the last
    file has been read; one that is shorter stays as it is, and one that somebody else has made meanwhile.
    """
    with _lock:
        _usual.append(_usual[0] if _usual else sys.getswitchinterval())
        if _usual[0] > _OFTEN:
            sys.setswitchinterval(_OFTEN)
    try:
        yield
    finally:
        with _lock:
            before = _usual.pop()
            if not _usual and before > _OFTEN and abs(sys.getswitchinterval() - _OFTEN) < _OFTEN / 10:
                sys.setswitchinterval(before)
