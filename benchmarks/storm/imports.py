"""A server that is killed at random moments while files come in: each of them is in, with its history, or nothing of it is."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Engine

from benchmarks.client import Answer, Connection
from benchmarks.storm.app import PARCELS, PERSON, Nursery, Parcel, prepare
from benchmarks.storm.forms import Form
from benchmarks.storm.judge import stored_in, unrecorded
from webadmin.database.own_tables.changes import change, change_row

ROWS = 2 * PARCELS
"""Rows of a file: as many new ones as there are to change."""
_START = "/parcels/import/"
_LONGEST = 1.0
"""Seconds at most from the beginning, or from the moment when a file is to be written, to the kill."""
_GONE = (OSError, RuntimeError)
"""What a client meets when its server is killed."""


@dataclass
class Told:
    """What the client was told, in all lives of the server."""

    begun: list[str] = field(default_factory=list)
    """Files that were sent."""
    asked: list[str] = field(default_factory=list)
    """Files that were to be written."""
    done: list[str] = field(default_factory=list)
    """Files that were said to be in."""


def kill_imports(engine: Engine, kills: int, chance: random.Random | None = None) -> tuple[Told, list[str]]:
    """Kill a server of the database of ``engine`` so many times while files come in. What the client was told, and in sentences what
    is in without its history, or only in part."""
    chance = chance or random.Random(1)
    prepare(engine, 1)
    start, told = stored_in(engine, Parcel), Told()
    with (
        Nursery(engine.url.render_as_string(hide_password=False)) as nursery,
        ThreadPoolExecutor(1) as pool,
    ):
        for life in range(kills):
            port, over, writing = nursery.serve(), threading.Event(), threading.Event()
            running = pool.submit(_work, port, f"life{life}", over, writing, told)
            if life % 2:  # or else most of them would die while they are looked at
                writing.wait(20)
            time.sleep(chance.random() * _LONGEST)
            nursery.kill()
            over.set()
            running.result()
    return told, [*unrecorded(engine, start, Parcel), *_in_part(engine, told)]


def _in_part(engine: Engine, told: Told) -> list[str]:
    """Files of which the history knows another number of rows than they had, or none where they were said to be in."""
    with engine.connect() as connection:
        own = change_row.c.table_name == Parcel.__tablename__
        records = connection.scalars(sa.select(sa.cast(change_row.c.after, sa.Text)).where(own)).all()
        kinds = set(connection.scalars(sa.select(change.c.kind)))
    found = Counter(name for record in records for name in told.begun if f'"{name}"' in record)
    faults = [f"{count} of {ROWS} rows of {name} came in" for name, count in found.items() if count != ROWS]
    faults += [f"{name} was said to be in" for name in told.done if name not in found]
    return faults + [f"a change is called {kind}" for kind in kinds - {"import"}]


def _work(port: int, name: str, over: threading.Event, writing: threading.Event, told: Told) -> None:
    count = 0
    try:
        with Connection(port, 20) as connection:
            connection.cookies[PERSON] = name
            while not over.is_set():
                count += 1
                _take_in(connection, f"{name}file{count}", writing, told)
    except _GONE:
        if not over.wait(25):
            raise
    finally:
        writing.set()


def _take_in(connection: Connection, name: str, writing: threading.Event, told: Told) -> None:
    lines = [f"P{number},{name},2" for number in range(PARCELS)]
    lines += [f"{name}n{number},{name},3" for number in range(PARCELS)]
    content = "\n".join(["number,batch,weight", *lines]).encode()
    token = Form(connection.answer(_START).body).fields["csrf_token"][0]
    told.begun.append(name)
    sent = connection.send_file(_START, {"csrf_token": token}, f"{name}.csv", content)
    page = connection.answer(_expect(sent, 303).location)
    columns = Form(page.body)
    columns.fields |= {"match": ["number"], "mode": ["upsert"], "do": ["check"]}
    here = columns.action
    _expect(connection.answer(here, columns.fields), 303)
    form = Form(_when_ready(connection, here).body, "apply")
    form.fields["do"] = ["apply"]
    told.asked.append(name)
    writing.set()
    _expect(connection.answer(form.action, form.fields), 303)
    if b'data-outcome="' in _when_ready(connection, here).body:
        told.done.append(name)


def _when_ready(connection: Connection, path: str) -> Answer:
    while b'id="working"' in (answer := connection.answer(path)).body:
        time.sleep(0.02)
    return answer


def _expect(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise AssertionError(f"{status} was expected, not {answer.status}: {answer.body[:2000]!r}")
    return answer
