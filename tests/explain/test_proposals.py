"""Proposed indexes on real databases: tried without a trace, cheaper once they are made, and gone from the panel then."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.plugins.databases import fresh_name, opened
from tests.plugins.debian import need, programs
from webadmin.database.session import Database
from webadmin.demo.server import EmbeddedServer
from webadmin.dialects import Timeouts, postgresql_trying
from webadmin.explain import build
from webadmin.explain.proposal import Proposal
from webadmin.explain.proposals import Proposer

ROWS = 12_000
METADATA = sa.MetaData()
PARCELS = sa.Table(
    "parcels",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(10)),
    sa.Column("weight", sa.Integer),
    sa.Column("note", sa.Text),
    sa.Column("deleted_at", sa.DateTime),
)
P = PARCELS.c
LIVE = P.deleted_at.is_(None)
PAGE = sa.select(P.id).where(P.kind == "k3", LIVE).order_by(P.weight.desc(), P.id.desc()).limit(25)
COUNT = sa.select(sa.func.count()).select_from(PARCELS).where(P.kind == "k3", LIVE)
ALL = sa.select(P.note).where(P.weight != 3)
NEARLY_ALL = sa.select(P.note).where(P.weight > -1)

Proposals = list[tuple[Proposal, ...]]


def fill(engine: Engine) -> None:
    METADATA.create_all(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # else the vacuum may not know yet that all may see the rows
            connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
        connection.execute(
            sa.insert(PARCELS),
            [
                {"id": n, "kind": f"k{n * 7919 % 101}", "weight": n * 7919 % 9973, "note": "x" * 80}
                for n in range(ROWS)
            ],
        )
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE")
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE parcels")


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(engine)
    return engine


@pytest.fixture
def filled_pg(pg_engine: Engine) -> Engine:
    fill(pg_engine)
    return pg_engine


def proposed(engine: Engine, *statements: Any, building: bool = False) -> Proposals:
    """The indexes that each statement of a page lacks."""
    database = Database(engine)
    with database.transaction(read_only=not building, timeouts=Timeouts()) as session:
        find = Proposer(
            database.dialect,
            session.connection(),
            {"parcels": "deleted_at"},
            building=building,
            budget_ms=20_000,
        )

        def run(session: Session = session) -> None:
            for statement in statements:
                session.execute(statement).all()

        report = build(database.dialect, session, run, analyze=False, budget_ms=5_000, propose=find)
        return [statement.proposals for statement in report.statements]


def run_ddl(engine: Engine, ddl: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ddl.split(";\n"):
            connection.exec_driver_sql(statement)


def test_one_index_for_page_and_count(filled: Engine) -> None:
    """The same index serves both statements; nothing is proposed for one that reads everything, nor once it is made."""
    found = proposed(filled, PAGE, COUNT, ALL, building=True)
    names = [[one.name for one in statement] for statement in found]
    assert names == [["ix_parcels_kind_weight"], ["ix_parcels_kind_weight"], []]
    proposal = found[0][0]
    assert proposal.columns == ("kind", "weight", "id")
    assert proposal.ddl.endswith(
        "ix_parcels_kind_weight ON parcels (kind, weight, id) WHERE deleted_at IS NULL;"
    )
    assert proposal.why.startswith(
        "kind, compared for equality, leads to the rows; they come in the order of weight"
    )
    run_ddl(filled, proposal.ddl)
    assert proposed(filled, PAGE, COUNT, building=True) == [(), ()]


def test_the_migration(filled: Engine) -> None:
    """The operations to paste make the same index, and take it away."""
    proposal = proposed(filled, PAGE, building=True)[0][0]
    script: dict[str, Any] = {}
    exec(proposal.alembic, script)  # what a person would paste
    with filled.connect() as connection:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        script["op"] = Operations(context)
        with context.begin_transaction():
            script["upgrade"]()
        indexes = sa.inspect(filled).get_indexes("parcels")
        assert [one["column_names"] for one in indexes] == [["kind", "weight", "id"]]
        with context.begin_transaction():
            script["downgrade"]()
    assert sa.inspect(filled).get_indexes("parcels") == []


def _objects(engine: Engine) -> list[Any]:
    """All that there is in the database, and locks that are held."""
    with engine.connect() as connection:
        everything = connection.exec_driver_sql(
            "SELECT oid, relname, relfilenode FROM pg_class ORDER BY 1"
        ).all()
        locks = connection.exec_driver_sql(
            "SELECT relation::regclass FROM pg_locks WHERE relation = 'parcels'::regclass"
        )
        return [*everything, *locks]


@pytest.mark.parametrize(("small", "kind"), [(postgresql_trying._SMALL, "built"), (0, "copy")])
def test_tried_without_a_trace(
    filled_pg: Engine, small: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small table gets the index for a moment, of a large one some rows are copied: nothing of it is left, and the costs say
    how much it is worth. A request that only reads tries nothing, and says so."""
    monkeypatch.setattr(postgresql_trying, "_SMALL", small)
    before = _objects(filled_pg)
    ((proposal,),) = proposed(filled_pg, PAGE, building=True)
    assert _objects(filled_pg) == before
    assert proposal.proof == kind
    assert float(proposal.after.replace(",", "")) < float(proposal.before.replace(",", "")) / 2
    assert proposal.gain.endswith("times cheaper")
    assert proposal.size.endswith("kB")
    assert proposed(filled_pg, NEARLY_ALL, building=True) == [()], "which costs more along an index"
    ((untried,),) = proposed(filled_pg, PAGE)
    assert (untried.proof, untried.before, untried.ddl) == ("none", "", proposal.ddl)


def test_a_copy_stands_before_tables_of_other_schemas(
    filled_pg: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a statement that names the schema is tried on the copy, and also where the copies would come last."""
    monkeypatch.setattr(postgresql_trying, "_SMALL", 0)
    other = PARCELS.to_metadata(sa.MetaData(), schema="post office")
    with filled_pg.begin() as connection:
        connection.exec_driver_sql(
            'CREATE SCHEMA "post office"; ALTER TABLE parcels SET SCHEMA "post office"'
        )
    stmt = sa.select(other.c.id).where(other.c.kind == "k3").order_by(other.c.weight).limit(5)
    ((proposal,),) = proposed(filled_pg, stmt, building=True)
    assert proposal.proof == "copy"
    assert 'ON "post office".parcels (kind, weight)' in proposal.ddl
    run_ddl(filled_pg, proposal.ddl)
    assert proposed(filled_pg, stmt, building=True) == [()]


def test_what_is_there_is_considered(filled_pg: Engine) -> None:
    """An index that the new one begins with can go afterwards; one that an interrupted build left is replaced."""
    run_ddl(filled_pg, "CREATE INDEX by_kind ON parcels (kind) WHERE deleted_at IS NULL")
    ((proposal,),) = proposed(filled_pg, PAGE, building=True)
    assert [note for note in proposal.notes if "by_kind" in note]
    run_ddl(filled_pg, proposal.ddl)
    with filled_pg.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_parcels_kind_weight'::regclass"
        )
    ((again,),) = proposed(filled_pg, PAGE, building=True)
    drop, create = again.ddl.split(";\n")
    assert drop == "DROP INDEX CONCURRENTLY IF EXISTS ix_parcels_kind_weight"
    assert create == proposal.ddl
    run_ddl(filled_pg, again.ddl)
    assert proposed(filled_pg, PAGE, building=True) == [()]


def test_a_table_in_parts(filled_pg: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parts have the index under names of their own; it is not made concurrently, which the server cannot."""
    with filled_pg.begin() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE parcels RENAME TO one; ALTER TABLE one DROP CONSTRAINT parcels_pkey;"
            "CREATE TABLE parcels (LIKE one) PARTITION BY RANGE (id);"
            f"ALTER TABLE parcels ATTACH PARTITION one FOR VALUES FROM (0) TO ({ROWS})"
        )
        connection.exec_driver_sql("ANALYZE parcels")
    ((proposal,),) = proposed(filled_pg, PAGE, building=True)
    assert proposal.proof == "built"
    monkeypatch.setattr(postgresql_trying, "_SMALL", 64 * 1024)
    ((proposal,),) = proposed(filled_pg, PAGE, building=True)
    assert proposal.proof == "copy", "all parts together count"
    assert proposal.ddl.startswith("CREATE INDEX ix_parcels_kind_weight ON parcels (kind, weight, id)")
    run_ddl(filled_pg, proposal.ddl)
    assert proposed(filled_pg, PAGE, building=True) == [()]


def test_words(filled_pg: Engine) -> None:
    """A search along no index is told of a GIN index."""
    with filled_pg.begin() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE parcels ADD words tsvector GENERATED ALWAYS AS (to_tsvector('simple', 'n' || id)) STORED"
        )
        connection.exec_driver_sql("ANALYZE parcels")
    table = sa.Table("parcels", sa.MetaData(), autoload_with=filled_pg)
    stmt = sa.select(sa.func.count()).where(table.c.words.op("@@")(sa.func.to_tsquery("simple", "n3")))
    ((proposal,),) = proposed(filled_pg, stmt, building=True)
    assert "USING gin (words)" in proposal.ddl
    assert proposal.proof == "built"
    run_ddl(filled_pg, proposal.ddl)
    assert proposed(filled_pg, stmt, building=True) == [()]


def test_without_rights(filled_pg: Engine) -> None:
    """Who does not own the table has a copy; who may make none either is told that it is not verified."""
    with filled_pg.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE reader LOGIN")
        connection.exec_driver_sql("GRANT SELECT ON parcels TO reader")
    try:
        with opened(str(filled_pg.url.set(username="reader"))) as reader:
            assert proposed(reader, PAGE, building=True)[0][0].proof == "copy"
            with filled_pg.begin() as connection:
                connection.exec_driver_sql(
                    f'REVOKE TEMPORARY ON DATABASE "{filled_pg.url.database}" FROM PUBLIC'
                )
            assert proposed(reader, PAGE, building=True)[0][0].proof == "none"
    finally:
        with filled_pg.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY reader; DROP ROLE reader")


def test_hypothetical(debian_server: EmbeddedServer) -> None:
    """Where the server has the extension, a request that only reads is told the planner's costs, and the connection forgets."""
    version = programs().parent.name
    need(f"/usr/share/postgresql/{version}/extension/hypopg.control", f"postgresql-{version}-hypopg")
    with opened(debian_server.create_database(fresh_name())) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA tools; CREATE EXTENSION hypopg SCHEMA tools")
        fill(engine)
        ((proposal,), (count,)) = proposed(engine, PAGE, COUNT)
        assert (proposal.proof, count.proof) == ("hypothetical", "hypothetical")
        assert proposal.name == count.name == "ix_parcels_kind_weight"
        assert proposal.before
        assert proposal.size
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT * FROM tools.hypopg_list_indexes").all() == []
        run_ddl(engine, proposal.ddl)
        assert proposed(engine, PAGE, COUNT) == [(), ()]
