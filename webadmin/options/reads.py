"""Which columns a function of a row reads, as far as its code says so."""

from __future__ import annotations

import dis
from collections.abc import Callable, Collection
from types import FunctionType
from typing import Any


def columns_read(function: Callable[..., Any], columns: Collection[str]) -> tuple[str, ...] | None:
    """The names among ``columns`` that ``function`` takes from its only argument, a row.

    None when it may read more: when the row goes on to another function, or something of it that is no column is
    asked for, such as a property or a relation.
    """
    if not isinstance(function, FunctionType):
        return None
    code = function.__code__
    if code.co_argcount != 1 or code.co_kwonlyargcount or code.co_cellvars or code.co_flags & 0x0C:
        return None
    row = code.co_varnames[0]
    steps = [step for step in dis.get_instructions(code) if step.opname not in {"CACHE", "EXTENDED_ARG"}]
    found: dict[str, None] = {}
    for step, following in zip(steps, [*steps[1:], steps[-1]], strict=True):
        names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
        if row not in names or "FAST" not in step.opname:
            continue
        if step.argval != row or not step.opname.startswith("LOAD_FAST") or following.opname != "LOAD_ATTR":
            return None
        if following.argval not in columns:
            return None
        found[following.argval] = None
    return tuple(found)
