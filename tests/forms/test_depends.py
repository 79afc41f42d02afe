"""Fields that others decide about, on the server: what a page shows of them, and what counts of what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from starlette.datastructures import FormData

from tests.forms.posting import KEY, context, control, fill, registry, saved, sent, view_of
from webadmin.errors import OptionsError
from webadmin.forms.row_form import RowForm
from webadmin.options.depends import Depends, FieldState
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


class Country(Base):
    __tablename__ = "countries"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret: Mapped[bool] = mapped_column(default=False)


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    country_id: Mapped[int | None] = mapped_column(sa.ForeignKey("countries.id"))
    kind: Mapped[str] = mapped_column(default="home")
    state: Mapped[str | None]
    district: Mapped[str | None]
    company: Mapped[str | None]
    door: Mapped[int | None]

    country: Mapped[Country | None] = relationship()


STATES = {1: ["Bavaria", "Saxony"], 2: [("TX", "Texas"), ("NY", "New York")]}


def states(values: Mapping[str, Any], request: Any) -> FieldState:
    return FieldState(choices=STATES.get(values["country"], []))


def district(values: Mapping[str, Any], request: Any) -> FieldState:
    return FieldState(hidden=values["state"] != "Bavaria")


def company(values: Mapping[str, Any], request: Any) -> FieldState:
    if values["kind"] == "work":
        return FieldState(required=True, label="Firm", help="As it is registered", placeholder="Ltd")
    return FieldState(readonly=True)


def door(values: Mapping[str, Any], request: Any) -> FieldState:
    return FieldState(value=7 if values["kind"] == "work" else None)


def visible(self: Any, stmt: Any, user: Any) -> Any:
    return stmt.where(sa.not_(Country.secret))


DEPENDS = {
    "district": Depends(["state"], district),
    Address.state: Depends([Address.country], states),
    "company": Depends(["kind"], company),
    "door": Depends(["kind"], door),
}


@pytest.fixture
def views() -> Registry:
    return registry(Country, Address, Address={"form_depends": DEPENDS}, Country={"scope": visible})


@pytest.fixture
def stored(engine: Engine) -> Engine:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(Country),
            [{"id": n, "name": f"C{n}", "secret": n == 3} for n in (1, 2, 3)],
        )
        connection.execute(
            sa.insert(Address),
            [
                {
                    "country_id": 1,
                    "state": "Bavaria",
                    "district": "Munich",
                    "company": "Old",
                    "kind": "home",
                }
            ],
        )
    return engine


def _row(ctx: Any) -> Address:
    found = ctx.session.get(Address, 1)
    assert found is not None
    return found


def test_what_a_form_shows(stored: Engine, views: Registry) -> None:
    """Choices, labels and what is hidden follow from the values that the row has."""
    with context(stored, views) as ctx:
        form = RowForm(ctx, view_of(ctx, Address), _row(ctx))
        assert [choice.value for choice in control(form, "state").choices] == ["", "Bavaria", "Saxony"]
        assert control(form, "district").value == "Munich"
        assert (control(form, "company").kind, control(form, "company").value) == ("readonly", "Old")
        new = RowForm(ctx, view_of(ctx, Address))
        assert control(new, "district").kind == "hidden"
        assert [choice.value for choice in control(new, "state").choices] == [""]


def test_what_does_not_count(stored: Engine, views: Registry) -> None:
    """What is sent for a field that is hidden or read-only just now is not stored, whoever sends it."""
    with context(stored, views) as ctx:
        row = saved(ctx, Address, _row(ctx), state="Saxony", district="Leipzig", company="New", kind="home")
        assert (row.state, row.district, row.company) == ("Saxony", "Munich", "Old")


def test_what_the_new_values_allow(stored: Engine, views: Registry) -> None:
    """The value of a list that no longer holds is refused though it was left alone, as is an empty field that has become
    required; a value of the new list is taken."""
    with context(stored, views) as ctx:
        form = sent(ctx, Address, _row(ctx), country="2")
        assert not form.validate()
        assert form.errors == {"state": ["Choose one of the values of the list."]}
        assert [(one.value, one.selected) for one in control(form, "state").choices] == [
            ("", True),
            ("TX", False),
            ("NY", False),
        ]
        _row(ctx).company = None
        form = sent(ctx, Address, _row(ctx), kind="work")
        assert not form.validate()
        assert form.errors == {"company": ["This field is required."]}
        firm = control(form, "company")
        assert (firm.label, firm.help, firm.placeholder, firm.required) == (
            "Firm",
            "As it is registered",
            "Ltd",
            True,
        )
        opened = fill(RowForm(ctx, view_of(ctx, Address), _row(ctx)), country="2", kind="work", state="TX")
        posted = FormData([*opened.multi_items(), ("company", "Oil")])
        row = saved(ctx, Address, _row(ctx), posted=posted)
        assert (row.state, row.company, row.kind) == ("TX", "Oil", "work")


def test_a_suggested_value(stored: Engine, views: Registry) -> None:
    """A value is put into a field only where the person has just changed what it depends on; what they write stays."""
    with context(stored, views) as ctx:
        view = view_of(ctx, Address)
        posted = fill(RowForm(ctx, view), kind="work", door="3")
        assert control(RowForm(ctx, view, formdata=posted, key=KEY, changed="kind"), "door").value == "7"
        assert control(RowForm(ctx, view, formdata=posted, key=KEY, changed="country"), "door").value == "3"
        assert saved(ctx, Address, kind="work", door="3", company="x").door == 3


def test_rows_out_of_reach_tell_nothing(stored: Engine) -> None:
    """A function learns of no row that the person may not choose: naming its id gives it nothing."""
    seen: list[Any] = []

    def note(values: Mapping[str, Any], request: Any) -> FieldState:
        seen.append(values["country"])
        return FieldState()

    views = registry(
        Country,
        Address,
        Address={"form_depends": {"state": Depends(["country"], note)}},
        Country={"scope": visible},
    )
    with context(stored, views) as ctx:
        for id in ("2", "3", "nonsense", "99"):
            RowForm(ctx, view_of(ctx, Address), formdata=FormData([("country", id)]), key=KEY)
    assert seen == [2, None, None, None]


def _nothing(values: Mapping[str, Any], request: Any) -> FieldState:
    return FieldState()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"state": Depends(["nothing"], _nothing)}, "'nothing' is neither a column nor a to-one relation"),
        ({"nothing": Depends(["kind"], _nothing)}, "the form has no such field"),
        ({"state": ["country"]}, "write Depends([attributes], function)"),
        (
            {"state": Depends(["door"], _nothing), "door": Depends(["state"], _nothing)},
            "it depends on itself",
        ),
    ],
)
def test_what_cannot_depend(given: dict[str, Any], said: str) -> None:
    """Dependences that cannot be are told at the start."""
    with pytest.raises(OptionsError) as caught:
        registry(Country, Address, Address={"form_depends": given}).build()
    assert said in str(caught.value)
