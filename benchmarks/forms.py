"""Opening a row's form and saving it, beside a bare form and other admins, each with the same four fields."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from lxml import html
from sqlalchemy.engine import Engine

from benchmarks.client import Ask, Connection
from benchmarks.peers import PEERS, running
from benchmarks.report import grid
from webadmin import Admin, ModelView, User
from webadmin.demo.models import Order

OURS = "webadmin"
_FLOOR = "/floor/orders/{id}/"
_OURS = "/forms/orders/{id}/change/"
_LIMIT = 30.0  # seconds that one request may take
_FIELD = "note"


class OrderView(ModelView, model=Order):
    form_columns = ["number", "status", "total", _FIELD]


def admin(engine: Engine) -> Admin:
    """An admin whose form of an order has the fields that the others' have."""
    found = Admin(engine, title="Forms", identify=lambda _request: User("Ada"))
    found.add_view(OrderView)
    return found


@dataclass(frozen=True)
class Form:
    """Times of one admin, in milliseconds."""

    who: str
    form: float
    form_95: float
    save: float
    save_95: float


def measure(engine: Engine, port: int, samples: int) -> list[Form]:
    """Measure the floor and webadmin at ``port`` in turn with all peers: a form is opened, its note is changed, it is saved.

    :param samples: forms of each.
    """
    url = engine.url.render_as_string(hide_password=False)
    with engine.connect() as connection:
        ids = connection.scalars(
            sa.text("SELECT id FROM orders WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 200")
        ).all()
    with ExitStack() as stack:
        visitors = {
            "floor": _Visitor(stack.enter_context(Connection(port, _LIMIT)), _FLOOR),
            OURS: _Visitor(stack.enter_context(Connection(port, _LIMIT)), _OURS),
        }
        for peer in filter(lambda peer: peer.form, PEERS):
            at = stack.enter_context(running(peer, url))
            visitors[peer.name] = _Visitor(stack.enter_context(Connection(at, _LIMIT)), peer.form)
        for number in range(20 + samples):
            for visitor in visitors.values():
                visitor.visit(ids[number % len(ids)], number, keep=number >= 20)
    return [
        Form(who, *_numbers(visitor.opened), *_numbers(visitor.saved)) for who, visitor in visitors.items()
    ]


class _Visitor:
    """Somebody who changes one order after the other."""

    def __init__(self, connection: Connection, path: str) -> None:
        self.connection, self.path = connection, path
        self.opened: list[float] = []
        self.saved: list[float] = []

    def visit(self, id: int, number: int, *, keep: bool) -> None:
        """Open the form of order ``id``, change its note and save it; ``keep`` the times."""
        path = self.path.format(id=id)
        opened, page = _timed(lambda: self.connection.get(Ask(path)))
        fields = {**_fields(page), _FIELD: [f"Note {number} of {self.path.split('/')[1]}"]}
        saved, answer = _timed(lambda: self.connection.answer(path, fields))
        if answer.status not in {302, 303}:
            raise RuntimeError(f"{path} was not saved: {answer.status}")
        if keep:
            self.opened.append(opened)
            self.saved.append(saved)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def _fields(page: bytes) -> Mapping[str, list[str]]:
    """What a browser would send of the form with the note in it."""
    form = next(form for form in html.fromstring(page).forms if _FIELD in form.fields)
    found: dict[str, list[str]] = {}
    for name, text in form.form_values():
        found.setdefault(name, []).append(text)
    return found


def _numbers(seconds: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    return statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000


def table(forms: Sequence[Form]) -> str:
    """The results as a Markdown table."""
    floor = forms[0]
    heads = ("", "form p50 ms", "p95 ms", "× floor", "save p50 ms", "p95 ms", "× floor")
    lines = [
        (
            form.who,
            f"{form.form:.2f}",
            f"{form.form_95:.2f}",
            f"{form.form / floor.form:.1f}",
            f"{form.save:.2f}",
            f"{form.save_95:.2f}",
            f"{form.save / floor.save:.1f}",
        )
        for form in forms
    ]
    return grid([heads, *lines])


def plain(forms: Sequence[Form]) -> list[dict[str, Any]]:
    """The results for JSON."""
    return [asdict(form) for form in forms]
