"""Actions that ask for values, go row by row or write by one statement; and those of which some rows are no part."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

import pytest
import sqlalchemy as sa
import wtforms
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.testclient import TestClient

from tests.pages import parse
from tests.plugins.databases import BOTH
from tests.views.conftest import Admin as Shop
from webadmin import (
    ActionResult,
    Admin,
    Increment,
    ModelView,
    OptionsError,
    Selection,
    SetValue,
    Transition,
    action,
)
from webadmin.mixins import VersionMixin


class Base(DeclarativeBase):
    pass


class Stage(enum.Enum):
    NEW = "new"
    BUSY = "busy"
    OLD = "old"


class Job(VersionMixin, Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    stage: Mapped[Stage] = mapped_column(sa.Enum(Stage), default=Stage.NEW)
    tries: Mapped[int] = mapped_column(sa.CheckConstraint("tries >= 0", name="tries"), default=0)
    note: Mapped[str | None]

    def __str__(self) -> str:
        return self.name


class Question(wtforms.Form):
    title = wtforms.StringField("Title", [wtforms.validators.Length(max=5)])


class JobView(ModelView, model=Job):
    start = Transition(Job.stage, "new", "busy")
    retry = Increment(Job.tries)
    forget = SetValue(Job.note, None)
    call = SetValue("stage", name="stage")

    def scope(self, stmt: Any, user: Any) -> Any:
        return stmt.where(Job.name != "secret")

    @action(on="row", allowed=lambda job: job.stage is not Stage.OLD)
    def mark(self, job: Job, request: Any, word: str, times: int = 2, loud: bool = False) -> None:
        if job.tries == 2:
            raise wtforms.ValidationError("It was tried twice.")
        job.note = word.upper() * times if loud else word * times

    @action(form=Question, allowed=Job.stage != Stage.OLD)
    def ask(self, rows: list[Job], request: Any, form: Question) -> str:
        for job in rows:
            job.note = form.title.data
        return f"{len(rows)} asked"

    @action(on="query")
    def all_of_them(
        self,
        chosen: Selection,
        request: Any,
        day: dt.date,
        price: Annotated[Decimal | None, "In euros"],
        stage: Stage = Stage.NEW,
    ) -> ActionResult:
        done = chosen.filter(Job.stage == stage).update({Job.note: f"{day} {price}"})
        return ActionResult(done, text=f"{done} of {chosen.count()}")


JOBS = [("one", Stage.NEW, 0), ("two", Stage.NEW, 2), ("three", Stage.OLD, 1), ("secret", Stage.NEW, 5)]


@pytest.fixture(params=BOTH)
def jobs(request: pytest.FixtureRequest) -> Iterator[Shop]:
    engine: Engine = request.getfixturevalue(
        "pg_engine" if request.param == "postgresql" else "sqlite_engine"
    )
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(
            [Job(id=n, name=name, stage=stage, tries=tries) for n, (name, stage, tries) in enumerate(JOBS, 1)]
        )
    admin = Admin(engine)
    admin.add_view(JobView)
    yield Shop(TestClient(admin), engine)
    Base.metadata.drop_all(engine)


def send(jobs: Shop, name: str, ids: Any, status: int = 200, **fields: Any) -> Any:
    """Choose rows for an action and confirm it with these values; the page that follows."""
    given = {"all": "1", "query": ids} if isinstance(ids, str) else {"id": [str(id) for id in ids]}
    token = parse(jobs.client.get("/jobs/").text).one("#bulk input[name=csrf_token]").get("value")
    url = f"/jobs/actions/{name}/"
    asked = jobs.client.post(url, data={"csrf_token": token, **given})
    if asked.status_code != 200:
        assert asked.status_code == status
        return parse(asked.text)
    values = {f"with-{field}": value for field, value in fields.items()}
    answer = jobs.client.post(url, data=parse(asked.text).form("form") | values, follow_redirects=False)
    assert answer.status_code == status, parse(answer.text).texts("main")
    return parse(jobs.client.get(answer.headers["location"]).text if status == 303 else answer.text)


def column(jobs: Shop, attribute: Any) -> list[Any]:
    with Session(jobs.engine) as session:
        return list(session.scalars(sa.select(attribute).order_by(Job.id)))


def test_a_transition_changes_only_what_it_starts_from(jobs: Shop) -> None:
    """The others are listed with what they have; a row out of scope is not touched, and its version stays."""
    page = send(jobs, "start", "")
    assert page.text("#done") == "Start: 2 jobs."
    assert page.texts("#left-out li") == ["three It is Old, not New."]
    assert column(jobs, Job.stage) == [Stage.BUSY, Stage.BUSY, Stage.OLD, Stage.NEW]
    assert column(jobs, Job.version) == [2, 2, 1, 1]


def test_an_increment_is_done_in_the_database(jobs: Shop) -> None:
    """The page asks by how much; what the table does not allow changes nothing and is said in words."""
    assert send(jobs, "retry", [1, 2], 303, by="3").messages() == ["Retry: 2 jobs."]
    assert column(jobs, Job.tries) == [3, 5, 1, 5]
    page = send(jobs, "retry", [1, 2, 3], 422, by="-2")
    assert "Tries" in page.text("main")
    assert send(jobs, "retry", [1], 422, by="two").errors() == {"with-by": "Enter a whole number."}
    assert column(jobs, Job.tries) == [3, 5, 1, 5]


def test_a_value_is_set_or_asked_for(jobs: Shop) -> None:
    """In all rows of the list as it is filtered; a choice is one of the column's own."""
    send(jobs, "stage", "q=t", 303, value="BUSY")
    assert column(jobs, Job.stage) == [Stage.NEW, Stage.BUSY, Stage.BUSY, Stage.NEW]
    assert send(jobs, "stage", [1], 422, value="NONE").errors() == {
        "with-value": "Choose one of the values of the list."
    }
    assert send(jobs, "forget", [1], 303).messages() == ["Forget: 0 jobs."]


def test_pain_12_what_is_not_allowed_for_a_row_is_refused(jobs: Shop) -> None:
    """Not hidden alone: the page says for which rows, a request that names them is refused, and their menu is without it."""
    page = send(jobs, "mark", [1, 2, 3], word="x")
    assert page.texts("#left-out li") == [
        "two It was tried twice.",
        "three This is not allowed for it.",
    ] or page.texts("#left-out li") == ["three This is not allowed for it.", "two It was tried twice."]
    assert column(jobs, Job.note) == ["xx", None, None, None]
    for name in ("mark", "ask"):
        send(jobs, name, [3], 403)
        token = parse(jobs.client.get("/jobs/").text).one("#bulk input[name=csrf_token]").get("value")
        data = {"csrf_token": token, "id": "3", "confirm": "1", "with-word": "x", "with-title": "x"}
        assert jobs.client.post(f"/jobs/actions/{name}/", data=data).status_code == 403
    assert column(jobs, Job.note) == ["xx", None, None, None]
    offered = {
        id: parse(jobs.client.get(f"/jobs/{id}/actions/").text).texts("main .wa-menu__item") for id in (1, 3)
    }
    assert set(offered[1]) - set(offered[3]) == {"Mark", "Ask", "Start"}
    assert jobs.client.get("/jobs/4/actions/").status_code == 404


def test_pain_19_an_action_asks_for_typed_values(jobs: Shop) -> None:
    """Annotated arguments are fields with their defaults and help; what cannot be read is told at its field, and kept."""
    page = send(jobs, "all-of-them", "", 422, day="someday", price="1,5")
    assert set(page.errors()) == {"with-day", "with-price"}
    form = page.form("form")
    assert (form["with-price"], form["with-stage"]) == ("1,5", "NEW")
    assert "In euros" in page.text('[data-field="with-price"]')
    page = send(jobs, "all-of-them", "", 303, day="2026-01-31", price="1.50")
    assert page.messages() == ["2 of 3"]
    assert column(jobs, Job.note) == ["2026-01-31 1.50", "2026-01-31 1.50", None, None]
    assert send(jobs, "ask", [1], 422, title="too long").errors() == {
        "with-title": "Field cannot be longer than 5 characters."
    }
    assert send(jobs, "ask", [1, 3], title="why").texts("#left-out li") == [
        "three This is not allowed for it."
    ]
    assert send(jobs, "mark", [1], 303, word="a", times="3", loud="y").messages() == ["Mark: 1 job."]
    assert column(jobs, Job.note)[0] == "AAA"


def test_rows_that_come_to_match_meanwhile_are_shown_first(jobs: Shop) -> None:
    """The number that the page showed is the number that is changed, or the page comes again."""
    token = parse(jobs.client.get("/jobs/").text).one("#bulk input[name=csrf_token]").get("value")
    given = {"csrf_token": token, "all": "1", "query": "stage=NEW"}
    asked = parse(jobs.client.post("/jobs/actions/start/", data=given).text)
    assert asked.one("[data-rows]").get("data-rows") == "2"
    with Session(jobs.engine) as session, session.begin():
        session.add(Job(id=9, name="nine"))
    again = jobs.client.post("/jobs/actions/start/", data=asked.form("form"))
    assert again.status_code == 409
    assert Stage.BUSY not in column(jobs, Job.stage)
    jobs.client.post("/jobs/actions/start/", data=parse(again.text).form("form"))
    assert column(jobs, Job.stage).count(Stage.BUSY) == 3


@pytest.mark.parametrize(
    "fields",
    [{"all": "1"}, {"all": "1", "query": "nothing=1"}, {"all": "1", "query": "%ff"}, {"id": "x"}, {}],
)
def test_which_rows_are_meant_has_to_be_said(jobs: Shop, fields: dict[str, str]) -> None:
    """Nobody means all rows by leaving out what narrows them, and bad words are told in a sentence."""
    token = parse(jobs.client.get("/jobs/").text).one("#bulk input[name=csrf_token]").get("value")
    for name in ("start", "mark", "edit", "delete"):
        data = {"csrf_token": token, "confirm": "1", "with-word": "x", **fields}
        assert jobs.client.post(f"/jobs/actions/{name}/", data=data).status_code in {400, 404}
    assert len(column(jobs, Job.id)) == 4
    assert Stage.BUSY not in column(jobs, Job.stage)


def test_wrong_actions_stop_the_start(sqlite_engine: Engine) -> None:
    """With one error that names each: a name that is taken, a type no field is made of, a value that a column has not."""

    class Wrong(ModelView, model=Job):
        edit = SetValue(Job.note, "x")
        fly = Transition(Job.stage, "new", "gone")
        more = Increment(Job.note)

        @action()
        def send(self, rows: Any, request: Any, to: Job) -> None: ...

    admin = Admin(sqlite_engine)
    admin.add_view(Wrong)
    with pytest.raises(OptionsError) as caught:
        admin.check()
    assert [f.option for f in caught.value.faults] == ["edit", "fly", "more", "send"]
    with pytest.raises(TypeError):
        action(on="query", allowed=lambda row: True)
