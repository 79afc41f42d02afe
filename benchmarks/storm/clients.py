"""Clients that save the same few rows over and over, and remember what they were told."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.client import Answer, Connection
from benchmarks.storm.app import CLIENTS, SHARED
from benchmarks.storm.forms import Form

_PATIENCE = 60.0
"""Seconds that a client waits for an answer."""


class Write(NamedTuple):
    """A value that the server said is saved, and the one that its writer had seen before."""

    row: int
    field: str
    seen: str
    value: str


@dataclass
class Tally:
    """What happened to one client."""

    saves: int = 0
    clashes: int = 0
    """Questions about a field that somebody else had changed too."""
    given_up: int = 0
    """Fields of which the other's value was kept in the end."""
    unfounded: int = 0
    """Questions about a field that nobody else writes."""
    busy: int = 0
    """Answers that the database was busy; the same was sent again."""
    seconds: list[float] = field(default_factory=list)
    """Of each request that saved or was asked about."""
    writes: list[Write] = field(default_factory=list)
    labels: dict[int, bool] = field(default_factory=dict)
    """Whether the client's own label is on a row, by row, as it left it."""


class Client:
    """One of several that save ``rows`` rows at once: own fields, shared ones, cells and labels, in random order."""

    def __init__(self, port: int, number: int, rows: int) -> None:
        self.number, self.rows = number, rows
        self.chance = random.Random(number)
        self.tally = Tally()
        self._connection = Connection(port, _PATIENCE)

    def run(self, saves: int) -> Tally:
        """Save so many times."""
        kinds = (self._fields, self._fields, self._cell, self._keeper, self._labels)
        with self._connection:
            for count in range(saves):
                self.chance.choice(kinds)(self.chance.randrange(self.rows) + 1, f"c{self.number}n{count}")
                self.tally.saves += 1
        return self.tally

    def _fields(self, row: int, value: str) -> None:
        names = [*self.chance.sample(SHARED, self.chance.randrange(3)), f"own{self.number}"]
        self._save(row, f"/sheets/{row}/change/", dict.fromkeys(names, value))

    def _cell(self, row: int, value: str) -> None:
        self._save(row, f"/sheets/{row}/cell/shared/", {"shared": value})

    def _keeper(self, row: int, value: str) -> None:
        self._save(row, f"/sheets/{row}/change/", {"keeper": str(self.number + 1)})

    def _labels(self, row: int, value: str) -> None:
        path, own = f"/sheets/{row}/change/", str(self.number + 1)
        form = self._open(path)
        there = own in form.fields.get("labels", [])
        wanted = [id for id in form.fields.get("labels", []) if id != own] + ([] if there else [own])
        form.fields["labels"] = wanted
        self._settle(row, form, {})
        self.tally.labels[row] = not there

    def _save(self, row: int, path: str, values: dict[str, str]) -> None:
        form = self._open(path)
        writes = {
            name: Write(row, name, form.fields[name][0], value)
            for name, value in values.items()
            if form.fields[name][0] != value
        }
        for name in writes:
            form.fields[name] = [values[name]]
        self._settle(row, form, writes)

    def _settle(self, row: int, form: Form, writes: dict[str, Write]) -> None:
        """Send a form until it is saved, with answers to what is asked, each time anew."""
        kept = dict(writes)
        while (answer := self._send(form)).status == 409:
            form = Form(answer.body)
            for name, theirs in form.theirs.items():
                self.tally.clashes += 1
                self.tally.unfounded += name not in {*SHARED, "keeper"}
                keep = self.chance.choice(("mine", "theirs"))
                form.fields[f"_keep-{name}"] = [keep]
                kept.pop(name, None)
                if keep == "mine":
                    kept[name] = writes[name]._replace(seen=_id(theirs))
        if answer.status != 303:
            raise RuntimeError(f"{form.action} answered with {answer.status}")
        self.tally.given_up += len(writes) - len(kept)
        self.tally.writes += kept.values()

    def _open(self, path: str) -> Form:
        while (answer := self._connection.answer(path)).status == 503:
            self._wait()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered with {answer.status}")
        return Form(answer.body)

    def _send(self, form: Form) -> Answer:
        while True:
            begun = time.perf_counter()
            answer = self._connection.answer(form.action, form.fields)
            if answer.status != 503:
                self.tally.seconds.append(time.perf_counter() - begun)
                return answer
            self._wait()

    def _wait(self) -> None:
        self.tally.busy += 1
        time.sleep(self.chance.random() / 10)


def _id(theirs: str) -> str:
    """A label as the field of a relation names it."""
    if theirs.startswith("label "):
        return str(int(theirs.removeprefix("label ")) + 1)
    return "" if theirs == "–" else theirs


def storm(port: int, *, rows: int, saves: int, clients: int = CLIENTS) -> list[Tally]:
    """What ``clients`` clients tell after ``saves`` saves each, all at once."""
    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(Client(port, number, rows).run, saves) for number in range(clients)]
        return [one.result() for one in running]
