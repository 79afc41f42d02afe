"""What a person sees when the database is gone, full or refuses; and that the next request works."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, create_engine, text

from tests import bridge
from tests.pages import parse
from webadmin.request import AdminRequest, Answer, Redirect

INSERT = text("INSERT INTO things (id, name) VALUES (10, 'new')")
BEFORE = ["thing 1", "thing 2", "thing 3"]


def reads(request: AdminRequest) -> Answer:
    return bridge.page(str(request.session.scalar(text("SELECT count(*) FROM things"))))


def terminate_others(engine: Engine) -> None:
    """End every other connection to the database, as a restart of the server does."""
    plain = create_engine(engine.url)
    with plain.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    plain.dispose()


@pytest.mark.parametrize("idle", [1, 4])
def test_connections_lost_between_requests(pg_engine: Engine, idle: int) -> None:
    """However many connections of the pool were lost, reading and writing go on as if nothing had happened."""
    admin = bridge.admin_over(bridge.filled(pg_engine))
    held = [pg_engine.connect() for _ in range(idle)]
    for connection in held:
        connection.close()
    terminate_others(pg_engine)
    assert bridge.client(admin).get("/things/").status_code == 200
    terminate_others(pg_engine)
    sender = bridge.client(admin)
    form = parse(sender.get("/things/1/change/").text).form()
    terminate_others(pg_engine)
    assert sender.post("/things/1/change/", data={**form, "name": "after"}).status_code == 303
    assert bridge.names(pg_engine) == ["after", "thing 2", "thing 3"]


def test_a_connection_lost_in_the_middle_of_reading(pg_engine: Engine) -> None:
    """A page whose connection is lost while it is made is made again, once."""
    admin = bridge.admin_over(bridge.filled(pg_engine))
    tries: list[int] = []

    def view(request: AdminRequest) -> Answer:
        tries.append(1)
        if len(tries) == 1:
            terminate_others(pg_engine)
        return reads(request)

    answer = bridge.client(bridge.through(admin, view)).get("/")
    assert (answer.status_code, len(tries)) == (200, 2)
    assert parse(answer.text).h1 == "3"


def test_connections_that_are_always_lost(pg_engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again once, not for ever; then the page says when to come again."""
    admin = bridge.admin_over(bridge.filled(pg_engine))
    tries: list[int] = []

    def view(request: AdminRequest) -> Answer:
        tries.append(1)
        terminate_others(pg_engine)
        return reads(request)

    answer = bridge.client(bridge.through(admin, view)).get("/")
    assert len(tries) == 2
    bridge.check_told(answer, "No connection to the database", caplog, "AdminShutdown")
    assert int(answer.headers["retry-after"]) > 0
    assert bridge.client(admin).get("/things/").status_code == 200


def test_a_connection_lost_in_the_middle_of_writing(pg_engine: Engine) -> None:
    """What was being written is not tried again by itself, nothing of it stays, and the next request works."""
    admin = bridge.admin_over(bridge.filled(pg_engine))
    tries: list[int] = []

    def view(request: AdminRequest) -> Answer:
        if request.method == "POST":
            tries.append(1)
            request.session.execute(INSERT)
            terminate_others(pg_engine)
        return reads(request)

    answer = bridge.posted(admin, bridge.through(admin, view))
    assert (answer.status_code, len(tries)) == (503, 1)
    assert bridge.names(pg_engine) == BEFORE
    assert bridge.client(admin).get("/things/").status_code == 200


def test_a_full_pool(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """While all connections are in use a page says so, and when to come again; then it works."""
    bridge.filled(engine)
    small = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.2)
    admin = bridge.admin_over(small)
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with small.connect():
            taken.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(10)
    answer = bridge.client(admin).get("/things/")
    done.set()
    thread.join(10)
    bridge.check_told(answer, "Too many requests at once", caplog, "QueuePool limit")
    assert int(answer.headers["retry-after"]) > 0
    assert bridge.client(admin).get("/things/").status_code == 200
    small.dispose()


def test_a_server_that_is_gone(pg_engine: Engine) -> None:
    """A database that cannot be reached is a page, not a fault."""
    gone = create_engine(pg_engine.url.set(host="127.0.0.1", port=1, query={}))
    answer = bridge.client(bridge.admin_over(gone)).get("/things/")
    assert answer.status_code == 503
    assert "127.0.0.1" not in parse(answer.text).text("main")


def test_serialization_failure(pg_engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Two changes that cannot both be: the later one is told to try again, and nothing of it stays."""
    bridge.filled(pg_engine)
    strict = create_engine(pg_engine.url, isolation_level="REPEATABLE READ")
    admin = bridge.admin_over(strict)

    def view(request: AdminRequest) -> Answer:
        request.session.scalar(text("SELECT count(*) FROM things"))
        with pg_engine.begin() as connection:
            connection.execute(text("UPDATE things SET name = 'theirs' WHERE id = 1"))
        request.session.execute(text("UPDATE things SET name = 'mine' WHERE id = 1"))
        return Redirect("/")

    answer = bridge.posted(admin, bridge.through(admin, view))
    bridge.check_told(answer, "Two changes at the same time", caplog, "SerializationFailure")
    assert int(answer.headers["retry-after"]) > 0
    assert bridge.names(pg_engine)[0] == "theirs"
    strict.dispose()


def test_no_text_from_the_database(engine: Engine) -> None:
    """A statement that the database refuses tells the person nothing of tables and values."""

    def view(request: AdminRequest) -> Answer:
        request.session.execute(text("SELECT hidden FROM secret_table WHERE x = :x"), {"x": "secret value"})
        return bridge.page()

    answer = bridge.client(bridge.through(bridge.admin_over(bridge.filled(engine)), view)).get("/")
    assert answer.status_code == 503
    assert "secret" not in answer.text
