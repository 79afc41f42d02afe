"""Which columns a function of a row reads, as far as its code says so."""

from __future__ import annotations

import dis
from collections.abc import Callable, Collection, Iterator
from types import FunctionType
from typing import Any

_SEES_ALL = frozenset({"locals", "vars", "eval", "exec", "dir"})


def columns_read(
    function: Callable[..., Any], columns: Collection[str], *, attribute: str | None = None
) -> tuple[str, ...] | None:
    """The names among ``columns`` that ``function`` takes from its first argument, a row.

    None when it may read more: when the row goes on to another function, or something of it that is no column is
    asked for, such as a property or a relation.

    :param attribute: what the function gets as its second argument, when it is one of a row and a name: what
        ``getattr(row, name)`` reads, whether a column or not.
    """
    if not isinstance(function, FunctionType):
        return None
    code = function.__code__
    given = 1 if attribute is None else 2
    if code.co_argcount != given or code.co_kwonlyargcount or code.co_cellvars or code.co_flags & 0x0C:
        return None
    if not _SEES_ALL.isdisjoint(code.co_names):
        return None
    row, name = code.co_varnames[0], code.co_varnames[1] if attribute is not None else None
    builtin = "getattr" not in function.__globals__
    steps = [("", None), *_steps(code), ("", None), ("", None)]
    found: dict[str, None] = {}
    for place, (kind, value) in enumerate(steps):
        names = value if isinstance(value, tuple) else (value,)
        if "FAST" in kind and name in names and not kind.startswith("LOAD"):
            return None  # the name is another one from here on
        if "FAST" not in kind or row not in names:
            continue
        if value != row or not kind.startswith("LOAD_FAST"):
            return None
        (_, asked), (then, wanted), after = steps[place - 1], steps[place + 1], steps[place + 2]
        if then == "LOAD_ATTR" and wanted in columns:
            found[wanted] = None
        elif builtin and asked == "getattr" and name is not None and wanted == name and after == ("CALL", 2):
            found[str(attribute)] = None
        else:
            return None
    return tuple(column for column in found if column in columns)


def _steps(code: Any) -> Iterator[tuple[str, Any]]:
    """The instructions that matter, alike in all versions of Python."""
    for step in dis.get_instructions(code):
        if step.opname in {"CACHE", "EXTENDED_ARG", "PUSH_NULL", "PRECALL"}:
            continue
        if isinstance(step.argval, tuple) and step.opname.count("LOAD_FAST") == 2:
            yield from (("LOAD_FAST", part) for part in step.argval)
        else:
            yield step.opname, step.argval
