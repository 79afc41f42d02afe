"""Pages about the database."""

from __future__ import annotations

from webadmin.rendering.diagram import Column, Key, Table, draw
from webadmin.views.database import Ability, ConnectedLine, DatabasePage, Moment, TableLine
from webadmin.views.database_pool import PoolState, SlowLine
from webadmin.views.database_servers import ReplicaState, ServersState
from webadmin.views.database_table import ColumnLine, IndexLine, KeyLine, TablePage
from webadmin.views.diagram import Choice, DiagramPage
from webadmin.views.doctor import DoctorPage, FindingLine, ViewFindings
from webadmin.views.indexes import IndexesPage, MakingLine

_AT = Moment("5 min ago", "2026-01-01T00:00:00+00:00")


def database_page() -> DatabasePage:
    table = TableLine(
        "sales.orders", "/database/sales.orders/", "partitioned table", "about 20", "1 MB", "8 kB", 50.0, "12", True, _AT, _AT, "/orders/"
    )  # fmt: skip
    other = ConnectedLine("12", "psql", "active", _AT, "Lock: tuple", "7, 8", "SELECT '<b>'", True)
    return DatabasePage(
        title="shop",
        version="PostgreSQL 18",
        size_text="12 MB",
        since=_AT,
        tables=(table,),
        abilities=(
            Ability("copy", "Files <b>", True, ""),
            Ability("search", "Search", False, "Nothing <found>"),
        ),
        pool=PoolState("QueuePool", 5, 15, 0, 10, 15, (("Idle", "<3>"),), troubled=True),
        slow=(SlowLine("SELECT '<b>'", "GET /orders/", "/orders/", "3", "120 ms", "300 ms", "just now"),),
        connected=(other,),
        settings=(("work_mem", "4MB"),),
        extensions=(("plpgsql", "1.0"),),
        types=(("status", "paid, sent"),),
        counters=(("orders_id_seq", "80%"),),
        servers=ServersState("Shared.", ReplicaState(False, "Too far behind.", (("Address", "<here>"),))),
    )


def bare_database_page() -> DatabasePage:
    pool = PoolState("NullPool", None, 0, 0, 0, 0)
    return DatabasePage("shop.db", "SQLite 3", "", None, (), (), pool, (), None, (), (), (), ())


def table_page() -> TablePage:
    key = KeyLine("customers", "/database/customers/", "customer_id", "id", "SET NULL")
    return TablePage(
        name="orders",
        kind="view",
        database_url="/database/",
        diagram_url="/database/diagram/?table=orders",
        list_url="/orders/",
        list_title="Orders",
        rows_text="about 20",
        size_text="1 MB",
        index_text="8 kB",
        dead_text="12",
        columns=(ColumnLine("id", "bigint", False, "identity", True, "The <key>"),),
        keys=(key,),
        pointing=(key,),
        rules=(("ck_orders_total", "CHECK (total >= 0)"),),
        indexes=(IndexLine("ix_orders_total", "CREATE INDEX …", "8 kB", "3", 50.0, _AT, "unused", False),),
        definition="SELECT 1",
        comment="What was ordered",
    )


def bare_table_page() -> TablePage:
    return TablePage(
        "t", "table", "/database/", "", None, "", "", "", "", "", (ColumnLine("a", "text", True, "", False, ""),), (), (), (), (), "", ""
    )  # fmt: skip


def diagram_page() -> DiagramPage:
    id_ = Column("id", "bigint", True, False, False)
    parent = Column("parent_id", "bigint", False, True, True)
    key = Key(("parent_id",), "categories", ("id",), "SET NULL")
    name = Column("<name>", "text", False, False, True)
    table = Table("categories", "/database/categories/", (id_, parent, name), (key,))
    choice = Choice("<100%>", "?zoom=100", True)
    return DiagramPage(
        database_url="/database/",
        drawn=draw({"categories": table}, every=True),
        width=300,
        height=200,
        table="categories",
        tables=("categories", "orders"),
        zooms=(choice,),
        steps=(choice,),
        columns=(choice,),
        kept=(("zoom", "100"),),
        message="Too many",
    )


def bare_diagram_page() -> DiagramPage:
    return DiagramPage("/database/", draw({}, every=False), 48, 48, "", (), (), (), (), (), "")


def doctor_page() -> DoctorPage:
    sort = FindingLine(
        "sort", "Sort", "total", "sorting by <total>", "CREATE INDEX ix ON orders (total, id);"
    )
    note = FindingLine("sort", "Sort", "customer", "none can serve it", "")
    view = ViewFindings("orders", "Orders <b>", "/orders/", "about 20", (sort, note))
    return DoctorPage(
        database_url="/database/",
        views=(view,),
        count=1,
        statements="-- orders: sorting by <total>\nCREATE INDEX",
        examined=3,
        left_out=2,
        small=True,
        few="10,000",
        other_url="/database/doctor/",
        json_url="/database/doctor/?format=json&all=1",
    )


def bare_doctor_page() -> DoctorPage:
    return DoctorPage(
        "/database/", (), 0, "", 1, 0, False, "10,000", "/database/doctor/?all=1", "?format=json"
    )


def indexes_page() -> IndexesPage:
    lines = (
        MakingLine("ix_a", "orders", "CREATE INDEX <a>", "running", "building index", 41, _AT),
        MakingLine("ix_b", "orders", "CREATE INDEX b", "done", "Made in 2.1 s.", None, _AT),
        MakingLine("ix_c", "orders", "CREATE INDEX c", "failed", "Not made.", None, None),
    )
    return IndexesPage("/database/", "/database/indexes/", lines, running=True)


def bare_indexes_page() -> IndexesPage:
    return IndexesPage(None, "/database/indexes/", (), running=False)
