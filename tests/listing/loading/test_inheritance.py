"""Lists of models with subclasses."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.loading.conftest import Desk
from webadmin import ModelView
from webadmin.listing.listing import STATEMENTS

KINDS = ("ant", "bee", "cow", "dog", "eel")


def family(load: str | None) -> tuple[type, list[type]]:
    """An animal and five subclasses in tables of their own, which are loaded as the mapper says."""

    class Base(DeclarativeBase):
        pass

    class Animal(Base):
        __tablename__ = "animals"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        name: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    def subclass(kind: str) -> Any:
        own = {
            "__tablename__": f"{kind}s",
            "id": mapped_column(ForeignKey("animals.id"), primary_key=True),
            "size": mapped_column(sa.Integer),
            "__mapper_args__": {"polymorphic_identity": kind}
            | ({"polymorphic_load": load} if load is not None else {}),
            "__str__": lambda row: f"{row.name} of size {row.size}",
        }
        return type(kind.title(), (Animal,), own)

    return Animal, [subclass(kind) for kind in KINDS]


@pytest.mark.parametrize("load", [None, "selectin", "inline"])
def test_subclasses(engine: Engine, load: str | None) -> None:
    """Rows of all subclasses together take four statements, however the mapper loads what only a subclass has; on their own
    lists they have it all."""
    animal, subclasses = family(load)
    animal.metadata.create_all(engine)  # type: ignore[attr-defined]
    with Session(engine) as session:
        session.add_all(cls(name=f"no. {n}", size=n) for n, cls in enumerate(subclasses * 4, 1))
        session.commit()
    desk = Desk(engine)
    for cls in (animal, *subclasses):
        desk.admin.add_view(type(f"{cls.__name__}View", (ModelView,), {"model": cls}))
    for query in ("", "?columns=id,name,kind", "?per_page=5&page=2", "?q=no"):
        page, statements = desk.get(f"/animals/{query}")
        assert page.css("tr[data-id]")
        assert len(statements) <= STATEMENTS, (query, [text[:80] for text in statements])
    page, statements = desk.get("/cows/?columns=name,size")
    assert len(page.css("tr[data-id]")) == 4
    assert len(statements) <= STATEMENTS
    key = page.css("tr[data-id]")[0].get("data-id")
    page, statements = desk.get(f"/cows/{key}/")
    assert "of size" in page.h1
    assert len(statements) <= STATEMENTS
    desk.get(f"/animals/{key}/")
