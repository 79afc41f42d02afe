"""What goes into the log: one line for an event, nobody's values in it.

``webadmin`` has faults and warnings; ``webadmin.security`` what somebody who watches for attacks wants to see.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, StatementError

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
_security = logging.getLogger("webadmin.security")


def security(event: str, **facts: object) -> None:
    """Say that ``event`` happened. ``facts``: what is known of it; nothing that lets anybody in, and nothing of rows."""
    _security.warning("%s: %s", event, " ".join(f"{name}={value!r}" for name, value in facts.items()))


def short(error: BaseException) -> str:
    """An error in one line: its kind, and the first line of what it says."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(original).__name__}: {(str(original).splitlines() or [''])[0]}"


def protect() -> None:
    """From here on no line of ours holds a value of a statement, or a line break that somebody sent."""
    for name in ("webadmin", "webadmin.security"):
        logging.getLogger(name).addFilter(_FILTER)


class _Filter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = record.getMessage().translate(_CONTROLS), ()
        if record.exc_info and record.exc_info[1] is not None:
            for error in _chain(record.exc_info[1]):
                _without_values(error)
        return True


_FILTER = _Filter()


def _without_values(error: BaseException) -> None:
    """Leave an exception of the database its statement and the first line of what is wrong: the parameters, and the whole row
    that the database puts into the lines below, may be passwords."""
    if not isinstance(error, StatementError):
        return
    error.hide_parameters = True
    for one in (error, error.orig):
        if one is not None and one.args and isinstance(one.args[0], str):
            one.args = ((one.args[0].splitlines() or [""])[0], *one.args[1:])


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += (one.__cause__, one.__context__, *getattr(one, "exceptions", ()))
