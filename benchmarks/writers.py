"""The writers of ``scripts/bench --concurrency``: half of them at the admin's forms, half of them in the database itself."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from html.parser import HTMLParser

import psycopg

from benchmarks.readers import Client, Record, Shop, together
from benchmarks.walks import LIST

_PAUSE = 0.02  # seconds between two changes
_names = itertools.count(1)


def write(shop: Shop, writers: int, seconds: float) -> Record:
    """Insert, change, delete and restore orders for so long. No two writers meet at one order."""
    until = time.monotonic() + seconds
    people = []
    for number in range(writers):
        kind = _AtForms if number % 2 else _InDatabase
        people.append(kind(shop, until, [id for id in shop.ids if id % writers == number]))
    return together([(writer, writer.act) for writer in people])


class _Writer(Client):
    """:param own: the orders that only this one writes to."""

    def __init__(self, shop: Shop, until: float, own: list[int]) -> None:
        super().__init__(shop, until)
        self.own = own
        self.gone: list[int] = []

    def act(self) -> None:
        """One change."""
        acts: list[Callable[[], None]] = [self.insert, self.update, self.update, self.delete, self.restore]
        act = random.choice(acts)
        if act.__name__ == "restore" and not self.gone:
            act = self.delete
        act()
        self.record.counts[act.__name__] += 1
        time.sleep(_PAUSE)

    def insert(self) -> None:
        raise NotImplementedError

    def update(self) -> None:
        raise NotImplementedError

    def delete(self) -> None:
        raise NotImplementedError

    def restore(self) -> None:
        raise NotImplementedError

    def some(self) -> int:
        """An own order that is there."""
        return random.choice(self.own)

    def leave(self, id: int) -> None:
        self.own.remove(id)
        self.gone.append(id)

    def come_back(self) -> int:
        id = self.gone.pop()
        self.own.append(id)
        return id


class _InDatabase(_Writer):
    def _run(self, sql: str, *values: object) -> None:
        with psycopg.connect(self.shop.url, autocommit=True) as database:
            database.execute(sql.encode(), values)

    def insert(self) -> None:
        self._run(
            "INSERT INTO orders (number, customer_id, status, total, placed_at, channel, tags, metadata) "
            "SELECT %s, customer_id, status, total + 0.01, now(), channel, tags, metadata FROM orders WHERE id = %s",
            _number(),
            self.some(),
        )

    def update(self) -> None:
        self._run("UPDATE orders SET total = %s WHERE id = %s", random.randint(1, 1000), self.some())

    def delete(self) -> None:
        id = self.some()
        self._run("UPDATE orders SET deleted_at = now() WHERE id = %s", id)
        self.leave(id)

    def restore(self) -> None:
        self._run("UPDATE orders SET deleted_at = NULL WHERE id = %s", self.come_back())


class _AtForms(_Writer):
    token = ""

    def _send(self, path: str, **typed: str) -> None:
        """Open a form, type, send it. Raises RuntimeError when it comes back."""
        page = self.ask("form", LIST + path)[1]
        form = _Form()
        form.feed(page.decode())
        self.token = form.fields["csrf_token"][0]
        fields = form.fields | {name: [value] for name, value in typed.items()}
        if not self.ask("save", LIST + path, fields)[0]:
            raise RuntimeError(f"{path} did not save")

    def insert(self) -> None:
        self._send("add/", number=_number(), total=str(random.randint(1, 1000)))

    def update(self) -> None:
        self._send(f"{self.some()}/change/", total=str(random.randint(1, 1000)))

    def delete(self) -> None:
        id = self.some()
        self._send(f"{id}/delete/")
        self.leave(id)

    def restore(self) -> None:
        self.ask("save", f"{LIST}{self.come_back()}/restore/", {"csrf_token": [self.token]})


def _number() -> str:
    return f"N-{time.time_ns() % 10**9}-{next(_names) % 10_000}"


class _Form(HTMLParser):
    """The fields of a page's main form as a browser would send them, without any button."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._name = self._text = ""
        self._first = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == "form"
        name = given.get("name") or ""
        if not self._inside or "disabled" in given:
            return
        if tag == "input" and name and given.get("type") not in {"submit", "button", "file"}:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self._add(name, given.get("value") or ("on" if given.get("type") == "checkbox" else ""))
        elif tag in {"select", "textarea"}:
            self._name, self._text, self._first = name, "", "multiple" not in given
        elif tag == "option" and self._name:
            if "selected" in given:
                self.fields.pop(self._name, None) if self._first else None
                self._add(self._name, given.get("value") or "")
            elif self._first and self._name not in self.fields:
                self._add(self._name, given.get("value") or "")

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._name:
            self._add(self._name, self._text.removeprefix("\n"))
        if tag in {"select", "textarea"}:
            self._name = ""

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)
