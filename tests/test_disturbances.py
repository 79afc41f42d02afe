"""What a server goes through: restarts under load, deadlocks, a full disk. Each has its page and its line in the log, and
afterwards everything works as before."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from tests import bridge
from tests.pages import parse
from webadmin.demo import postmaster
from webadmin.demo.server import EmbeddedServer
from webadmin.request import AdminRequest, Answer, Redirect

FAILS_ONCE = text("DO $$ BEGIN RAISE 'it is the other one''s turn' USING ERRCODE = '40001'; END $$")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server that the test may stop."""
    with EmbeddedServer(tmp_path / "server", durable=False) as started:
        yield started


def test_a_restart_under_load(own_server: EmbeddedServer) -> None:
    """While the server is restarted some requests are told to come again, none gets anything else, no row that was said to be
    saved is lost, none is there twice; then all goes on, without a restart of the admin."""
    engine = create_engine(own_server.url(), pool_size=4, max_overflow=2, pool_timeout=5)
    admin = bridge.admin_over(bridge.filled(engine))
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT setval('things_id_seq', 3)")
    numbers, over = itertools.count(1), threading.Event()
    statuses: Counter[tuple[str, int]] = Counter()
    saved: list[str] = []

    def use() -> None:
        sender = bridge.client(admin)
        form: dict[str, Any] = {}
        while not over.is_set():
            answer = sender.get("/things/")
            statuses["GET", answer.status_code] += 1
            if not form:
                page = sender.get("/things/add/")
                form = parse(page.text).form() if page.status_code == 200 else {}
                continue
            name = f"number {next(numbers)}"
            answer = sender.post("/things/add/", data={**form, "name": name})
            statuses["POST", answer.status_code] += 1
            if answer.status_code == 303:
                saved.append(name)

    def wait_for(count: int) -> None:
        many = len(saved) + count
        for _tenth in range(300):
            if len(saved) >= many:
                return
            over.wait(0.1)
        raise AssertionError(f"nothing was saved any more: {statuses}")

    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(use) for _ in range(4)]
        try:
            wait_for(20)
            postmaster.stop(own_server.folder / f"data-{_version(own_server)}")
            over.wait(0.3)
            own_server.start()
            wait_for(20)
        finally:
            over.set()
    for work in working:
        work.result()
    assert set(statuses) <= {("GET", 200), ("GET", 503), ("POST", 303), ("POST", 503)}
    assert statuses["GET", 503] + statuses["POST", 503] > 0
    there = Counter(bridge.names(engine))
    assert set(saved) <= set(there)
    assert max(there.values()) == 1
    assert bridge.client(admin).get("/things/").status_code == 200
    engine.dispose()


def _version(server: EmbeddedServer) -> str:
    (data,) = server.folder.glob("data-*")
    return data.name.removeprefix("data-")


def test_two_changes_that_wait_for_each_other(pg_engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Of two posts that wait for each other's rows, one is saved and the other told to try again; nothing of it stays."""
    admin = bridge.admin_over(bridge.filled(pg_engine), lock_timeout=20)
    met = threading.Barrier(2)

    def change(request: AdminRequest) -> Answer:
        for row in request.form["rows"]:
            request.session.execute(
                text("UPDATE things SET name = :name WHERE id = :id"),
                {"name": request.form["rows"], "id": row},
            )
            if row == request.form["rows"][0]:
                met.wait(20)
        return Redirect("/")

    app = bridge.through(admin, change)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda rows: bridge.posted(admin, app, {"rows": rows}), ["12", "21"]))
    assert sorted(answer.status_code for answer in answers) == [303, 503]
    (refused,) = [answer for answer in answers if answer.status_code == 503]
    bridge.check_told(refused, "Two changes at the same time", caplog, "DeadlockDetected")
    kept = "12" if answers[0].status_code == 303 else "21"
    assert bridge.names(pg_engine) == [kept, kept, "thing 3"]


@pytest.mark.parametrize(("times", "status"), [(1, 200), (2, 503)])
def test_reading_again(pg_engine: Engine, caplog: pytest.LogCaptureFixture, times: int, status: int) -> None:
    """A page that only reads and meets a serialization failure is made once more, not for ever."""
    admin = bridge.admin_over(bridge.filled(pg_engine))
    tries: list[int] = []

    def view(request: AdminRequest) -> Answer:
        tries.append(1)
        if len(tries) <= times:
            request.session.execute(FAILS_ONCE)
        return bridge.page("Read")

    answer = bridge.client(bridge.through(admin, view)).get("/")
    assert (answer.status_code, len(tries)) == (status, 2)
    if status == 503:
        bridge.check_told(answer, "Two changes at the same time", caplog, "SerializationFailure")


def test_writing_is_not_done_again(pg_engine: Engine) -> None:
    """A post that met one is not sent again by itself: what it did besides the database may not be done twice."""
    admin = bridge.admin_over(bridge.filled(pg_engine))
    tries: list[int] = []

    def view(request: AdminRequest) -> Answer:
        if request.method == "POST":
            tries.append(1)
            request.session.execute(FAILS_ONCE)
        return bridge.page("Written")

    answer = bridge.posted(admin, bridge.through(admin, view))
    assert (answer.status_code, len(tries)) == (503, 1)


@pytest.fixture
def small_disk(server: EmbeddedServer) -> Iterator[Path]:
    """A file system of two megabytes that the server may write to."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can make a small file system")
    folder = server.folder / f"small-{os.getpid()}"
    folder.mkdir()
    owner = server.folder.stat()
    options = f"size=2m,uid={owner.st_uid},gid={owner.st_gid},mode=0700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        folder.rmdir()
        pytest.skip("this machine does not let root mount anything")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def commanded(server: EmbeddedServer, command: str) -> None:
    """Have the server do something that no transaction may."""
    engine = create_engine(server.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(command)
    engine.dispose()


def sorting(request: AdminRequest) -> Answer:
    """Sorts more than fits into memory and the small disk."""
    rows = "SELECT repeat(md5(i::text), 20) AS t FROM generate_series(1, 60000) i"
    request.session.execute(text("SET LOCAL work_mem = '64kB'"))
    request.session.execute(text(f"SELECT count(*) FROM (SELECT t FROM ({rows}) r ORDER BY t OFFSET 1) s"))
    return bridge.page("Sorted")


def test_a_full_disk(
    pg_engine: Engine, server: EmbeddedServer, small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A sort that finds no room on the disk is told so; what was sorted there is gone, and the next page works."""
    name = f"small_{os.getpid()}"
    commanded(server, f"CREATE TABLESPACE {name} LOCATION '{small_disk}'")
    try:
        limited = create_engine(pg_engine.url.update_query_dict({"options": f"-c temp_tablespaces={name}"}))
        admin = bridge.admin_over(bridge.filled(pg_engine))
        small = bridge.admin_over(limited)
        answer = bridge.client(bridge.through(small, sorting)).get("/")
        bridge.check_told(answer, "The disk is full", caplog, "DiskFull")
        assert bridge.client(small).get("/things/").status_code == 200
        assert bridge.client(admin).get("/things/").status_code == 200
        limited.dispose()
    finally:
        commanded(server, f"DROP TABLESPACE {name}")


def test_a_limit_of_temporary_files(pg_engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """A sort that may write no more is told in the same words."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{pg_engine.url.database}" SET temp_file_limit = 128')
    pg_engine.dispose()
    admin = bridge.admin_over(bridge.filled(pg_engine))
    answer = bridge.client(bridge.through(admin, sorting)).get("/")
    bridge.check_told(answer, "The disk is full", caplog, "ConfigurationLimitExceeded")
    assert bridge.client(admin).get("/things/").status_code == 200
