"""Requests that nobody would make, made of what the program knows: its routes, its names, its columns, its ids."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.security.fuzz.ground import MARKERS
from tests.security.test_parameters import FIELDS, PARAMETERS
from webadmin.routes import ROUTES

KEYS = ("tickets", "people", "labels", "comments")
ACTIONS = ("shout", "raise-price", "set-body", "edit", "delete", "restore", "purge")
COLUMNS = (
    "title", "owner", "code", "labels", "comments", "body", "price", "pause", "meta", "scan", "team", "secret", "reviewer_id", "owner_id",
    "deleted_at", "id", "name", "city", "tickets", "text", "ticket", "owner.city", "owner.name", "meta.k",
)  # fmt: skip
OPERATORS = (
    "", "eq", "not", "contains", "starts", "in", "null", "empty", "gte", "lte", "gt", "lt", "range", "any", "none", "count.gte", "within", "x",
)  # fmt: skip
ODD = (
    "", " ", "0", "1", "2", "-1", "99999999999999999999", "1e999", "NaN", "Infinity", "-0", "1.5", "0x10", "\u0661", "true", "null", "None", "any",
    "~n", "~00", "~e", "..", "../../etc/passwd", "%00", "%", "_", "*", "'", '"', "' OR 1=1--", "\\", ";", "$$", ":x", "%(x)s", "{}", "{{7*7}}",
    "[", "]", "[]", "{", '{"a": [1, null]}', "<b>", "<script>alert(1)</script>", "javascript:alert(1)", "//evil.example", "https://evil.example/",
    "/tickets/", "\r\nSet-Cookie: a=b", "\x00", "\ud800", "\U0001f600", "\u202e", "e\u0301", "2026-01-01", "2026-02-30", "9999999-01-01",
    "2026-01-01T00:00:00Z", "0001-01-01", "infinity", "P1D", "1 day", "25:00", "title", "title:desc", "-title", "owner:1", "title:a;code:b", "(((", "count",
    "count.gte:1", "sum.price", "owner.city", "last", "a" * 300, "1," * 200, "only", "show", "month", "name", "edit", "new", "list", "csv", "xlsx",
    "jsonl", "up:title", "changed:owner", "add:comments", "comments", "page:comments:2", "set", "keep", "delete", "rename", "do", "compact", "dark", "Europe/Berlin",
    *MARKERS,
)  # fmt: skip
FORMS = (
    "{}-{}-_id",
    "{}-{}-_delete",
    "{}-{}-text",
    "{}-{}-team",
    "{}-_page",
    "op-{}",
    "set-{}",
    "with-{}",
    "to-{}",
    "-{}",
    "_{}",
    "{}",
)


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    body: str
    """``form``, ``files``, ``raw``: how the fields are sent."""
    opened: bool
    """The page's own form is opened first, and its fields are sent along."""
    token: bool
    """The session's token is sent."""

    @property
    def typed(self) -> str:
        """All that a page may repeat."""
        return " ".join([self.target, *(value for pair in (*self.fields, *self.headers) for value in pair)])


_HEADERS = (
    ("hx-request", "true"), ("hx-request-type", "partial"), ("hx-source", "a#b"), ("hx-target", "div#results"), ("hx-current-url", "https://evil.example/x"),
    ("accept", "application/json"), ("accept-language", "xx;q=9"), ("range", "bytes=0-1,5-"), ("if-none-match", "*"), ("x-forwarded-host", "evil.example"),
    ("x-user", "chief"), ("x-http-method-override", "DELETE"), ("accept-encoding", "identity;q=0"),
)  # fmt: skip


class Maker:
    """Makes requests, the same for the same seed.

    :param ids: what stands in addresses, by the first word of the routes that it is for.
    """

    def __init__(self, seed: int, ids: Mapping[str, Sequence[str]]) -> None:
        self.random, self.ids = Random(seed), ids
        self.every = [id for some in ids.values() for id in some]
        self.values = (ODD, odd_values(seed), self.every)

    def request(self) -> Asked:
        random = self.random
        method, path = self._address() if random.random() < 0.94 else self._no_address()
        query = [(self._name(), self._value()) for _ in range(random.choice((0, 0, 0, 1, 1, 2, 4)))]
        return Asked(
            method,
            path + (f"?{urlencode(query, errors='replace')}" if query else ""),
            tuple(random.sample(_HEADERS, random.choice((0, 0, 0, 0, 1, 3)))),
            tuple((self._field(), self._value()) for _ in range(random.choice((0, 1, 2, 3, 6)))),
            random.choice(("form",) * 8 + ("files", "raw")),
            random.random() < 0.5,
            random.random() < 0.95,
        )

    def _mostly(self, usual: Sequence[str], share: float = 0.9) -> str:
        return self.random.choice(usual) if self.random.random() < share else self._value()

    def _value(self) -> str:
        return self.random.choice(self.random.choice(self.values))

    def _name(self) -> str:
        if self.random.random() < 0.5:
            return self.random.choice(PARAMETERS)
        operator = self.random.choice(OPERATORS)
        column = self.random.choice(COLUMNS)
        return f"{column}.{operator}" if operator else column

    def _field(self) -> str:
        made = self.random.choice(FORMS).format(
            self.random.choice(("comments", *COLUMNS)), self.random.choice(("0", "1", "999999", "x"))
        )
        return self.random.choice(
            (self.random.choice(FIELDS), self.random.choice(COLUMNS), made, "id", "confirm")
        )

    def _address(self) -> tuple[str, str]:
        """Of the table of routes, mostly with what there is in it."""
        pattern, method = self.random.choice(_CASES)
        ids = self.ids.get(pattern.partition("/{id}")[0], self.ids["{key}"])
        parts = {
            "key": self._mostly(KEYS, 0.95),
            "id": self._mostly(ids),
            "field": self._mostly(COLUMNS),
            "name": self._mostly(ACTIONS),
        }
        path = "/".join(
            _part(parts.get(part[1:-1]) or self._value()) if part.startswith("{") else part
            for part in pattern.split("/")
        )
        if self.random.random() < 0.05:
            method = self.random.choice(("GET", "HEAD", "POST", "PUT"))
        return method, f"/{path}" if path.endswith("rows") or not path else f"/{path}/"

    def _no_address(self) -> tuple[str, str]:
        values = [_part(self._value()) for _ in range(self.random.randrange(6))]
        path = self.random.choice((["static", *values[:2]], ["static", "css", *values], values))
        return self.random.choice(("GET", "POST", "OPTIONS")), "/" + "/".join(path)


_CASES = [(route.pattern, method) for route in ROUTES for method in route.methods]


def _part(text: str) -> str:
    return quote(text, safe="~,", errors="replace")


@cache
def odd_values(first_seed: int) -> list[str]:
    """Texts, numbers and times as hypothesis thinks of them."""
    found: list[str] = []

    @seed(first_seed)
    @settings(
        max_examples=600,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.one_of(
            st.text(max_size=30),
            st.integers().map(str),
            st.floats().map(str),
            st.decimals().map(str),
            st.datetimes().map(str),
            st.timedeltas().map(str),
            st.uuids().map(str),
            st.text(string.printable, max_size=30),
        )
    )
    def note(value: str) -> None:
        found.append(value)

    note()
    return found
