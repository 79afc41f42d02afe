"""One row written from its form."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import wtforms
from sqlalchemy import Engine

from tests.forms.models import Base, Player, Skill, Team, player_skill
from tests.forms.posting import KEY, context, control, fill, registry, saved, sent, statements, view_of
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.save import save
from webadmin.errors import Conflict
from webadmin.forms.row_form import RowForm
from webadmin.options.context import Context
from webadmin.options.registry import Registry


@pytest.fixture
def views() -> Registry:
    return registry(Team, Player, Skill)


@pytest.fixture
def teams(engine: Engine) -> Engine:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Team), [{"name": "Reds"}, {"name": "Blues"}])
        connection.execute(
            sa.insert(Player),
            [
                {"name": "Ann", "team_id": 1, "shirt": 7, "email": "ann@example.org", "country": "DE"},
                {"name": "Bob", "team_id": 1, "shirt": 8, "email": None, "country": None},
            ],
        )
    return engine


def refused(ctx: Context, model: type, row: Any, **typed: Any) -> tuple[RowForm, SaveRefused]:
    """The form and its refusal after it was filled with ``typed``; the session must still be of use."""
    form = sent(ctx, model, row, **typed)
    assert form.validate(), form.errors
    with pytest.raises(SaveRefused) as caught:
        save(form)
    form.refuse(caught.value.errors)
    assert ctx.session.scalar(sa.select(sa.func.count()).select_from(Player)) == 2
    return form, caught.value


REFUSALS: list[tuple[dict[str, str], dict[str | None, str]]] = [
    ({"shirt": "7"}, {"shirt": "Team and Shirt together are already used by Ann.", "team": "Team and Shirt"}),
    ({"email": "ANN@example.org"}, {"email": "“ANN@example.org” is already used by another row."}),
    ({"name": "Ann", "country": "FR"}, {"name": "“Ann” is already used by Ann."}),
    ({"age": "3"}, {"age": "Enter a number from 5 to 99."}),
    ({"country": "XX"}, {"country": "A rule of the table does not allow this value."}),
]


@pytest.mark.parametrize(("typed", "expected"), REFUSALS, ids=lambda value: " ".join(map(str, value)))
@pytest.mark.parametrize("creating", [False, True], ids=["change", "add"])
def test_broken_rules(
    teams: Engine, views: Registry, typed: dict[str, str], expected: dict[str | None, str], creating: bool
) -> None:
    """A broken rule of the table is a message at each field that it is about; everything typed is shown again."""
    with context(teams, views) as ctx:
        row = None if creating else ctx.session.get(Player, 2)
        values = {"name": "Cid", "team": "1", **typed} if creating else typed
        form, _ = refused(ctx, Player, row, **values)
        assert set(form.errors) == set(expected)
        for name, message in expected.items():
            assert message in form.errors[name][0]
        for name, value in typed.items():
            assert control(form, name).value == value
        if not creating:
            assert row is not None
            assert row.name == "Bob"


def test_unique_column(teams: Engine, views: Registry) -> None:
    """A value that another row has already names that row."""
    with context(teams, views) as ctx:
        form = sent(ctx, Team, ctx.session.get(Team, 2), name="Reds")
        assert form.validate()
        with pytest.raises(SaveRefused) as caught:
            save(form)
        assert caught.value.errors == {"name": ["“Reds” is already used by Reds."]}
        assert caught.value.status == 422


def test_vanished_target(teams: Engine, views: Registry) -> None:
    """A row that was chosen and is gone when the form is saved is said so at the relation's field."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Player, 2)
        form = sent(ctx, Player, row, team="2")
        assert form.validate()
        ctx.session.connection().execute(sa.delete(Team).where(Team.id == 2))
        with pytest.raises(SaveRefused) as caught:
            save(form)
        assert list(caught.value.errors) == ["team"]


def test_null_without_a_field(teams: Engine) -> None:
    """A column that must have a value and has no field is named on top of the form."""
    views = registry(Team, Player, Skill, Player={"form_columns": ["name"]})
    with context(teams, views) as ctx:
        form, _ = refused(ctx, Player, None, name="Cid")
        assert list(form.errors) == [None]
        assert form.errors[None][0].startswith("Team ID: ")


def test_referred_to(teams: Engine) -> None:
    """A key that other rows refer to does not change."""
    views = registry(Team, Player, Skill, Team={"form_include_pk": True})
    with context(teams, views) as ctx:
        form, _ = refused(ctx, Team, ctx.session.get(Team, 1), id="77")
        assert list(form.errors) in (["id"], [None])


def test_version(teams: Engine, views: Registry) -> None:
    """A row that has another version by now is a conflict in plain words."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Player, 1)
        form = sent(ctx, Player, row, name="Anna")
        assert form.validate()
        ctx.session.connection().execute(sa.update(Player).values(version=5))
        with pytest.raises(Conflict, match="saved this row since"):
            save(form)


def test_same_change_twice(teams: Engine, views: Registry) -> None:
    """Two people who make the same change do not clash."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Team, 1)
        posted = fill(RowForm(ctx, view_of(ctx, Team), row), name="Same")
        ctx.session.execute(sa.update(Team).where(Team.id == 1).values(name="Same"))
        ctx.session.expire_all()
        form = sent(ctx, Team, row, posted)
        assert form.validate()
        with statements(ctx.session) as written:
            save(form)
        assert written == []


def test_commit(teams: Engine, views: Registry) -> None:
    """What was saved is there after the caller's commit, and not without it."""
    for commit in (False, True):
        with context(teams, views) as ctx:
            saved(ctx, Team, ctx.session.get(Team, 1), name="Greens")
            if commit:
                ctx.session.commit()
        with context(teams, views) as ctx:
            team = ctx.session.get(Team, 1)
            assert team is not None
            assert (team.name == "Greens") is commit


class Calls:
    """What hooks were called with."""

    def __init__(self) -> None:
        self.before: list[tuple[dict[str, Any], str | None, bool, Any]] = []
        self.after: list[tuple[int, Any]] = []


def test_hooks(teams: Engine) -> None:
    """Hooks get the fields as sqladmin gives them; what they change in them is written, what they take out is not."""
    calls = Calls()

    async def before(self: Any, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> None:
        calls.before.append((dict(data), model.name, is_created, request))
        data["name"] = data["name"].upper()
        data["country"] = "FR"
        data["team"] = "2"
        data["skills"] = ["1"]
        data["not a column"] = 1
        del data["shirt"]

    def after(self: Any, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> None:
        calls.after.append((model.id, request))

    views = registry(Team, Player, Skill, Player={"on_model_change": before, "after_model_change": after})
    with context(teams, views, request="the request") as ctx:
        ctx.session.execute(sa.insert(Skill).values(name="run"))
        row = ctx.session.get(Player, 2)
        saved(ctx, Player, row, name="Rob", shirt="9")
        data, name, is_created, request = calls.before[0]
        assert data == {
            "name": "Rob", "shirt": 9, "email": None, "country": None, "age": None, "team": "1", "coach": None, "skills": [],
        }  # fmt: skip
        assert (name, is_created, request) == ("Bob", False, "the request")
        assert row is not None
        assert (row.name, row.shirt, row.country, row.team_id, row.team.name) == ("ROB", 8, "FR", 2, "Blues")
        assert ctx.session.scalars(sa.select(player_skill.c.skill_id)).all() == [1]
        assert calls.after == [(2, "the request")]
        created = saved(ctx, Player, None, name="Cid", team="1")
        assert calls.before[1][1:3] == (None, True)
        assert (created.name, created.team_id, calls.after[1][0]) == ("CID", 2, created.id)


def test_refusing_hook(teams: Engine) -> None:
    """A hook refuses with a validation error, shown on top; any other error is a sentence of ours, and nothing is written."""

    def refuse(self: Any, data: Any, model: Any, is_created: bool, request: Any) -> None:
        model.name = "half done"
        raise wtforms.ValidationError("Not on Sundays.")

    def fail(self: Any, data: Any, model: Any, is_created: bool, request: Any) -> None:
        raise ZeroDivisionError

    with context(teams, registry(Team, Player, Skill, Player={"on_model_change": refuse})) as ctx:
        form, _ = refused(ctx, Player, ctx.session.get(Player, 1), age="30")
        assert form.errors == {None: ["Not on Sundays."]}
        assert ctx.session.scalar(sa.select(Player.name).where(Player.id == 1)) == "Ann"
    with context(teams, registry(Team, Player, Skill, Player={"after_model_change": fail})) as ctx:
        form = sent(ctx, Player, ctx.session.get(Player, 1), age="30")
        assert form.validate()
        with pytest.raises(SaveRefused, match="nothing was changed") as failed:
            save(form)
        assert failed.value.status == 500
        assert ctx.session.scalar(sa.select(Player.age).where(Player.id == 1)) != 30


def test_key_is_needed_for_the_snapshot(teams: Engine, views: Registry) -> None:
    """A form that is read without a key holds no snapshot."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Team, 1)
        posted = fill(RowForm(ctx, view_of(ctx, Team), row))
        assert RowForm(ctx, view_of(ctx, Team), row, formdata=posted, key=KEY).snapshot.base == {
            "name": "Reds"
        }
        assert RowForm(ctx, view_of(ctx, Team), row, formdata=posted).snapshot is None
