"""Pages are read from a replica that is near enough, and everybody sees there what they have written."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests import bridge, people
from tests.pages import Page, parse
from tests.plugins.standby import Replicated, waits_for
from webadmin import Admin
from webadmin.database.own_tables import accounts as tables
from webadmin.database.replica import Replica, now_marked
from webadmin.database.session import Database
from webadmin.dialects import Standing, Timeouts, for_engine
from webadmin.request import AdminRequest, Answer

Pair = tuple[Replicated, Engine, Engine]


@pytest.fixture(scope="module")
def pair(replicated: Replicated, replicated_engines: tuple[Engine, Engine]) -> Pair:
    """Two servers, and an engine on each, with three things and nobody's account."""
    primary, standby = replicated_engines
    bridge.filled(primary)
    people.metadata.create_all(primary)
    replicated.caught_up()
    return replicated, primary, standby


@pytest.fixture
def admin(pair: Pair) -> Admin:
    """An admin that reads from the replica."""
    replicated, primary, standby = pair
    replicated.caught_up()
    return bridge.admin_over(primary, replica=standby, replica_max_lag=3600)


def from_replica(client: TestClient, path: str) -> bool:
    """Whether a page was read from it."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return "replica" in answer.headers["server-timing"]


def names(client: TestClient) -> set[str]:
    page = parse(client.get("/things/").text)
    return {cell.text_content().strip() for cell in page.css("td[data-column=name]")}


def rename(client: TestClient, id: int, name: str) -> None:
    page = parse(client.get(f"/things/{id}/change/").text)
    sent = page.form("form") | {"name": name}
    assert client.post(f"/things/{id}/change/", data=sent, follow_redirects=False).status_code == 303


def state(client: TestClient) -> Page:
    return parse(client.get("/database/").text)


def test_who_reads_where(pair: Pair, admin: Admin) -> None:
    """Whatever only shows comes from the replica, also a file; what is about to change, people and the server do not."""
    client = TestClient(admin)
    shown = ("/", "/things/", "/things/rows", "/things/1/", "/things/1/history/", "/things/add/", "/changes/")
    assert [path for path in shown if not from_replica(client, path)] == []
    true = ("/things/1/change/", "/things/1/delete/", "/account/", "/database/")
    assert [path for path in true if from_replica(client, path)] == []
    before = admin.runtime.database.replica.seen(None).here  # type: ignore[union-attr]
    assert "thing 2" in client.get("/things/export/?format=csv").text
    assert admin.runtime.database.replica.seen(None).here == before + 2  # type: ignore[union-attr]


def test_own_writes(pair: Pair, admin: Admin) -> None:
    """Whoever writes sees it at once, while the replica has it not; others see it with the replica; and when that has caught
    up, everybody reads from it again."""
    replicated, primary, _standby = pair
    writer, other = TestClient(admin), TestClient(admin)
    with replicated.paused():
        rename(writer, 1, "written")
        assert names(writer) == {"written", "thing 2", "thing 3"}
        assert names(other) == {"thing 1", "thing 2", "thing 3"}
        assert not from_replica(writer, "/things/")
        assert from_replica(other, "/things/")
        # A row that the replica has not heard of is looked for where it must be.
        with primary.begin() as connection:
            connection.execute(sa.insert(bridge.Thing).values(id=4, name="new"))
        assert not from_replica(other, "/things/4/")
        assert other.get("/things/5/").status_code == 404
    assert names(writer) == {"written", "new", "thing 2", "thing 3"}
    assert from_replica(writer, "/things/")
    with primary.begin() as connection:
        connection.execute(sa.delete(bridge.Thing).where(bridge.Thing.id == 4))


def test_rows_of_an_import(pair: Pair) -> None:
    """A worker writes the rows of an import, and whoever asked for it sees them once its page says that they are there."""
    replicated, primary, standby = pair
    ids: list[str] = []
    queue = SimpleNamespace(submit=ids.append)
    admin = bridge.admin_over(primary, replica=standby, replica_max_lag=3600, jobs=queue)
    writer = TestClient(admin, follow_redirects=False)
    sent = parse(writer.get("/things/import/").text).form("form")
    file = {"file": ("things.csv", b"id,name\n7,imported\n")}
    where = writer.post("/things/import/", data=sent, files=file).headers["location"]
    for form, do in (("form", "check"), ("apply", "apply")):
        sent = parse(writer.get(where).text).form(form) | {"do": do}
        assert writer.post(where, data=sent).status_code == 303
        if do == "check":
            admin.run_job(ids[-1])
    replicated.caught_up()  # the replica has what the person has written, and not yet what a worker will
    with replicated.paused():
        admin.run_job(ids[-1])
        assert "imported" not in names(writer)
        assert parse(writer.get(where).text).css("#result")
        assert "imported" in names(writer)
        assert "imported" not in names(TestClient(admin))
    with primary.begin() as connection:
        connection.execute(sa.delete(bridge.Thing).where(bridge.Thing.name == "imported"))


def test_a_session_that_was_ended(pair: Pair) -> None:
    """Whoever is shut out is so at once, and may do what they may on the primary, however late the replica hears of it."""
    replicated, primary, standby = pair
    admin = Admin(
        primary, replica=standby, replica_max_lag=3600, identify=people.Accounts(), secret_key=people.KEY
    )
    admin.add_model(bridge.Thing)
    people.person(admin, "ada", grants=["*"])
    ada = people.Browser(admin)
    ada.enter("ada", "wrong")
    assert ada.logged_in("ada").cookie.written == []
    rename(ada.http, 3, "thing 3")
    rename(ada.http, 3, "third")
    position, at = ada.cookie.written
    assert position > 0
    assert abs(at - time.time()) < 60
    rename(ada.http, 3, "thing 3")
    replicated.caught_up()
    assert from_replica(ada.http, "/things/")
    with replicated.paused():
        people.write(admin, tables.account_grant, name="@database")
        assert ada.http.get("/things/").status_code == 403
        with primary.begin() as connection:
            connection.execute(sa.delete(tables.session))
        answer = ada.http.get("/things/")
        assert answer.status_code == 303
        assert "/login/" in answer.headers["location"]


def test_behind(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    """A replica that is further behind than it may be is left alone, and the page about the database says why."""
    replicated, primary, standby = pair
    admin = bridge.admin_over(primary, replica=standby, replica_max_lag=0)
    client = TestClient(admin)
    assert from_replica(client, "/things/")
    assert state(client).css("[data-replica=used]")
    with replicated.paused(), caplog.at_level(logging.WARNING, "webadmin"):
        rename(client, 2, "late")
        rename(client, 2, "thing 2")
        # It hears of them a moment later, since nobody waits for the disk here.
        waits_for(lambda: not from_replica(TestClient(admin), "/things/"))
        assert "the replica is not used: paused" in caplog.messages
        page = state(client)
        assert page.css("[data-replica=unused]")
        facts = {one.text_content(): one.getnext().text_content() for one in page.css("#replica dt")}
        assert facts["Position"].count("/") == 1
        assert not facts["Not repeated yet"].startswith("0 ")
        assert facts["Behind at most"] != "0 s"
    waits_for(lambda: from_replica(client, "/things/"))
    assert state(client).css("[data-replica=used]")


def test_killed(pair: Pair, admin: Admin, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody notices that the replica is gone, and it is used again once it is back."""
    replicated, _primary, _standby = pair
    client = TestClient(admin)
    assert from_replica(client, "/things/")
    with replicated.killed(), caplog.at_level(logging.WARNING, "webadmin"):
        assert [from_replica(client, "/things/") for _ in range(3)] == [False] * 3
        assert "thing 2" in client.get("/things/export/?format=csv").text
        page = state(client)
        assert page.css("[data-replica=unused]")
        assert "cannot be reached" in page.css("main")[0].text_content()
        assert sum("the replica is not used" in line for line in caplog.messages) == 1
    waits_for(lambda: from_replica(client, "/things/"))


def test_what_fails_there_alone(pair: Pair) -> None:
    """What a standby cannot do, or was stopped in for what it had to repeat, is done on the primary; what would fail there as
    well is not tried twice."""
    _replicated, primary, standby = pair
    admin = bridge.admin_over(primary, replica=standby)
    tried: list[str] = []

    def view(request: AdminRequest) -> Answer:
        asked = request.value("ask")
        tried.append(asked)
        request.session.execute(sa.text(f"SELECT {asked}"))
        return bridge.page()

    client = bridge.client(bridge.through(admin, view))
    assert client.get("/?ask=pg_current_wal_lsn()").status_code == 200
    assert client.get("/?ask='x'::int").status_code >= 400
    assert tried == ["pg_current_wal_lsn()"] * 2 + ["'x'::int"]


def test_what_a_standby_sees(pair: Pair) -> None:
    """What a standby says of its snapshot is believed only where nobody writes: it leaves out who does."""
    replicated, primary, standby = pair
    dialect = for_engine(primary)
    asked = dialect.snapshot()
    assert asked is not None
    with primary.connect() as writing, primary.connect() as reading, standby.connect() as following:
        thing = bridge.Thing.__table__
        before = reading.scalar(sa.select(asked))
        replicated.caught_up()
        assert dialect.same_data(before, following.scalar(sa.select(asked)))  # type: ignore[arg-type]
        assert dialect.moment(following, thing) is not None  # type: ignore[arg-type]
        following.rollback()
        writing.execute(sa.insert(bridge.Thing).values(id=9, name="open"))
        with primary.begin() as other:
            other.execute(sa.update(bridge.Thing).values(name=bridge.Thing.name))
        replicated.caught_up()
        assert following.scalar(sa.select(asked)) is None
        assert dialect.moment(following, thing) is None  # type: ignore[arg-type]
        following.rollback()
        writing.rollback()


def test_a_server_that_follows_nobody(pair: Pair) -> None:
    """The primary itself, or a replica that was promoted, is not used as a replica."""
    _replicated, primary, _standby = pair
    client = TestClient(bridge.admin_over(primary, replica=primary))
    assert not from_replica(client, "/things/")
    assert "follows no other server" in state(client).css("main")[0].text_content()


def test_what_can_be_no_replica(pair: Pair, sqlite_engine: Engine) -> None:
    """Systems without replicas, and replicas of another system, are refused in words."""
    _replicated, primary, _standby = pair
    for engine, other in ((sqlite_engine, sqlite_engine), (primary, sqlite_engine), (sqlite_engine, primary)):
        with pytest.raises(TypeError, match="streaming replica"):
            Admin(engine, replica=other)


def replica_on(pair: Pair) -> Replica:
    database = Database.of(pair[1])
    database.read_from(pair[2], most_behind=10)
    assert database.replica is not None
    return database.replica


def test_marks(pair: Pair) -> None:
    """What a cookie keeps of a write counts for a while; where nobody knows how far it went, only the primary will do."""
    replica = replica_on(pair)
    now = int(time.time())
    assert replica.after(None) == replica.after([]) == 0
    assert replica.after(now_marked(12)) == 12
    assert replica.after(now_marked(None)) is None
    assert replica.after([12, now - 3600]) == replica.after([-1, now - 3600]) == 0


def test_after_a_quiet_time(pair: Pair) -> None:
    """A replica that was seen to have all a moment ago is no further behind than that, however old its last commit is."""
    replica = replica_on(pair)
    quiet = Standing(follows=True, replayed=100, received=100, streams=True, age=4000.0)
    busy = replace(quiet, received=200)
    replica._suits(busy)
    assert replica.seen(None).why == "behind"
    replica._suits(quiet)
    replica._suits(busy)
    seen = replica.seen(150)
    assert seen.used
    assert seen.behind < 10
    assert seen.missing == 50


def test_nobody_waits_for_it(pair: Pair) -> None:
    """A replica's pool that is used up sends further reads to the primary, where they find a connection."""
    _replicated, primary, standby = pair
    narrow = sa.create_engine(standby.url, pool_size=1, max_overflow=0, pool_timeout=30)
    database = Database.of(primary)
    database.read_from(narrow)
    reads = [database.reads(None), database.reads(None)]
    with (
        database.transaction(read_only=True, timeouts=Timeouts(), reads=reads[0]),
        database.transaction(read_only=True, timeouts=Timeouts(), reads=reads[1]) as second,
    ):
        assert [one.on_replica for one in reads] == [True, False]
        assert second.scalar(sa.select(sa.func.count()).select_from(bridge.Thing)) == 3
    narrow.dispose()
