"""What is exported imports again unchanged: every column of the demo that a form writes, in every format, on both databases."""

from __future__ import annotations

import enum
import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.testclient import TestClient

from webadmin import Admin, User
from webadmin.changes.progress import Progress
from webadmin.database.session import Database
from webadmin.demo.models import Category, Customer, Order, Product, Review, StaffNote
from webadmin.demo.views import register
from webadmin.dialects import Timeouts
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.transfer.imports.asked import Import
from webadmin.transfer.imports.checking import check
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.guessing import candidates, guess
from webadmin.transfer.imports.plan import Preview
from webadmin.transfer.imports.sniffing import sniff
from webadmin.transfer.imports.source import Limits

FORMS = (
    "format=csv", "format=csv&delimiter=semicolon&bom=yes&headings=labels", "format=json",
    "format=jsonl", "format=xlsx",
)  # fmt: skip
VIEWS = (
    "orders",
    "order_lines",
    "categories",
    "products",
    "reviews",
    "customers",
    "staff",
    "staff_notes",
    "tags",
)
ODD = [
    "=1+1",
    "+49 30",
    "'=a",
    "'",
    '"',
    '""',
    'a"b',
    "a;b,c\td",
    " a ",
    "1,5",
    "007",
    "ä ß 😀",
    "null",
    "NULL",
    "\\N",
    "true",
    "\\.",
]


def make_odd(engine: Engine) -> None:
    """Values that files and spreadsheets get wrong."""
    with Session(engine) as session, session.begin():
        for number, text in enumerate([*ODD, "a\nb", "a\r\nb", ""]):
            order = session.scalars(sa.select(Order).order_by(Order.id).offset(number).limit(1)).one()
            order.recipient, order.note = text, text or None
            order.tags = [text, "b"] if number % 3 else []
            order.meta = {text: [1, 2.5, None, {"a": text}], "big": 2**60}
            order.total = Decimal("9999999.99") if number % 2 else Decimal("0.10")
            order.delivery_window = (
                timedelta(days=-1, hours=3) if number % 2 else timedelta(days=400, microseconds=1)
            )
            order.due_on = date(1899, 12, 31) if number % 2 else date(2024, 2, 29)
            order.placed_at = datetime(2026, 3, 29, 0, 59, 59, 120_000, tzinfo=UTC) + timedelta(hours=number)
            note = StaffNote(slug=f"x{number}{text}".strip(), title=text, text=text)
            session.add(note)
        for number, product in enumerate(session.scalars(sa.select(Product).order_by(Product.id).limit(6))):
            product.weight = [0.1, 1e-7, 123456.789, -0.5, 1e15, None][number]
            product.labels = [[], ["a, b"], ['"'], ["[x]"], ["é\n"], [""]][number]
            product.attributes = [{}, {"a": {}}, {"a": "=1"}, {"a": 1e300}, {"a": "\\u0041"}, {"a": False}][
                number
            ]
        for number, customer in enumerate(
            session.scalars(sa.select(Customer).order_by(Customer.id).limit(3))
        ):
            customer.newsletter = [True, False, None][number]
            customer.credit_limit = [None, Decimal("0.00"), Decimal("1234567.89")][number]
            customer.phone = ["+49 (0)30 1", "", None][number]
        session.add(Review(product_id=1, rating=1, text=None, approved=None))
        session.add(Category(name="Ä;b", slug='odd,"one"'))


def imported(context: Context, view: View, content: bytes, twice: tuple[str, ...] = ()) -> Preview:
    """What an import of ``content`` would do, as it is guessed.

    :param twice: the headings that say what others say too, and go nowhere.
    """
    file = io.BytesIO(content)
    form = sniff(file, "")
    source = open_source(file, form, Limits())
    rows = [cells for batch in islice(source.batches(), 1) for _number, cells in batch.rows]
    guesses = guess(context, view, form, source.headings, rows[:200])
    nowhere = [heading for heading, one in zip(source.headings, guesses, strict=True) if one.target is None]
    assert nowhere == list(twice)
    assert [one.asks for one in guesses if one.asks] == []
    targets = tuple(one.target for one in guesses if one.target is not None)
    match = tuple(column.name for column in view.info.key)
    preview = check(context, Import(view, form, targets, match), source, Progress())
    assert preview.problem_counts == {}, list(preview.problems())
    return preview


def unchanged(shop: Engine, admin: Admin, key: str, how: str, twice: tuple[str, ...] = ()) -> None:
    """Assert that all rows of a list come back as the same."""
    database = Database(shop)
    with database.transaction(read_only=False, timeouts=Timeouts(statement_ms=60_000)) as session:
        context = Context(session, database.dialect, User("Ada"), admin.registry)
        view = admin.registry.views[key]
        columns = ",".join(one.name for one in candidates(context, view) if one.name in view.all_columns)
        answer = TestClient(admin).get(f"/{key}/export/?{how}&columns={columns}")
        assert answer.status_code == 200, answer.text
        preview = imported(context, view, answer.content, twice)
        session.rollback()
    case = (key, how, preview.changed_samples[:2])
    assert preview.total > 2, case
    assert (preview.same, preview.new, preview.changed) == (preview.total, 0, 0), case


def test_demo(shop: Engine) -> None:
    """Every row of every list of the demo, whatever stands in it."""
    make_odd(shop)
    admin = Admin(shop, title="Shop")
    register(admin)
    for number, key in enumerate(VIEWS):
        # Orders have nearly every type, and go through all forms; the others take turns.
        for how in FORMS if key == "orders" else (FORMS[number % len(FORMS)],):
            twice = (("Order",) if "labels" in how else ("order",)) if key == "order_lines" else ()
            unchanged(shop, admin, key, how, twice)


class Base(DeclarativeBase):
    pass


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Kind(Base):
    """Types that the demo does not have."""

    __tablename__ = "kinds"

    id: Mapped[int] = mapped_column(primary_key=True)
    padded: Mapped[str | None] = mapped_column(sa.CHAR(6))
    clock: Mapped[time | None]
    local: Mapped[datetime | None] = mapped_column(sa.DateTime())
    small: Mapped[int | None] = mapped_column(sa.SmallInteger())
    level: Mapped[Level | None] = mapped_column(sa.Enum(Level))
    exact: Mapped[Decimal | None] = mapped_column(sa.Numeric(30, 12))
    numbers: Mapped[list[int | None] | None] = mapped_column(
        sa.ARRAY(sa.Integer).with_variant(sa.JSON(), "sqlite")
    )
    data: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)


def test_other_types(engine: Engine) -> None:
    """Times, blanks at the end, exact numbers of many digits, lists of numbers, JSON that is no object."""
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        # The other database has no exact numbers.
        exact = Decimal("123456789012345678.000000000001") if engine.dialect.name == "postgresql" else None
        session.add(
            Kind(
                padded="ab",
                clock=time(1, 2, 3),
                local=datetime(2026, 3, 29, 2, 30),
                small=-5,
                level=Level.HIGH,
                exact=exact,
            )
        )
        session.add(Kind(padded=" x", numbers=[1, None, -3], data=[1, 2.5, "a", None, {"b": {}}]))
        session.add(Kind(clock=time(23, 59, 59), numbers=[], data={"é": "\u2028"}))
    admin = Admin(engine)
    admin.add_model(
        Kind, form_columns=[column.name for column in Kind.__table__.columns if column.name != "id"]
    )
    for how in FORMS:
        unchanged(engine, admin, "kinds", how)
    Base.metadata.drop_all(engine)
