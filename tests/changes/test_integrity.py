"""Refusals of the database that a form cannot foresee."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.ext.automap import automap_base

from tests.forms.posting import context, registry, sent
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.save import save
from webadmin.dialects import for_engine

GENERAL = "A rule of the table does not allow this value."
MORE = "Enter more than 0."
TABLE = """
    CREATE TABLE booking (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        title text NOT NULL,
        kind char(3),
        nights int CHECK (nights > 0),
        score real,
        grade smallint,
        room int4range,
        EXCLUDE USING gist (room WITH &&),
        CONSTRAINT no_pets CHECK (title <> 'dog' OR kind IS NOT NULL)
    );
    CREATE UNIQUE INDEX booking_title ON booking (lower(title));
    CREATE TABLE part (id int, at date, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.title = 'secret' THEN RAISE EXCEPTION 'internal words'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON booking FOR EACH ROW EXECUTE FUNCTION refuse();
    INSERT INTO booking (title, room) VALUES ('First', '[1,5)'), ('Second', NULL);
    INSERT INTO part VALUES (1, '2026-05-05', 'x');
"""


@pytest.fixture
def reflected(pg_engine: Engine) -> Any:
    """Mapped classes of tables that no model describes."""
    with pg_engine.begin() as connection:
        connection.exec_driver_sql(TABLE)
    base = automap_base()
    base.prepare(autoload_with=pg_engine)
    return base.classes


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"title": "FIRST"}, {"title": "“FIRST” is already used by another row."}),
        ({"nights": "0"}, {"nights": MORE}),
        ({"score": "1e300"}, {"score": "This value is out of the range of its column."}),
        ({"title": "secret"}, {None: "The database refused this change."}),
        ({"title": "dog"}, {"title": GENERAL, "kind": GENERAL}),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_reflected_rules(
    pg_engine: Engine, reflected: Any, typed: dict[str, str], expected: dict[str | None, str]
) -> None:
    """Rules that only the database knows still find their field, by what it says of them; its words are not shown."""
    with context(pg_engine, registry(reflected.booking)) as ctx:
        form = sent(ctx, reflected.booking, ctx.session.get(reflected.booking, 2), **typed)
        assert form.validate(), form.errors
        with pytest.raises(SaveRefused) as caught:
            save(form)
        if not any(isinstance(rule, sa.CheckConstraint) for rule in reflected.booking.__table__.constraints):
            # SQLAlchemy 2.0 reflects no checks: only the name of the rule is known then.
            expected = {
                None if len(expected) > 1 else name: GENERAL if message == MORE else message
                for name, message in expected.items()
            }
        assert caught.value.errors == {name: [message] for name, message in expected.items()}


def test_overlap(pg_engine: Engine, reflected: Any) -> None:
    """An exclusion is said in words."""
    with context(pg_engine, registry(reflected.booking)) as ctx:
        form = sent(ctx, reflected.booking, ctx.session.get(reflected.booking, 2), title="x")
        assert form.validate()
        view = form.view
        view.options.on_model_change = lambda data, *_: data.update(room=sa.text("'[2,3)'::int4range"))  # type: ignore[method-assign]
        with pytest.raises(SaveRefused) as caught:
            save(form)
        assert "overlaps" in str(caught.value)


def test_partition(pg_engine: Engine, reflected: Any) -> None:
    """A rule that a partition reports is about the columns of the table; a row that fits no partition is refused."""
    with context(pg_engine, registry(reflected.part)) as ctx:
        form = sent(ctx, reflected.part, None, id="1", at="2026-05-05")
        assert form.validate()
        with pytest.raises(SaveRefused) as caught:
            save(form)
        assert set(caught.value.errors) == {"id", "at"}
        form = sent(ctx, reflected.part, None, id="1", at="2030-05-05")
        assert form.validate()
        with pytest.raises(SaveRefused):
            save(form)


def test_other_failures_pass_through(pg_engine: Engine, reflected: Any) -> None:
    """A statement that took too long is no fault of the values."""
    with context(pg_engine, registry(reflected.booking)) as ctx:
        form = sent(ctx, reflected.booking, ctx.session.get(reflected.booking, 2), title="x")
        assert form.validate()

        def sleep(*_: Any) -> None:
            ctx.session.execute(sa.text("SET LOCAL statement_timeout = 50"))
            ctx.session.execute(sa.text("SELECT pg_sleep(5)"))

        form.view.options.on_model_change = sleep  # type: ignore[method-assign]
        with pytest.raises(sa.exc.DBAPIError) as caught:
            save(form)
        assert for_engine(pg_engine).failure(caught.value).kind == "statement_timeout"
