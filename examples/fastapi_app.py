"""The admin in a FastAPI app that works with an AsyncEngine.

    pip install webadmin fastapi aiosqlite
    python fastapi_app.py               then open http://127.0.0.1:8000/admin/

The app's own routes go on with the AsyncEngine. The admin makes a sync engine for the same address.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import uvicorn
from fastapi import FastAPI
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from webadmin import Admin

engine = create_async_engine(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///books.db"))
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    books: Mapped[list[Book]] = relationship(back_populates="author")

    def __str__(self) -> str:
        return self.name


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    published: Mapped[date | None] = mapped_column(index=True)
    author: Mapped[Author] = relationship(back_populates="books")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions.begin() as session:
        if not await session.scalar(select(Author).limit(1)):
            author = Author(name="Ursula K. Le Guin")
            session.add(Book(title="The Dispossessed", author=author, published=date(1974, 5, 1)))
            session.add(Book(title="The Lathe of Heaven", author=author, published=date(1971, 10, 1)))
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/books")
async def books() -> list[str]:
    async with sessions() as session:
        return list(await session.scalars(select(Book.title).order_by(Book.title)))


admin = Admin(engine, title="Books")
admin.add_models(Base)
app.mount("/admin", admin)

if __name__ == "__main__":
    uvicorn.run(app)
