"""Rows of a form's tables, written with its own: association objects, hooks, what depends on them, and all or nothing."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import wtforms
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from starlette.testclient import TestClient

from tests.pages import Page, parse
from webadmin import Admin, Inline, ModelView


class Base(DeclarativeBase):
    pass


class Recipe(Base):
    __tablename__ = "recipes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    ingredients: Mapped[list[Ingredient]] = relationship(
        back_populates="recipe", cascade="all, delete-orphan"
    )
    steps: Mapped[list[Step]] = relationship(back_populates="recipe", order_by="Step.place")


class Food(Base):
    __tablename__ = "foods"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Ingredient(Base):
    """What a recipe takes of a food: an association with an attribute of its own."""

    __tablename__ = "ingredients"

    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"), primary_key=True)
    food_id: Mapped[int] = mapped_column(ForeignKey("foods.id"), primary_key=True)
    grams: Mapped[int]
    recipe: Mapped[Recipe] = relationship(back_populates="ingredients")
    food: Mapped[Food] = relationship()


class Step(Base):
    __tablename__ = "steps"
    __table_args__ = (sa.UniqueConstraint("recipe_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    place: Mapped[int]
    text: Mapped[str]
    recipe: Mapped[Recipe] = relationship(back_populates="steps")


class Photo(Base):
    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id", ondelete="CASCADE"))


class RecipeView(ModelView, model=Recipe):
    save_as = True
    inlines = ["ingredients", Inline("steps", page_size=5)]

    def after_model_change(self, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> None:
        grams = sa.select(sa.func.sum(Ingredient.grams)).where(Ingredient.recipe_id == model.id)
        model.name = f"{data['name']} ({request.session.scalar(grams) or 0} g)"


class IngredientView(ModelView, model=Ingredient):
    def on_model_change(self, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> None:
        if data["grams"] > 5000:
            raise wtforms.ValidationError("Nobody can eat that.")


class Kitchen:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        admin = Admin(engine)
        for view in (RecipeView, IngredientView):
            admin.add_view(view)
        admin.add_models(Base)
        self.client = TestClient(admin)

    def get(self, path: str = "/recipes/1/change/") -> Page:
        return parse(self.client.get(path).text)

    def post(self, page: Page, status: int = 303, **typed: str) -> Page:
        data = page.form("form") | {name.replace("__", "-"): value for name, value in typed.items()}
        answer = self.client.post(page.action("form"), data=data, follow_redirects=False)
        assert answer.status_code == status, parse(answer.text).summary()
        return parse(answer.text) if status != 303 else self.get(answer.headers["location"])

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(*columns))]


@pytest.fixture
def kitchen(engine: Engine) -> Kitchen:
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(Food(id=n, name=name) for n, name in enumerate(("Flour", "Milk", "Eggs"), 1))
        for name in ("Pancakes", "Bread"):
            session.add(Recipe(name=name))
            session.flush()
        session.add_all(Ingredient(recipe_id=1, food_id=n, grams=100 * n) for n in (1, 2))
        for n in (1, 2, 3):
            session.add(Step(recipe_id=1, place=n, text=f"Step {n}"))
            session.flush()
        session.add(Photo(id=1, step_id=3))
    return Kitchen(engine)


def test_association_objects(kitchen: Kitchen) -> None:
    """Attributes of a link are edited beside it; another one is chosen, added and removed."""
    page = kitchen.get()
    assert [field.get("value") for field in page.css("#inline-ingredients input[name$='-food']")] == [
        "1",
        "2",
    ]
    page = kitchen.post(page, 200, _do="ingredients:add")
    after = kitchen.post(page, ingredients__0__grams="150", ingredients__1___delete="y",
                         ingredients__2__food="3", ingredients__2__grams="60")  # fmt: skip
    link = (Ingredient.recipe_id, Ingredient.food_id, Ingredient.grams)
    assert kitchen.rows(*link) == [(1, 1, 150), (1, 3, 60)]
    assert after.h1.endswith("Pancakes (210 g)"), "the hook of the recipe sees what was written below it"
    kitchen.post(kitchen.get(), ingredients__1__food="2")
    assert kitchen.rows(*link) == [(1, 1, 150), (1, 2, 60)]


def test_the_same_link_twice(kitchen: Kitchen) -> None:
    """What is linked already is refused in its row, and nothing else of the form is saved."""
    page = kitchen.post(kitchen.get(), 200, _do="ingredients:add")
    again = kitchen.post(page, 422, name="Crêpes", ingredients__2__food="1", ingredients__2__grams="5")
    assert any(name.startswith("ingredients-") for name in again.errors())
    assert again.form("form")["ingredients-2-grams"] == "5"
    assert kitchen.rows(Recipe.name) == [("Bread",), ("Pancakes",)]


def test_hooks_of_the_rows_own_view(kitchen: Kitchen) -> None:
    """They run for rows that are written, and what they refuse stands in the row."""
    again = kitchen.post(kitchen.get(), 422, name="Crêpes", ingredients__1__grams="9999")
    assert again.errors()["ingredients-2"] == "Nobody can eat that."
    assert kitchen.rows(Recipe.name, Recipe.id)[1] == ("Pancakes", 1)
    kitchen.post(kitchen.get(), name="Crêpes")
    assert kitchen.rows(Ingredient.grams) == [(100,), (200,)]


def test_a_row_that_others_depend_on(kitchen: Kitchen) -> None:
    """Removing a row in a table deletes that row alone: what has rows of its own goes on its own page, with a plan."""
    again = kitchen.post(kitchen.get(), 422, steps__2___delete="y", steps__1___delete="y")
    assert "Photo" in again.errors()["steps-3"]
    assert again.one("#inline-steps input[name='steps-2-_delete']").get("checked") is not None
    assert len(kitchen.rows(Step.id)) == 3
    kitchen.post(kitchen.get(), steps__1___delete="y")
    assert kitchen.rows(Step.id) == [(1,), (3,)]
    assert kitchen.rows(Photo.id) == [(1,)]


def test_places_under_a_unique_rule(kitchen: Kitchen) -> None:
    """Two rows change places, a third one moves behind them, and a new one takes its place."""
    page = kitchen.post(kitchen.get(), 200, _do="steps:add")
    assert page.form("form")["steps-3-place"] == "4"
    kitchen.post(page, steps__0__place="2", steps__1__place="1", steps__2__place="9",
                 steps__3__place="3", steps__3__text="New")  # fmt: skip
    assert kitchen.rows(Step.place, Step.text) == [(1, "Step 2"), (2, "Step 1"), (3, "New"), (9, "Step 3")]


def test_links_chosen_twice_around(kitchen: Kitchen) -> None:
    """Two new rows that cannot both be: the first is taken as right, the second says why it is not."""
    page = kitchen.post(kitchen.get(), 200, _do="steps:add")
    page = kitchen.post(page, 200, _do="steps:add")
    typed = {"steps__3__text": "One", "steps__4__text": "Two", "steps__3__place": "7", "steps__4__place": "7"}
    again = kitchen.post(page, 422, **typed)
    assert set(again.errors()) == {"steps-4-place"}
    assert len(kitchen.rows(Step.id)) == 3


def test_a_copy_has_rows_of_its_own(kitchen: Kitchen) -> None:
    """A row saved as new takes along what was added, and leaves the rows of the other where they are."""
    page = kitchen.post(kitchen.get(), 200, _do="steps:add")
    kitchen.post(
        page, name="Waffles", _then="new", steps__0__text="Mine", steps__3__text="Heat", steps__3__place="1"
    )
    assert kitchen.rows(Step.recipe_id, Step.text) == [
        (1, "Step 1"),
        (1, "Step 2"),
        (1, "Step 3"),
        (3, "Heat"),
    ]
    assert kitchen.rows(Ingredient.recipe_id) == [(1,), (1,)]
