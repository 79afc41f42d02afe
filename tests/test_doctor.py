"""``webadmin doctor``: sorts without an index, and the statements that make them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine

from tests.listing.sorting.goods import Base, Good, Goods, Maker, fill
from webadmin import Admin, ModelView
from webadmin.cli import main
from webadmin.database.reflection import reflect
from webadmin.doctor import Report, examine, lines, plain
from webadmin.explain.unindexed import Unindexed


class Ordered(Goods, model=Good):
    """The list's own order has no index either."""

    column_default_sort = [(Good.state, False), (Good.cost, True)]


class Makers(ModelView, model=Maker):
    """All that can be sorted by has an index."""


@pytest.fixture(params=["pg_engine", "sqlite_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(request.param)
    fill(engine, 500)
    return engine


def _admin(engine: Engine) -> Admin:
    admin = Admin(engine)
    admin.add_view(Ordered)
    admin.add_view(Makers)
    return admin


def _of(report: Report, kind: str) -> dict[str, Unindexed]:
    every = (*report.findings, *report.notes)
    return {",".join(finding.columns): finding for finding in every if finding.kind == kind}


def test_every_order_without_an_index(engine: Engine) -> None:
    """The list's own order, and what it can be sorted by; the order of related rows is a note without a statement."""
    report = examine(_admin(engine), small=True)
    sorts = _of(report, "sort")
    assert {"state,cost", "cost", "length_note"} <= set(sorts)
    assert {",".join(note.columns) for note in report.notes} == {"maker", "maker.name", "maker.lower_name"}
    assert "the list's own order" in sorts["state,cost"].why
    assert (sorts["state,cost"].ddl or "").endswith("(state, cost DESC, id DESC) WHERE deleted_at IS NULL;")
    assert {finding.rows for finding in report.findings} == {500}


def test_filters_search_soft_delete_and_foreign_keys(pg_engine: Engine) -> None:
    """Whatever a list asks is told of when it is not along an index: one statement for all that one index serves."""
    Base.metadata.create_all(pg_engine)
    with pg_engine.begin() as connection:
        for statement in (
            "ALTER TABLE goods ADD words tsvector, ADD labels text[]",
            "DROP INDEX ix_goods_maker_id",
            "DROP INDEX ix_goods_made_at",
        ):
            connection.exec_driver_sql(statement)
    found = reflect(pg_engine)
    admin = Admin(pg_engine)
    admin.add_models(found.models)
    report = examine(admin, small=True)
    assert set(_of(report, "foreign key")) == {"maker_id"}
    assert set(_of(report, "soft delete")) == {"deleted_at"}
    assert set(_of(report, "search")) == {"words"}
    assert "labels" in _of(report, "filter")
    assert "USING gin (labels)" in (_of(report, "filter")["labels"].ddl or "")
    assert plain(report)["findings"][0].keys() >= {"kind", "table", "columns", "ddl", "why"}
    _apply(pg_engine, report)
    assert not examine(admin, small=True).findings


def test_small_tables_are_left_out(engine: Engine) -> None:
    """Their rows are sorted in no time; asked for, they are told of too."""
    assert examine(_admin(engine)) == Report((), ())


def _apply(engine: Engine, report: Report) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for line in lines(report):
            if not line.startswith("--"):
                connection.exec_driver_sql(line)


def test_the_report_can_be_run(engine: Engine) -> None:
    """Statements and comments alone: run, they leave nothing to find."""
    report = examine(_admin(engine), small=True)
    assert all(line.startswith(("--", "CREATE INDEX ")) and "\n" not in line for line in lines(report))
    _apply(engine, report)
    assert not examine(_admin(engine), small=True).findings


def test_for_programs(sqlite_engine: Engine) -> None:
    """--json is one object, and the exit status says whether there is anything to do."""
    Base.metadata.create_all(sqlite_engine)
    answer = CliRunner().invoke(main, ["doctor", str(sqlite_engine.url), "--all", "--json"])
    told = json.loads(answer.stdout)
    assert answer.exit_code == int(bool(told["findings"])) == 1
    assert all(finding["ddl"].startswith("CREATE INDEX") for finding in told["findings"])


def test_by_the_address_of_a_database(sqlite_engine: Engine) -> None:
    """Of an address everything is found by itself; where nothing is wrong the status is 0."""
    Base.metadata.create_all(sqlite_engine)
    answer = CliRunner().invoke(main, ["doctor", str(sqlite_engine.url), "--all"])
    assert answer.exit_code in {0, 1}
    assert not answer.stdout or answer.stdout.startswith("-- ")
    assert "found" in answer.stderr


def test_as_a_program(tmp_path: Path) -> None:
    """An admin of a module: its findings on standard output, exit status 1."""
    engine = create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    Base.metadata.create_all(engine)
    engine.dispose()
    (tmp_path / "shop.py").write_text(
        "from tests.listing.sorting.goods import Goods\n"
        "from webadmin import Admin\n"
        f"admin = Admin('sqlite:///{tmp_path / 'shop.db'}')\n"
        "admin.add_view(Goods)\n"
    )
    command = [sys.executable, "-m", "webadmin", "doctor", "shop:admin", "--all"]
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    assert (
        "CREATE INDEX ix_goods_cost ON goods (cost, id) WHERE deleted_at IS NULL;" in done.stdout.splitlines()
    )
    assert "Traceback" not in done.stderr


def test_faults_of_options_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be used stops it with status 2, as it stops a server."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "faulty_shop.py").write_text(
        "from tests.listing.sorting.goods import Good, Goods\n"
        "from webadmin import Admin\n"
        "class Wrong(Goods, model=Good):\n"
        "    column_sortable_list = ['nothing']\n"
        f"admin = Admin('sqlite:///{tmp_path / 'shop.db'}')\n"
        "admin.add_view(Wrong)\n"
    )
    answer = CliRunner().invoke(main, ["doctor", "faulty_shop:admin"])
    assert answer.exit_code == 2
    assert "column_sortable_list" in answer.stderr
