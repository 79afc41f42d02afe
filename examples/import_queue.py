"""Imports are done by workers of procrastinate, a queue that keeps its jobs in PostgreSQL itself.

pip install webadmin procrastinate
export DATABASE_URL=postgresql://localhost/books
python import_queue.py                                  then open http://127.0.0.1:8000/books/import/
procrastinate --app=import_queue.queue worker           in another terminal, or on other machines
"""

from __future__ import annotations

import os

import procrastinate
import uvicorn
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from webadmin import Admin
from webadmin.database.own_tables.migrate import upgrade

ADDRESS = os.environ.get("DATABASE_URL", "postgresql://localhost/books")

queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=ADDRESS))
engine = create_engine(ADDRESS.replace("postgresql://", "postgresql+psycopg://", 1))


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]


@queue.task(queue="imports")
def do_job(job_id: str) -> None:
    """Runs in a worker. A job that somebody has given up meanwhile does nothing."""
    admin.run_job(job_id)


class Procrastinating:
    """What the admin hands its jobs to."""

    def submit(self, job_id: str) -> None:
        do_job.defer(job_id=job_id)


admin = Admin(engine, title="Books", jobs=Procrastinating())
admin.add_model(Book)


def prepare() -> None:
    """Make the tables: the host's, webadmin's and the queue's. Done again, it changes nothing."""
    Base.metadata.create_all(engine)
    upgrade(engine)
    if not queue.check_connection():
        queue.schema_manager.apply_schema()


if __name__ == "__main__":
    with queue.open():
        prepare()
        uvicorn.run(admin, port=8000)
