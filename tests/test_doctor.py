"""``webadmin doctor``: sorts without an index, and the statements that make them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine

from tests.listing.sorting.goods import Base, Good, Goods, Maker, fill
from webadmin import Admin, ModelView
from webadmin.cli import main
from webadmin.doctor import examine, report
from webadmin.explain.sorts import SortFinding


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


def _sorts(findings: list[SortFinding]) -> dict[str, str | None]:
    return {finding.sort: finding.ddl for finding in findings}


def test_every_order_without_an_index(engine: Engine) -> None:
    """The list's own order first, then what it can be sorted by; the order of related rows has no statement."""
    found = examine(_admin(engine), small=True)
    sorts = _sorts(found)
    assert [finding.sort for finding in found if finding.default] == ["state,cost:desc"]
    assert {"state,cost:desc", "cost", "length_note", "maker", "maker.name", "maker.lower_name"} <= set(sorts)
    assert set(sorts) <= {
        "state,cost:desc",
        "cost",
        "length_note",
        "maker",
        "maker.name",
        "maker.lower_name",
        "state",
    }
    assert {name for name, ddl in sorts.items() if ddl is None} == {"maker", "maker.name", "maker.lower_name"}
    assert (sorts["state,cost:desc"] or "").endswith("(state, cost DESC, id DESC) WHERE deleted_at IS NULL;")
    assert {finding.rows for finding in found} == {500}


def test_small_tables_are_left_out(engine: Engine) -> None:
    """Their rows are sorted in no time; asked for, they are told of too."""
    assert examine(_admin(engine)) == []


def test_the_report_can_be_run(engine: Engine) -> None:
    """Statements and comments alone: run, they leave nothing to find but what no index can serve."""
    lines = list(report(examine(_admin(engine), small=True)))
    assert all(line.startswith(("--", "CREATE INDEX ")) and "\n" not in line for line in lines)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for line in lines:
            if not line.startswith("--"):
                connection.exec_driver_sql(line)
    assert all(finding.ddl is None for finding in examine(_admin(engine), small=True))


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
