"""Who does an import: threads, other processes, one after the other; and what is left of one who died or was told to stop."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests import people
from tests.security.desk import CommentView, LabelView, PersonView, Ticket, Visitor, admin_of, fill
from tests.views.importing.conftest import Tickets, Wizard, wizard_over
from webadmin import Admin, User
from webadmin.database.own_tables import accounts
from webadmin.database.own_tables.changes import change
from webadmin.database.own_tables.imports import import_, import_part
from webadmin.database.own_tables.migrate import upgrade
from webadmin.transfer.imports.runner import ThreadRunner

FILE = "Code,Title,Team\nR1,Mine,red\nR8,New,red\n"


class Queue:
    """A runner that only notes what is to be done."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def submit(self, job_id: str) -> None:
        self.ids.append(job_id)


def set_import(engine: Engine, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(sa.update(import_).values(**values))


def value(engine: Engine, column: sa.ColumnElement[Any]) -> Any:
    with engine.connect() as connection:
        return connection.execute(sa.select(column)).scalar()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_queue_of_the_hosts(engine: Engine) -> None:
    """The page says that it waits; any process with the same admin does the job, with the rights of who asked, and a second time
    nothing happens. What a hook sees of the request there is who asked."""
    queue = Queue()
    seen: list[Any] = []

    class Noting(Tickets, model=Ticket):
        key = "tickets"

        def on_import_row(self, row: dict[str, Any], number: int, request: Any) -> None:
            seen.append((request.user.name, dict(request.headers)))

    wizard = wizard_over(engine, Noting, jobs=queue)
    page = wizard.go(wizard.send(FILE), "form", "check")
    assert page.css("#working [role=status]")
    elsewhere = admin_of(engine, Noting, jobs=queue)
    elsewhere.run_job(queue.ids[0])
    elsewhere.run_job(queue.ids[0])
    page = wizard.open(f"/tickets/import/{queue.ids[0]}/")
    wizard.go(page, "apply", "apply")
    assert wizard.titles()["R1"] == "Red one"
    for _again in range(2):
        elsewhere.run_job(queue.ids[1])
    assert (wizard.state(), wizard.titles()["R1"]) == ("done", "Mine")
    assert seen
    assert all(one == ("red", {}) for one in seen)
    with engine.connect() as connection:
        told = connection.execute(sa.select(change.c.person_name, change.c.kind, change.c.row_count)).one()
    assert tuple(told) == ("red", "import", 2)
    with pytest.raises(ValueError, match="no-such"):
        elsewhere.run_job("no-such")


def test_a_worker_that_died(engine: Engine) -> None:
    """A worker that says nothing any more is told from one that is busy: only then can the import be begun again, from its preview."""
    queue = Queue()
    wizard = wizard_over(engine, jobs=queue)
    wizard.go(wizard.send(FILE), "form", "check")
    wizard.admin.run_job(queue.ids[0])
    here = f"/tickets/import/{queue.ids[0]}/"
    wizard.go(wizard.open(here), "apply", "apply")
    now = dt.datetime.now(dt.UTC)
    set_import(engine, worker="another", beat_at=now, message="1 row so far.")
    assert not (page := wizard.open(here)).css("button[value=again], #message")
    assert page.one("#working [role=status]").text_content() == "1 row so far."
    wizard.admin.run_job(queue.ids[1])
    assert wizard.state() == "running"
    set_import(engine, beat_at=now - dt.timedelta(minutes=1))
    page = wizard.open(here)
    answer = wizard.visitor.submit(here, {"do": page.one("button[value=again]").get("value")})
    assert answer.status_code == 303
    wizard.admin.run_job(queue.ids[2])
    assert (wizard.state(), wizard.titles()["R1"]) == ("done", "Mine")


def test_a_worker_that_was_taken_for_dead_writes_nothing(pg_engine: Engine) -> None:
    """Whoever has lost an import to another worker while writing rolls all of it back."""
    lost = threading.Event()

    class Losing(Tickets, model=Ticket):
        key = "tickets"

        def after_model_change(self, data: Any, model: Any, is_created: bool, request: Any) -> None:
            set_import(pg_engine, worker="another")
            lost.set()

    wizard = wizard_over(pg_engine, Losing)
    page = wizard.go(wizard.send(FILE), "form", "check")
    wizard.waits = False  # it is another's now, who never comes
    wizard.go(page, "apply", "apply")
    assert isinstance(wizard.admin.runtime.jobs, ThreadRunner)
    wizard.admin.runtime.jobs.wait(str(value(pg_engine, import_.c.id)), 20)
    assert lost.is_set()
    assert (wizard.state(), wizard.titles()["R1"]) == ("running", "Red one")
    with pg_engine.connect() as connection:
        assert connection.execute(sa.select(change.c.id)).first() is None


@pytest.mark.parametrize("here", [True, False])
def test_rights_that_were_taken_away_meanwhile(sqlite_engine: Engine, here: bool) -> None:
    """An import that waits for its worker is not done for an account that is disabled by then, or has lost the right."""
    admin = people.admin_of(sqlite_engine)
    queue = admin.runtime.jobs = Queue()
    people.person(admin, "Ada")
    browser = people.Browser(admin)
    browser.enter("Ada")
    file = {"file": ("things.csv", b"name\nFrom a file\n", "text/csv")}
    page = browser.get("/things/import/")
    answer = browser.send(page, "form", {}, files=file)
    where = answer.headers["location"]
    browser.send(browser.get(where), "form", {"do": "check", "mode": "insert", "match": ""})
    admin.run_job(queue.ids[0])
    browser.send(browser.get(where), "apply", {"do": "apply"})
    if not here:
        admin.runtime.desk.stop()  # as if another process had the request
    count = sa.select(sa.func.count()).select_from(sa.table("things"))
    before = value(sqlite_engine, count.scalar_subquery())
    people.write(admin, accounts.account, disabled_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    admin.run_job(queue.ids[1])
    assert value(sqlite_engine, import_.c.state) == "ready"
    people.write(admin, accounts.account, disabled_at=None)
    people.write(admin, accounts.account_grant, name="things.view")
    set_import(sqlite_engine, state="running", worker="")
    admin.run_job(queue.ids[1])
    assert value(sqlite_engine, import_.c.state) == "ready"
    assert value(sqlite_engine, count.scalar_subquery()) == before
    people.write(admin, accounts.account_grant, name="things.*")
    set_import(sqlite_engine, state="running", worker="")
    admin.run_job(queue.ids[1])
    assert value(sqlite_engine, import_.c.state) == "done"
    assert value(sqlite_engine, count.scalar_subquery()) == before + 1


@pytest.mark.parametrize("here", [True, False])
def test_roles_that_were_taken_away_meanwhile(sqlite_engine: Engine, here: bool) -> None:
    """So it is with what a role gives to somebody whom the host knows."""
    fill(sqlite_engine)
    upgrade(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(sa.insert(accounts.role).values(id=UUID(int=1), name="Desk"))
        connection.execute(sa.insert(accounts.role_grant).values(role_id=UUID(int=1), name="tickets.*"))
    known = User("red", grants=(), roles=["Desk"])
    admin = Admin(sqlite_engine, identify=lambda request: known, jobs=(queue := Queue()))
    for view in (Tickets, PersonView, LabelView, CommentView):
        admin.add_view(view)
    wizard = Wizard(admin, sqlite_engine, Visitor(admin), waits=False)
    wizard.go(wizard.send(FILE), "form", "check")
    if not here:
        wizard.admin.runtime.desk.stop()
    with sqlite_engine.begin() as connection:
        connection.execute(sa.update(accounts.role_grant).values(name="tickets.view"))
    wizard.admin.run_job(queue.ids[0])
    assert wizard.state() == "failed"
    with sqlite_engine.begin() as connection:
        connection.execute(sa.update(accounts.role_grant).values(name="tickets.*"))
    set_import(sqlite_engine, state="checking", worker="")
    wizard.admin.run_job(queue.ids[0])
    assert wizard.state() == "ready"


def test_files_of_one_person_are_few(sqlite_engine: Engine) -> None:
    """Who has files checked again and again, or imported with rows left out, keeps no more of them than who does nothing."""
    wizard = wizard_over(sqlite_engine, jobs=(queue := Queue()))
    for _again in range(5):
        wizard.go(wizard.send(FILE), "form", "check")
    wizard.send(FILE, status=409)
    files = sa.select(sa.func.count()).select_from(import_part)
    with sqlite_engine.connect() as connection:
        assert connection.execute(files).scalar() == 5
    set_import(sqlite_engine, submitted_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    wizard.send(FILE)
    with sqlite_engine.connect() as connection:
        assert connection.execute(files).scalar() == 5
    for _again in range(3):
        set_import(sqlite_engine, state="done")
        wizard.send(FILE)
    with sqlite_engine.connect() as connection:
        assert connection.execute(files).scalar() == 5
    assert len(queue.ids) == 5


def test_one_connection() -> None:
    """A database in memory has one connection: whoever asks for a job does it."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    wizard = wizard_over(engine)
    page = wizard.go(wizard.send(FILE), "form", "check")
    wizard.go(page, "apply", "apply")
    assert (wizard.state(), wizard.titles()["R1"]) == ("done", "Mine")
    engine.dispose()


def test_a_server_that_stops(sqlite_engine: Engine) -> None:
    """The job that runs is given up, and nothing of it is kept; it begins again where it was."""
    inside = threading.Event()

    class Slow(Tickets, model=Ticket):
        key = "tickets"

        def on_import_row(self, row: dict[str, Any], number: int, request: Any) -> None:
            inside.set()
            wait_for(request.stopped)

    wizard = wizard_over(sqlite_engine, Slow)
    page = wizard.send(FILE)
    with TestClient(wizard.admin):  # which starts and stops it as a server does
        thread = threading.Thread(target=wizard.go, args=(page, "form", "check"))
        thread.start()
        assert inside.wait(20)
    thread.join()
    assert wizard.state() == "new"


def test_what_is_old_is_taken_away(sqlite_engine: Engine) -> None:
    """Files that nobody imports go after a day, with the next upload of anybody; of one person so many wait at the same time; what is done is
    remembered longer, without its file."""
    wizard = wizard_over(sqlite_engine)
    for _file in range(7):
        wizard.send(FILE)
    assert value(sqlite_engine, sa.func.count(import_.c.id)) == 5
    assert value(sqlite_engine, sa.func.count(import_part.c.number)) == 5
    page = wizard.go(wizard.send(FILE), "form", "check")
    wizard.go(page, "apply", "apply")
    assert value(sqlite_engine, sa.func.count(import_part.c.number)) == 4
    set_import(sqlite_engine, created_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=2))
    wizard.send(FILE)
    with sqlite_engine.connect() as connection:
        states = connection.execute(sa.select(import_.c.state).order_by(import_.c.id)).scalars().all()
    assert states == ["done", "new"]
    assert value(sqlite_engine, sa.func.count(import_part.c.number)) == 1


def test_stopping(engine: Engine) -> None:
    """What runs in this process is stopped at once, what waits elsewhere before it begins; nothing is kept of it, and it can be done
    again from where it was."""
    inside = threading.Event()

    class Slow(Tickets, model=Ticket):
        key = "tickets"

        def on_import_row(self, row: dict[str, Any], number: int, request: Any) -> None:
            inside.set()
            if slow.is_set():
                wait_for(request.stopped)

    slow = threading.Event()
    wizard: Wizard = wizard_over(engine, Slow)
    page = wizard.send(FILE)
    slow.set()
    here = page.action("form")
    thread = threading.Thread(target=wizard.visitor.submit, args=(here, page.form("form") | {"do": "check"}))
    thread.start()
    assert inside.wait(20)
    wizard.visitor.submit(f"{here}stop/")
    thread.join()
    wait_for(lambda: wizard.state() == "new")
    assert wizard.open(here).css("#message")
    slow.clear()
    queue = Queue()
    wizard.admin.runtime.jobs, wizard.waits = queue, False
    wizard.go(page, "form", "check")
    wizard.visitor.submit(f"{here}stop/")
    assert value(engine, import_.c.stop)
    wizard.admin.run_job(queue.ids[0])
    assert wizard.state() == "new"
