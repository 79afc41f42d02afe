"""Fields over relations."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.forms.models import Base, Player, Skill, Team, player_skill
from tests.forms.posting import KEY, context, control, fill, registry, saved, sent, statements, view_of
from webadmin.auth.user import User
from webadmin.changes.save import save
from webadmin.forms.related import MEMBERS_SHOWN
from webadmin.forms.row_form import RowForm
from webadmin.options.registry import Registry


@pytest.fixture
def views() -> Registry:
    return registry(Team, Player, Skill)


@pytest.fixture
def teams(engine: Engine) -> Engine:
    """Two teams, one of them deleted, with a player each; three skills."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Team), [{"name": "Reds"}, {"name": "Blues"}])
        connection.execute(sa.update(Team).where(Team.id == 2).values(deleted_at=dt.datetime(2026, 1, 1)))
        connection.execute(sa.insert(Skill), [{"name": name} for name in ("run", "jump", "throw")])
        connection.execute(sa.insert(Player), [{"name": "Ann", "team_id": 1}, {"name": "Bob", "team_id": 2}])
        connection.execute(
            sa.insert(player_skill), [{"player_id": 1, "skill_id": 1}, {"player_id": 1, "skill_id": 2}]
        )
    return engine


def skills(ctx: Any, player: int) -> list[int]:
    rows = ctx.session.scalars(sa.select(player_skill.c.skill_id).where(player_skill.c.player_id == player))
    return sorted(rows)


def test_controls(teams: Engine, views: Registry) -> None:
    """A relation is shown by the labels of the chosen rows alone."""
    with context(teams, views) as ctx:
        form = RowForm(ctx, view_of(ctx, Player), ctx.session.get(Player, 1))
        team = control(form, "team")
        assert (team.kind, team.value, team.required) == ("relation", "1", True)
        assert [choice.label for choice in team.choices] == ["Reds"]
        assert (team.lookup_url, team.href) == ("/player/lookup/team/", "/team/1/")
        found = control(form, "skills")
        assert [(choice.value, choice.label) for choice in found.choices] == [("1", "run"), ("2", "jump")]


def test_to_one(teams: Engine, views: Registry) -> None:
    """Another row is chosen, and none, by one UPDATE of the key alone; the relation itself follows."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Player, 2)
        with statements(ctx.session) as written:
            saved(ctx, Player, row, coach="1")
        assert len(written) == 1
        assert "coach_id" in written[0]
        assert row is not None
        assert row.coach is not None
        assert row.coach.name == "Ann"
        saved(ctx, Player, row, coach="")
        assert row.coach is None
        assert ctx.session.scalar(sa.select(Player.coach_id).where(Player.id == 2)) is None


def test_deleted_target_stays(teams: Engine, views: Registry) -> None:
    """A row that leads to a soft-deleted one is saved without a word about it."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Player, 2)
        view = view_of(ctx, Player)
        opened = RowForm(ctx, view, row)
        assert control(opened, "team").choices[0].deleted
        form = RowForm(ctx, view, row, formdata=fill(opened, name="Rob"), key=KEY)
        assert form.validate(), form.errors
        save(form)
        assert row is not None
        assert (row.name, row.team_id) == ("Rob", 2)


@pytest.mark.parametrize("typed", ["99", "abc", "9" * 30, "~", "1,2", "a\x00"])
def test_unknown_target(teams: Engine, views: Registry, typed: str) -> None:
    """An id that leads nowhere is refused at its field and stays as it was typed."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Player, 1)
        form = sent(ctx, Player, row, team=typed, skills=["1", typed])
        assert not form.validate()
        assert set(form.errors) == {"team", "skills"}
        assert control(form, "team").value == typed


def test_required_target(teams: Engine, views: Registry) -> None:
    """A relation over a column that cannot be null must lead somewhere."""
    with context(teams, views) as ctx:
        form = sent(ctx, Player, None, name="Cid")
        assert not form.validate()
        assert list(form.errors) == ["team"]


def test_outside_the_scope(teams: Engine) -> None:
    """A target outside the person's scope can be neither chosen nor seen."""

    def scope(self: Any, stmt: Any, user: User) -> Any:
        return stmt.where(Skill.id != 3)

    views = registry(Team, Player, Skill, Skill={"scope": scope})
    with context(teams, views) as ctx:
        ctx.session.execute(sa.insert(player_skill).values(player_id=1, skill_id=3))
        row = ctx.session.get(Player, 1)
        form = RowForm(ctx, view_of(ctx, Player), row)
        assert [choice.value for choice in control(form, "skills").choices] == ["1", "2"]
        saved(ctx, Player, row, skills=["1", ""])
        assert skills(ctx, 1) == [1, 3]
        refused = sent(ctx, Player, ctx.session.get(Player, 2), skills=["3"])
        assert not refused.validate()
        assert list(refused.errors) == ["skills"]


def test_members(teams: Engine, views: Registry) -> None:
    """Members are taken in and out by the difference; those that others took in meanwhile stay."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Player, 1)
        posted = fill(RowForm(ctx, view_of(ctx, Player), row), skills=["2", "", "3"])
        ctx.session.execute(sa.insert(player_skill).values(player_id=1, skill_id=3))
        ctx.session.execute(sa.insert(Skill).values(name="swim"))
        ctx.session.execute(sa.insert(player_skill).values(player_id=1, skill_id=4))
        form = sent(ctx, Player, row, posted)
        assert form.validate(), form.errors
        with statements(ctx.session) as written:
            save(form)
        assert [statement.split()[0] for statement in written] == ["DELETE"]
        assert skills(ctx, 1) == [2, 3, 4]
        assert row is not None
        assert [skill.id for skill in row.skills] == [2, 3, 4]


def test_members_of_a_new_row(teams: Engine, views: Registry) -> None:
    """A new row gets its members with it; several ids may stand in the box for adding."""
    with context(teams, views) as ctx:
        row = saved(ctx, Player, None, name="Cid", team="1", skills=["3 1"])
        assert skills(ctx, row.id) == [1, 3]


def test_unchanged_members(teams: Engine, views: Registry) -> None:
    """Without a change to the members nothing is written about them, also when their field is not sent at all."""
    with context(teams, views) as ctx:
        row = ctx.session.get(Player, 1)
        with statements(ctx.session) as written:
            saved(ctx, Player, row)
            saved(ctx, Player, row, skills=None)
        assert written == []


def test_children(teams: Engine) -> None:
    """A form that names a to-many relation moves children; one that cannot be without its parent is not taken out."""
    views = registry(Team, Player, Skill, Team={"form_columns": ["name", "players"]})
    with context(teams, views) as ctx:
        row = ctx.session.get(Team, 1)
        saved(ctx, Team, row, players=["1", "2"])
        assert row is not None
        assert [player.id for player in row.players] == [1, 2]
        form = sent(ctx, Team, row, players=["1", ""])
        assert form.validate()
        with pytest.raises(Exception, match="cannot be without") as refused:
            save(form)
        assert list(refused.value.errors) == ["players"]  # type: ignore[attr-defined]


def test_many_members(teams: Engine, views: Registry) -> None:
    """Of many members the first are shown, and the others stay."""
    with context(teams, views) as ctx:
        many = MEMBERS_SHOWN + 20
        ctx.session.execute(sa.insert(Skill), [{"name": f"skill {n}"} for n in range(many)])
        ctx.session.execute(
            sa.insert(player_skill), [{"player_id": 2, "skill_id": 4 + number} for number in range(many)]
        )
        row = ctx.session.get(Player, 2)
        form = RowForm(ctx, view_of(ctx, Player), row)
        shown = control(form, "skills")
        assert len(shown.choices) == MEMBERS_SHOWN
        assert str(MEMBERS_SHOWN) in shown.help
        kept = [choice.value for choice in shown.choices][1:]
        last = str(3 + many)  # a member already, though not shown
        with statements(ctx.session) as written:
            saved(ctx, Player, row, skills=[*kept, last, "1"])
        assert [statement.split()[0] for statement in written] == ["INSERT", "DELETE"]
        assert len(skills(ctx, 2)) == many


def test_prefilled(teams: Engine, views: Registry) -> None:
    """A form for a new row can start with values from the address; what makes no sense is left out."""
    with context(teams, views) as ctx:
        view = view_of(ctx, Player)
        form = RowForm(
            ctx, view, initial={"team": "1", "skills": "2", "name": "Dee", "age": "old", "coach": "x"}
        )
        assert control(form, "team").choices[0].label == "Reds"
        assert [choice.label for choice in control(form, "skills").choices] == ["jump"]
        assert (control(form, "name").value, control(form, "age").value, control(form, "coach").value) == (
            "Dee",
            "",
            "",
        )
