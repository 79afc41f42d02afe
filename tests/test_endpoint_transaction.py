"""One request, one transaction: read only for GET, committed before the answer, its limits, and what may break."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from tests import bridge
from webadmin.errors import Conflict, WebadminError
from webadmin.request import AdminRequest, Answer, Redirect

INSERT = text("INSERT INTO things (id, name) VALUES (10, 'new')")
BEFORE = ["thing 1", "thing 2", "thing 3"]


def writes(answer: Answer | Exception) -> Callable[[AdminRequest], Answer]:
    """A view that writes a row and then answers, or raises."""

    def view(request: AdminRequest) -> Answer:
        request.session.execute(INSERT)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return view


def reads(request: AdminRequest) -> Answer:
    return bridge.page(str(request.session.scalar(text("SELECT count(*) FROM things"))))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_is_read_only(engine: Engine, method: str) -> None:
    """A view that writes on GET is refused by the database."""
    app = bridge.through(bridge.admin_over(bridge.filled(engine)), writes(bridge.page()))
    answer = bridge.client(app).request(method, "/")
    assert answer.status_code == 403
    assert bridge.names(engine) == BEFORE


def test_a_post_that_only_reads(engine: Engine) -> None:
    """A route whose POST reads only, as the plan's, cannot write either."""
    from webadmin.endpoint import respond
    from webadmin.runtime import Route

    admin = bridge.admin_over(bridge.filled(engine))
    route = Route("", writes(bridge.page()), "known", ("GET", "POST"), writes_on=())

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await respond(admin.runtime, route, {}, scope, receive, send)

    assert bridge.posted(admin, app).status_code == 403
    assert bridge.names(engine) == BEFORE


@pytest.mark.parametrize(
    ("answer", "status", "kept"),
    [
        (bridge.page(), 200, True),
        (Redirect("/"), 303, True),
        (bridge.page(status=400), 400, False),
        (bridge.page(status=422), 422, False),
        (bridge.page(status=500), 500, False),
        (Conflict("no"), 409, False),
        (WebadminError("no"), 500, False),
        (RuntimeError("secret"), 500, False),
    ],
)
def test_commit_or_roll_back(engine: Engine, answer: Answer | Exception, status: int, kept: bool) -> None:
    """What was written stays with a good answer, and goes with one of 400 and above or with an exception."""
    admin = bridge.admin_over(bridge.filled(engine))
    result = bridge.posted(admin, bridge.through(admin, writes(answer)))
    assert result.status_code == status
    assert "secret" not in result.text
    assert bridge.names(engine) == ([*BEFORE, "new"] if kept else BEFORE)


def test_a_commit_that_fails(engine: Engine) -> None:
    """A rule that is checked only at the end is told of too: the answer waits for the commit."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE roots (id integer PRIMARY KEY)"))
        connection.execute(
            text(
                "CREATE TABLE leaves (id integer PRIMARY KEY,"
                " root integer REFERENCES roots (id) DEFERRABLE INITIALLY DEFERRED)"
            )
        )

    def view(request: AdminRequest) -> Answer:
        request.session.execute(text("INSERT INTO leaves VALUES (1, 99)"))
        return Redirect("/")

    admin = bridge.admin_over(bridge.filled(engine))
    answer = bridge.posted(admin, bridge.through(admin, view))
    assert answer.status_code == 409
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM leaves")) == 0


# -- limits -------------------------------------------------------------------------------------------------------------


def endless(request: AdminRequest) -> Answer:
    """More work than any limit allows."""
    request.session.execute(
        text(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)"
            " SELECT count(*) FROM n"
        )
    )
    return bridge.page()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_statement_timeout(engine: Engine, method: str, caplog: pytest.LogCaptureFixture) -> None:
    """A statement that takes too long is stopped and says so; the next request works."""
    admin = bridge.admin_over(bridge.filled(engine), statement_timeout=0.3)
    app = bridge.through(admin, endless)
    begun = time.monotonic()
    answer = bridge.client(app).get("/") if method == "GET" else bridge.posted(admin, app)
    cause = "QueryCanceled" if engine.dialect.name == "postgresql" else "interrupted"
    bridge.check_told(answer, "That took too long", caplog, cause)
    assert time.monotonic() - begun < 5
    assert bridge.client(admin).get("/things/").status_code == 200


@contextmanager
def holding(engine: Engine, statement: str) -> Iterator[None]:
    """Another connection holds the locks of ``statement``."""
    other = create_engine(engine.url)
    with other.connect() as connection:
        connection.exec_driver_sql(statement)
        yield
        connection.rollback()
    other.dispose()


def test_lock_timeout(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Rows that somebody else is changing are waited for a moment only; then it says so, and when to come again."""
    admin = bridge.admin_over(bridge.filled(engine), lock_timeout=0.2)

    def view(request: AdminRequest) -> Answer:
        request.session.execute(text("UPDATE things SET name = 'mine' WHERE id = 1"))
        return Redirect("/")

    statement = "UPDATE things SET name = 'theirs' WHERE id = 1"
    with holding(engine, statement):
        begun = time.monotonic()
        answer = bridge.posted(admin, bridge.through(admin, view))
        assert time.monotonic() - begun < 3
    cause = "LockNotAvailable" if engine.dialect.name == "postgresql" else "locked"
    bridge.check_told(answer, "The rows are in use", caplog, cause)
    assert int(answer.headers["retry-after"]) > 0
    assert bridge.names(engine) == BEFORE
    assert bridge.posted(admin, bridge.through(admin, view)).status_code == 303


def test_a_file_that_is_locked(sqlite_engine: Engine) -> None:
    """While another program writes all of the file, a page says so; a connection that met this is clean again."""
    admin = bridge.admin_over(bridge.filled(sqlite_engine), lock_timeout=0.2, statement_timeout=0.5)
    with holding(sqlite_engine, "BEGIN EXCLUSIVE"):
        assert bridge.client(admin).get("/things/").status_code == 503
        assert bridge.posted(admin, bridge.through(admin, writes(bridge.page()))).status_code == 503
    time.sleep(0.6)  # past the deadline that the refused requests had
    with sqlite_engine.begin() as connection:
        connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000)"
                " INSERT INTO things SELECT i + 100, 'x' FROM n"
            )
        )


def test_the_connection_is_given_back_clean(engine: Engine) -> None:
    """After any request the host's own use of the connection can write, and takes as long as it likes."""
    shared = create_engine(engine.url, pool_size=1, max_overflow=0)
    admin = bridge.admin_over(bridge.filled(shared), statement_timeout=0.3)
    views = [reads, endless, writes(bridge.page()), writes(RuntimeError("no"))]
    for view in views:
        bridge.client(bridge.through(admin, view)).get("/")
        with shared.begin() as connection:
            connection.execute(text("UPDATE things SET name = name"))
            if shared.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 0
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
                assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
                time.sleep(0.4)
                steps = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"
                assert connection.execute(text(f"{steps} SELECT count(*) FROM n")).scalar() == 100_000
            else:
                assert connection.scalar(text("SHOW statement_timeout")) == "0"
                assert connection.scalar(text("SHOW lock_timeout")) == "0"
                assert connection.scalar(text("SHOW transaction_read_only")) == "off"
    shared.dispose()
