"""Asks at random as one person, and judges every answer."""

from __future__ import annotations

import html
import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import unquote_plus, urlencode

from tests.security.fuzz.asked import Asked, Maker
from tests.security.fuzz.ground import MARKERS, Ground, foreign_rows
from tests.security.test_leaks import TELLING
from webadmin.headers import SECURITY_HEADERS
from webadmin.routes import match
from webadmin.testing.asgi import Caller, Response
from webadmin.testing.page import Fields, parse

EACH = 200
"""Requests to one copy of the database, which they change."""
_BOUNDARY = "b0undary"


@dataclass
class Figures:
    """What came of it."""

    role: str
    asked: int = 0
    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    """Answers below 400 by the address's pattern."""
    faults: dict[str, str] = field(default_factory=dict)
    """A sentence for each kind of fault, and the first request that showed it."""

    def fault(self, what: str, asked: Any, more: str = "") -> None:
        self.faults.setdefault(what, f"{asked}\n{more}")


def fuzz(ground: Ground, role: str, count: int, *, first_seed: int = 1) -> Figures:
    """Make ``count`` requests as nobody, the clerk or the chief. The same seed makes the same requests."""
    figures, begun = Figures(role), perf_counter()
    maker = Maker(first_seed, ground.ids)
    with _Faults() as faults, _Person(ground, role, figures, faults) as person:
        for _ in range(count):
            person.ask(maker.request())
    figures.seconds = perf_counter() - begun
    return figures


class _Faults(logging.Handler):
    """What the program logs of a fault while a request is answered."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told = ""

    def emit(self, record: logging.LogRecord) -> None:
        lines = traceback.format_exception(*record.exc_info) if record.exc_info else []
        self.told = record.getMessage() + "\n" + "".join(lines[-12:])

    def __enter__(self) -> _Faults:
        logger = logging.getLogger("webadmin")
        logger.addHandler(self)
        self._before = logger.propagate
        logger.propagate = False
        return self

    def __exit__(self, *_error: object) -> None:
        logger = logging.getLogger("webadmin")
        logger.removeHandler(self)
        logger.propagate = self._before


class _Person:
    """Somebody at a browser; after a while, before a fresh copy of the database."""

    def __init__(self, ground: Ground, role: str, figures: Figures, faults: _Faults) -> None:
        self.ground, self.role, self.figures, self.faults = ground, role, figures, faults
        self._stack = ExitStack()
        self._left = 0

    def __enter__(self) -> _Person:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()

    def _begin(self) -> None:
        self._end()
        self._left = EACH
        self.admin = self._stack.enter_context(self.ground.fresh())
        self.caller = self._stack.enter_context(Caller(self.admin))
        self._log_in()

    def _log_in(self) -> None:
        self.caller.cookies.clear()
        self.caller.cookies.update(self.ground.cookies[self.role])
        path = "/login/" if self.role == "nobody" else "/account/"
        answer = self.caller.request("GET", path)
        if answer.status == 200:
            self.token = parse(answer.body).token
        else:  # what was asked before has ended the session for good
            self._left = 0

    def _end(self) -> None:
        begun = self.role != "chief" and hasattr(self, "admin")
        if begun and foreign_rows(self.admin.runtime.database.engine) != self.ground.foreign:
            self.figures.fault("a foreign row is not as it was", "one of the requests before")
        self._stack.close()
        self._left = 0

    # -- one request -------------------------------------------------------------------------------------

    def ask(self, asked: Asked) -> None:
        figures, self.faults.told = self.figures, ""
        figures.asked += 1
        try:
            if self._left <= 0:
                self._begin()
            self._left -= 1
            answer = self._send(asked)
        except Exception:
            figures.fault("the app raised an exception", asked, traceback.format_exc(limit=-8))
            self._left = 0
            return
        figures.statuses[answer.status] += 1
        route, _params = match(unquote_plus(asked.target.partition("?")[0]))
        pattern = f"{asked.method} {'–' if route is None else route.pattern}"
        if answer.status < 400:
            figures.routes[pattern] += 1
        for fault in self._judged(asked, answer):
            figures.fault(f"{pattern}: {fault}", asked, self.faults.told)
        if self.role != "nobody" and asked.method == "POST" and _ends_sessions(asked.target):
            self._log_in()

    def _send(self, asked: Asked) -> Response:
        headers, fields = list(asked.headers), list(asked.fields)
        if asked.method not in {"POST", "PUT"}:
            return self.caller.request(asked.method, asked.target, headers)
        if asked.opened:
            fields = [*self._form(asked.target.partition("?")[0]), *fields]
        if asked.token:
            fields.insert(0, ("csrf_token", self.token))
        kind, body = _body(asked.body, fields)
        return self.caller.request(asked.method, asked.target, [*headers, ("content-type", kind)], body)

    def _form(self, path: str) -> Iterator[tuple[str, str]]:
        """The fields of the form that stands on the page, as they are."""
        opened = self.caller.request("GET", path)
        if opened.status != 200 or not opened.body.strip() or "html" not in opened.headers["content-type"]:
            return
        page = parse(opened.text)
        if not [form for form in page.css("main form") if form.get("method", "").lower() == "post"]:
            return
        found: Fields = page.form("form" if page.css("form#form") else "")
        for name, value in found.items():
            for one in [value] if isinstance(value, str) else value:
                yield name, one

    # -- judging -----------------------------------------------------------------------------------------

    def _judged(self, asked: Asked, answer: Response) -> Iterator[str]:
        if answer.status >= 500:
            yield f"{answer.status}, {_last_line(self.faults.told)}"
        for name in (*SECURITY_HEADERS, "Cache-Control"):
            if name not in answer.headers:
                yield f"no header {name}"
        if any(ord(char) < 32 for pair in answer.headers.items() for char in "".join(pair)):
            yield "a control character in a header"
        if self.role == "chief":
            return
        typed = unquote_plus(asked.typed).casefold()
        text = html.unescape(answer.text)
        for marker in MARKERS:
            if marker.casefold() not in typed and marker.casefold() in text.casefold():
                yield f"shows {marker}"
        for where in (text, str(answer.headers)):
            if (found := TELLING.search(where)) is not None and found[0].casefold() not in typed:
                yield f"tells {found[0]!r}: …{where[max(0, found.start() - 60) : found.end() + 60]}…"


def _ends_sessions(target: str) -> bool:
    return target.startswith(("/account", "/login", "/logout"))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:200] if lines else "without a word in the log"


def _body(kind: str, fields: list[tuple[str, str]]) -> tuple[str, bytes]:
    """A content type, and the fields as such."""
    if kind == "raw":
        return "application/x-www-form-urlencoded", "&".join(
            f"{name}={value}" for name, value in fields
        ).encode("utf-8", "replace")
    if kind == "form":
        return "application/x-www-form-urlencoded", urlencode(fields, errors="replace").encode()
    parts = []
    for number, (name, value) in enumerate(fields):
        quoted = name.replace('"', "%22")
        file = f'; filename="{value[:20]}"\r\nContent-Type: text/html' if number % 3 == 2 else ""
        parts.append(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{quoted}"{file}\r\n\r\n{value}\r\n'
        )
    return f"multipart/form-data; boundary={_BOUNDARY}", "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode(
        "utf-8", "replace"
    )
