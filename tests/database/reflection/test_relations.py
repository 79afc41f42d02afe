"""Relations from foreign keys."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.database.reflection.odd import info, odd_models, relations


def test_relations_of_a_film(odd: Engine) -> None:
    """Foreign keys lead both ways, link tables are many-to-many, two keys to one table have two names."""
    assert (
        relations(odd, "film").items()
        >= {
            "language": "language",
            "original_language": "language",
            "film_actors": "film_actor*",
            "actors": "actor**",
        }.items()
    )
    assert relations(odd, "language") == {
        "films_by_language": "film*",
        "films_by_original_language": "film*",
    }
    assert relations(odd, "film_actor") == {"actor": "actor", "film": "film"}
    assert relations(odd, "actor").items() >= {"films": "film**", "film_actors": "film_actor*"}.items()
    assert relations(odd, "category").items() >= {"parent": "category", "children": "category*"}.items()


def test_relations_load_the_right_rows(odd: Engine) -> None:
    """To-one, to-many and many-to-many relations find each other's rows."""
    film = odd_models(odd)["film"]
    with Session(odd) as session:
        first = session.scalars(sa.select(film).where(film.title == "Academy Dinosaur")).one()
        assert first.language.name.strip() == "English"
        assert first.original_language.name.strip() == "Français"
        assert {actor.last_name for actor in first.actors} == {"Guiness", "Wahlberg"}
        assert first in first.actors[0].films
        assert first in first.language.films_by_language
        assert first not in first.language.films_by_original_language


def test_many_to_many_writes_the_link(odd: Engine) -> None:
    """Taking an actor off a film and putting another on writes the link table's rows alone."""
    models = odd_models(odd)
    film, actor, link = models["film"], models["actor"], models["film_actor"]
    with Session(odd) as session:
        first = session.scalars(sa.select(film).where(film.title == "Ace")).one()
        penelope, nick = session.scalars(sa.select(actor).order_by(actor.actor_id)).all()
        first.actors.remove(penelope)
        first.actors.append(nick)
        session.flush()
        there = session.scalars(sa.select(link.actor_id).where(link.film_id == first.film_id)).all()
        assert there == [nick.actor_id]
        session.rollback()


def test_deleting_a_parent_touches_no_child(odd: Engine) -> None:
    """The ORM neither loads the children of a deleted row nor empties their keys: the database's rules decide."""
    category = odd_models(odd)["category"]
    statements: list[str] = []
    with Session(odd) as session:
        parent = session.scalars(sa.select(category).where(category.name == "All")).one()
        session.delete(parent)
        listener = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(odd, "before_cursor_execute", listener)
        try:
            session.flush()
        except sa.exc.IntegrityError:
            pass  # the key forbids it
        finally:
            event.remove(odd, "before_cursor_execute", listener)
            session.rollback()
    assert [statement.split()[0] for statement in statements] == ["DELETE"]


def test_the_schema_of_a_link_table_with_more_columns(odd_pg: Engine) -> None:
    """A link that carries a column of its own is a model and no many-to-many relation."""
    assert relations(odd_pg, "film_critic") == {"actor": "actor", "film": "film"}
    assert relations(odd_pg, "actor") == {
        "films": "film**",
        "film_actors": "film_actor*",
        "film_critics": "film_critic*",
        "collisions": "collision*",
    }


def test_relations_of_staff(odd_pg: Engine) -> None:
    """Self-references, friends of friends, one-to-one and a circle of two tables have names of their own."""
    assert relations(odd_pg, "staff") == {
        "manager": "staff",
        "mentor": "staff",
        "staff_by_manager": "staff*",
        "staff_by_mentor": "staff*",
        "store": "store",
        "store_by_manager_staff": "store",
        "staff_photo": "staff_photo",
        "friends": "staff**",
        "people": "staff**",
        "friendships_by_friend": "friendship*",
        "friendships_by_person": "friendship*",
        "payments": "payment*",
    }
    assert relations(odd_pg, "store") == {"staff": "staff*", "manager_staff": "staff"}
    with Session(odd_pg) as session:
        mike, jon = session.scalars(sa.select(odd_models(odd_pg)["staff"]).order_by(sa.text("id"))).all()
        assert (jon.manager, mike.staff_by_manager, mike.friends, jon.people) == (mike, [jon], [jon], [mike])
        assert mike.store_by_manager_staff.manager_staff is mike


def test_keys_that_are_not_plain(odd_pg: Engine) -> None:
    """Keys to a unique column, of several columns, to a partitioned table and across schemas are relations."""
    models = odd_models(odd_pg)
    with Session(odd_pg) as session:
        price = session.scalars(sa.select(models["price"])).one()
        assert price.currency_row.iso_code == "EUR"
        pages = session.scalars(sa.select(models["tenant_page"]).order_by(sa.text("tenant, page_id"))).all()
        assert pages[1].parent_page is pages[0]
        assert pages[0].children == [pages[1]]
        assert session.scalars(sa.select(models["refund"])).one().payment.amount == 1
        archived = session.scalars(sa.select(models["archive.film"]).where(sa.text("film_id = 7"))).one()
        assert archived.current_film.title == "Academy Dinosaur"
        assert [film.id for film in archived.films] == [1]


def test_a_key_that_partitions_have_is_the_parents(odd_pg: Engine) -> None:
    """Partitions are no models of their own; what most of them refer to, their parent refers to."""
    assert relations(odd_pg, "payment") == {"staff": "staff", "film": "film", "refunds": "refund*"}
    assert not [name for name in odd_models(odd_pg) if name.startswith("payment_")]
    assert info(odd_pg, "payment").kind == "partitioned table"


def test_sqlite_relations_that_lead_nowhere(odd_sqlite: Engine) -> None:
    """Keys to a table or column that does not exist are no relations and no errors."""
    assert relations(odd_sqlite, "dangling") == {}
