"""Why a statement was sent: read off the stack at the moment when it goes out."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType
from typing import Any

from webadmin.options.causes import CAUSES, Cause
from webadmin.options.view import View
from webadmin.text import gettext as _

_OWN = __name__.partition(".")[0]
_BETWEEN = frozenset({_OWN, "sqlalchemy", "sqladmin", "wtforms", "starlette", "anyio", "contextlib"})
"""Packages whose functions stand between a host's and the database, and are nobody's cause."""
_DEMO = f"{_OWN}.demo."
"""The demo is a host of webadmin's as any other."""
_LIBRARY = (sysconfig.get_path("stdlib"), "<frozen")
_NO_CAUSE = Cause(())


@dataclass(frozen=True, slots=True)
class Origin:
    """What led to a statement: of several marks on the way to it all options, and the nearest label."""

    cause: Cause = _NO_CAUSE
    function: str = ""
    """The host's function that sent it, or had SQLAlchemy send it: ``shop.views.OrderView.margin``; empty where none did."""
    line: int = 0
    """Of that function's module."""
    option: str = ""
    """The option that has webadmin call the function: ``OrderView.column_formatters["total"]``; empty where it is none."""

    @property
    def label(self) -> str:
        """What the code calls its statements, or nothing."""
        return self.cause.label() if self.cause.label is not None else ""

    @property
    def code(self) -> str:
        """The host's function with its line, in words; empty where there is none."""
        if not self.function:
            return ""
        return _("%(function)s, line %(line)d") % {"function": self.function, "line": self.line}


def origin(known: Callable[[], Mapping[CodeType, str]]) -> Origin:
    """Where the statement comes from that is being sent now.

    :param known: the functions that views name, by their code; asked for only where a host's function is found.
    """
    cause, function, line, option = _NO_CAUSE, "", 0, ""
    for frame in _outwards(sys._getframe(1)):
        code = frame.f_code
        if (mark := CAUSES.get(code)) is not None:
            options = tuple(dict.fromkeys((*cause.options, *mark.options)))
            cause = Cause(options, cause.label or mark.label)
        if not _is_host(frame):
            continue
        if not function:
            function = f"{frame.f_globals.get('__name__', '')}.{code.co_qualname}".replace(".<locals>", "")
            line = frame.f_lineno
        option = option or known().get(code, "")
    return Origin(cause, function, line, option)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_host(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    if name.startswith(_DEMO):
        return True
    file = frame.f_code.co_filename
    between = name.partition(".")[0] in _BETWEEN
    return not between and (not file.startswith(_LIBRARY) or "site-packages" in file)


def functions_of(views: Iterable[View]) -> dict[CodeType, str]:
    """The functions that stand in options of ``views`` and in their models, by code."""
    found: dict[CodeType, str] = {}
    for view in views:
        for owner in (type(view.options), view.model):
            for name in dir(owner):
                if name == "__dict__":  # all of it once more, under another name
                    continue
                try:
                    value = getattr(owner, name)
                except Exception:
                    continue
                for place, function in _functions(value):
                    if not _is_own(function):
                        found.setdefault(function.__code__, f"{owner.__name__}.{name}{place}")
    return found


def _is_own(function: FunctionType) -> bool:
    name = function.__module__ or ""
    return name.partition(".")[0] in _BETWEEN and not name.startswith(_DEMO)


def _functions(value: Any) -> Iterator[tuple[str, FunctionType]]:
    """The functions in an option's value: itself, or what a mapping or a list holds."""
    if isinstance(value, property):
        value = value.fget
    value = getattr(value, "__func__", value)
    if isinstance(value, FunctionType):
        yield "", value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, FunctionType):
                yield f'["{getattr(key, "key", key)}"]', item
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value):
            if isinstance(item, FunctionType):
                yield f"[{at}]", item
