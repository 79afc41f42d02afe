"""A server that is killed at random moments while rows are saved, one by one and all at once."""

from __future__ import annotations

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Engine

from benchmarks.client import Connection
from benchmarks.storm.app import Nursery
from benchmarks.storm.forms import Form
from webadmin.database.own_tables.changes import change_row

_CLIENTS = 3
_LONGEST = 0.5
"""Seconds at most from the first requests to the kill."""
_GONE = (OSError, RuntimeError)
"""What a client meets when its server is killed."""


@dataclass
class Killed:
    """What the clients were told, in all lives of the server: each value is given to the server once."""

    saved: list[str] = field(default_factory=list)
    """Values that were said to be saved."""
    bulk: list[str] = field(default_factory=list)
    """Values that were said to be set in all rows at once."""
    cut_off: list[str] = field(default_factory=list)
    """Values of requests that were never answered."""


def kill_again_and_again(url: str, kills: int, rows: int, chance: random.Random | None = None) -> Killed:
    """Kill a server of the database at ``url`` so many times while its ``rows`` rows are changed."""
    chance = chance or random.Random(1)
    told = Killed()
    with Nursery(url) as nursery, ThreadPoolExecutor(_CLIENTS) as pool:
        for life in range(kills):
            port, over = nursery.serve(), threading.Event()
            with Connection(port, 20) as first:  # which compiles the templates
                first.answer("/sheets/1/change/")
            running = [
                pool.submit(_work, port, f"life{life}client{number}", rows, over, told, number == 0)
                for number in range(_CLIENTS)
            ]
            time.sleep(chance.random() * _LONGEST)
            nursery.kill()
            over.set()
            for one in running:
                one.result()
    return told


def unheard(engine: Engine, told: Killed) -> tuple[list[str], list[str]]:
    """Values that were said to be saved and that no record knows; values of requests that were cut off and are saved."""
    with engine.connect() as connection:
        records = connection.scalars(sa.select(sa.cast(change_row.c.after, sa.Text))).all()
    known = {value for record in records if record for value in json.loads(record).values()}
    return (
        [value for value in (*told.saved, *told.bulk) if value not in known],
        [value for value in told.cut_off if value in known],
    )


def _work(port: int, name: str, rows: int, over: threading.Event, told: Killed, at_once: bool) -> None:
    chance, count = random.Random(name), 0
    try:
        with Connection(port, 20) as connection:
            while not over.is_set():
                count += 1
                value = f"{name}value{count}"
                if at_once:
                    _all(connection, value, told)
                else:
                    _one(connection, chance.randrange(rows) + 1, value, told)
    except _GONE:
        if not over.wait(5):
            raise


def _one(connection: Connection, row: int, value: str, told: Killed) -> None:
    answer = connection.answer(f"/sheets/{row}/change/")
    if answer.status != 200:
        return
    form = Form(answer.body)
    form.fields["shared"] = form.fields["own0"] = [value]
    _post(connection, form, value, told, told.saved)


def _all(connection: Connection, value: str, told: Killed) -> None:
    token = Form(connection.answer("/sheets/1/change/").body).fields.get("csrf_token")
    if token is None:
        return
    edit = {"csrf_token": token, "all": ["1"], "query": [""], "op-both": ["set"], "with-both": [value]}
    answer = connection.answer("/sheets/actions/edit/", {**edit, "step": ["preview"]})
    if answer.status == 200:
        form = Form(answer.body)
        form.fields["confirm"] = ["1"]
        _post(connection, form, value, told, told.bulk)


def _post(connection: Connection, form: Form, value: str, told: Killed, heard: list[str]) -> None:
    told.cut_off.append(value)
    answer = connection.answer(form.action, form.fields)
    told.cut_off.remove(value)
    if answer.status == 303:
        heard.append(value)
    elif answer.status not in {409, 503}:
        raise AssertionError(f"{form.action} answered with {answer.status}")
