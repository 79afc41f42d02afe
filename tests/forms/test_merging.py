"""Two people in one form: what each of them changed, field by field."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import wtforms
from sqlalchemy import Engine
from starlette.datastructures import FormData

from tests.forms.models import Base, Every, Player, Skill, Team, player_skill
from tests.forms.posting import context, control, fill, registry, sent, statements, view_of
from webadmin.changes.conflicts import kept_from_others, merge_of
from webadmin.changes.integrity import SaveRefused
from webadmin.changes.save import save
from webadmin.forms.row_form import RowForm
from webadmin.options.context import Context
from webadmin.options.registry import Registry


@pytest.fixture
def views() -> Registry:
    return registry(Team, Player, Skill, Every)


@pytest.fixture
def teams(engine: Engine) -> Engine:
    """Two players of one team with two skills each, and a row with nothing in it."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Team), [{"name": name} for name in ("Reds", "Blues", "Greens")])
        connection.execute(sa.insert(Skill), [{"name": name} for name in ("run", "jump", "throw", "swim")])
        connection.execute(
            sa.insert(Player),
            [{"name": "Ann", "team_id": 1, "age": 20}, {"name": "Bob", "team_id": 1, "age": None}],
        )
        connection.execute(
            sa.insert(player_skill), [{"player_id": 1, "skill_id": 1}, {"player_id": 1, "skill_id": 2}]
        )
        connection.execute(sa.insert(Every).values(name="one", made=sa.func.current_timestamp()))
    return engine


def opened(ctx: Context, **typed: Any) -> FormData:
    """What is sent of Ann's form as it is now."""
    return fill(RowForm(ctx, view_of(ctx, Player), ctx.session.get(Player, 1)), **typed)


def others(ctx: Context, **values: Any) -> None:
    """Somebody else changes Ann, and counts it."""
    ctx.session.execute(
        sa.update(Player).where(Player.id == 1).values(version=Player.version + 1, **values),
        execution_options={"synchronize_session": False},
    )
    ctx.session.expire_all()


def back(ctx: Context, posted: FormData, **answers: str) -> RowForm:
    """The form as it was sent, with answers to questions of a clash."""
    pairs = [*posted.multi_items(), *((f"_keep-{name}", value) for name, value in answers.items())]
    form = sent(ctx, Player, ctx.session.get(Player, 1), FormData(pairs))
    assert form.validate(), form.errors
    return form


def ann(ctx: Context) -> Any:
    ctx.session.expire_all()
    return ctx.session.get(Player, 1)


def test_different_fields_are_merged(teams: Engine, views: Registry) -> None:
    """Only mine is written, only theirs is kept and shown, and a version that went up meanwhile stands in nobody's way."""
    with context(teams, views) as ctx:
        posted = opened(ctx, name="Anna", email="")
        others(ctx, age=21, team_id=2)
        form = back(ctx, posted)
        assert {name: found.kept for name, found in form.differences.items()} == {
            "name": "mine",
            "age": "theirs",
            "team": "theirs",
        }
        assert (control(form, "age").value, control(form, "team").value) == ("21", "2")
        assert kept_from_others(form) == ["Age", "Team"]
        with statements(ctx.session) as written:
            save(form)
        (update,) = written
        assert "name=" in update
        assert "age=" not in update
        assert (ann(ctx).name, ann(ctx).age, ann(ctx).team_id, ann(ctx).version) == ("Anna", 21, 2, 3)


def test_same_change_twice(teams: Engine, views: Registry) -> None:
    """Two people who make the same change do not clash, and the second writes nothing."""
    with context(teams, views) as ctx:
        posted = opened(ctx, name="Anna", team="2")
        others(ctx, name="Anna", team_id=2)
        form = back(ctx, posted)
        with statements(ctx.session) as written:
            save(form)
        assert (written, form.differences) == ([], {})


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_clash(teams: Engine, views: Registry, keep: str) -> None:
    """Both sides of a clash are told with what was there before; whose value is kept is decided once, for each field."""
    with context(teams, views) as ctx:
        posted = opened(ctx, name="Mine", team="2", country="DE")
        others(ctx, name="Theirs", team_id=3, age=40)
        form = back(ctx, posted)
        with statements(ctx.session) as written, pytest.raises(SaveRefused) as caught:
            save(form)
        assert (caught.value.status, written) == (409, [])
        assert caught.value.errors["team"] == ["Somebody else has changed this meanwhile, to: Greens"]
        merge = merge_of(form)
        assert merge is not None
        assert merge.open_count == 2
        told = {field.name: (field.base, field.theirs, field.mine, field.choice) for field in merge.fields}
        assert told == {
            "name": ("Ann", "Theirs", "Mine", ""),
            "age": ("20", "40", None, "theirs"),
            "country": ("–", None, "DE", "mine"),
            "team": ("Reds", "Greens", "Blues", ""),
        }
        with pytest.raises(SaveRefused, match="Somebody else"):
            save(back(ctx, fill(form)))  # without an answer
        half = back(ctx, fill(form), name=keep)
        assert half.clashes == {"team"}
        # until it is saved each answer can be another one
        other = back(ctx, fill(half), name="mine" if keep == "theirs" else "theirs", team="mine")
        assert not other.clashes
        assert (control(other, "name").value, control(other, "team").value) == ("Mine", "2")
        save(back(ctx, fill(other), name=keep, team="theirs"))
        assert (ann(ctx).name, ann(ctx).team_id) == ("Mine" if keep == "mine" else "Theirs", 3)
        assert (ann(ctx).country, ann(ctx).age) == ("DE", 40)


def test_third_change(teams: Engine, views: Registry) -> None:
    """An answer is about the value that was shown with the question: after a third change it is asked again."""
    with context(teams, views) as ctx:
        posted = opened(ctx, name="Mine")
        others(ctx, name="Theirs")
        form = back(ctx, posted)
        others(ctx, name="Third")
        again = back(ctx, fill(form), name="mine")
        assert again.clashes == {"name"}
        merge = merge_of(again)
        assert merge is not None
        assert [(field.base, field.theirs, field.mine) for field in merge.fields] == [
            ("Ann", "Third", "Mine")
        ]
        save(back(ctx, fill(again), name="mine"))
        assert ann(ctx).name == "Mine"


def test_changed_back(teams: Engine, views: Registry) -> None:
    """A third change is one too where it brings back what was there at first."""
    with context(teams, views) as ctx:
        posted = opened(ctx, name="Mine")
        others(ctx, name="Theirs")
        form = back(ctx, posted)
        others(ctx, name="Ann")
        again = back(ctx, fill(form), name="mine")
        assert again.clashes == {"name"}
        save(back(ctx, fill(again), name="theirs"))
        assert ann(ctx).name == "Ann"


def test_answer_before_a_question(teams: Engine, views: Registry) -> None:
    """Answers that are sent along from the start are about nothing that was shown."""
    with context(teams, views) as ctx:
        posted = opened(ctx, name="Mine")
        others(ctx, name="Theirs")
        assert back(ctx, posted, name="mine").clashes == {"name"}


@pytest.mark.parametrize("token", [None, "", "forged", "of another row"])
def test_without_what_was_shown(teams: Engine, views: Registry, token: str | None) -> None:
    """A form whose snapshot is missing or not ours overwrites nothing unasked; what is the same is nobody's question."""
    with context(teams, views) as ctx:
        posted = opened(ctx, name="Mine", skills=["1", ""])
        pairs = [pair for pair in posted.multi_items() if pair[0] != "_shown"]
        if token == "of another row":
            other = fill(RowForm(ctx, view_of(ctx, Player), ctx.session.get(Player, 2)))
            token = str(other["_shown"])
        if token is not None:
            pairs.append(("_shown", token))
        form = back(ctx, FormData(pairs))
        assert form.clashes == {"name", "skills"}
        merge = merge_of(form)
        assert merge is not None
        assert [(field.base, field.theirs, field.mine) for field in merge.fields] == [
            (None, "Ann", "Mine"),
            (None, "run, jump", "run"),
        ]
        with pytest.raises(SaveRefused):
            save(form)
        save(back(ctx, fill(form), name="mine", skills="theirs"))
        linked = ctx.session.scalars(sa.select(player_skill.c.skill_id).where(player_skill.c.player_id == 1))
        assert (ann(ctx).name, sorted(linked)) == ("Mine", [1, 2])


def test_members_of_both(teams: Engine, views: Registry) -> None:
    """Rows that each side takes in and takes out are all taken in and out, in whatever order forms are shown again."""
    with context(teams, views) as ctx:
        posted = opened(ctx, skills=["2", "3", ""], name="Mine")  # throw comes, run goes
        ctx.session.execute(sa.insert(player_skill).values(player_id=1, skill_id=4))
        ctx.session.execute(sa.delete(player_skill).where(player_skill.c.skill_id == 2))
        others(ctx, name="Theirs")
        form = back(ctx, posted)
        merge = merge_of(form)
        assert merge is not None
        members = next(field for field in merge.fields if field.name == "skills")
        assert (members.theirs, members.mine, members.asked) == ("+ swim, − jump", "+ throw, − run", False)
        assert [choice.label for choice in control(form, "skills").choices] == ["swim", "throw"]
        save(back(ctx, fill(form), name="theirs"))
        linked = ctx.session.scalars(sa.select(player_skill.c.skill_id).where(player_skill.c.player_id == 1))
        assert (ann(ctx).name, sorted(linked)) == ("Theirs", [3, 4])


class _Words(wtforms.StringField):
    """A field of the host's own."""


def test_fields_of_others(teams: Engine) -> None:
    """Fields of other packages are merged as well; one that hides its value says only that it was changed."""
    overrides = {"name": _Words, "email": wtforms.PasswordField, "country": wtforms.SelectField}
    args = {"country": {"choices": [("", "None"), ("DE", "Germany"), ("FR", "France")]}}
    views = registry(Team, Player, Skill, Player={"form_overrides": overrides, "form_args": args})
    with context(teams, views) as ctx:
        others(ctx, email="secret")
        posted = opened(ctx, age="30")
        assert "secret" not in str(posted)
        others(ctx, name="Theirs", country="DE", email="other")
        form = back(ctx, posted)
        assert control(form, "name").value == "Theirs"
        save(form)
        assert (ann(ctx).name, ann(ctx).country, ann(ctx).age, ann(ctx).email) == (
            "Theirs",
            "DE",
            30,
            "other",
        )
        posted = opened(ctx, name="Mine", country="FR", email="mine")
        others(ctx, name="Third", country="", email="third")
        form = back(ctx, posted)
        merge = merge_of(form)
        assert merge is not None
        told = {field.name: (field.base, field.theirs, field.mine) for field in merge.fields}
        assert told == {
            "name": ("Theirs", "Third", "Mine"),
            "email": ("•••", "•••", "•••"),
            "country": ("Germany", "None", "France"),
        }
        save(back(ctx, fill(form, email="mine"), name="mine", country="mine", email="theirs"))
        assert (ann(ctx).name, ann(ctx).country, ann(ctx).email) == ("Mine", "FR", "third")


def test_boxes_and_wrong_values(teams: Engine, views: Registry) -> None:
    """A box that both flipped is no clash; what cannot be read stays as it was typed, beside the error."""
    with context(teams, views) as ctx:
        view = view_of(ctx, Every)
        posted = fill(RowForm(ctx, view, ctx.session.get(Every, 1)), active=False, whole="many", name="mine")
        ctx.session.execute(sa.update(Every).values(active=False, whole=7, nick="theirs"))
        ctx.session.expire_all()
        form = sent(ctx, Every, ctx.session.get(Every, 1), posted)
        assert not form.validate()
        assert list(form.errors) == ["whole"]
        assert control(form, "whole").value == "many"
        again = sent(ctx, Every, ctx.session.get(Every, 1), fill(form, whole="8"))
        assert again.validate()
        assert again.clashes == {"whole"}
        assert set(again.changes()) == {"name", "whole"}
