"""The process that the storm is about: an admin over one small table.

Run as ``python -m benchmarks.storm.app DATABASE_URL``. For each line that it reads it serves anew, in a process of its own
whose number and address it prints.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Self

import sqlalchemy as sa
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from starlette.requests import Request

from webadmin import Admin, ModelView, User
from webadmin.database.own_tables.migrate import downgrade, upgrade
from webadmin.dialects import engine_options
from webadmin.serving import reserve, serve_app

CLIENTS = 8
"""Each client has a field and a label of its own."""
SHARED = ("shared", "both")
"""Fields that every client writes."""
_SECRET = "the same in every process, so that forms outlive a server that was killed"


class Base(DeclarativeBase):
    pass


sheet_labels = sa.Table(
    "sheet_labels",
    Base.metadata,
    sa.Column("sheet_id", sa.ForeignKey("sheets.id"), primary_key=True),
    sa.Column("label_id", sa.ForeignKey("labels.id"), primary_key=True),
)


class Label(Base):
    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Sheet(Base):
    __tablename__ = "sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    shared: Mapped[str] = mapped_column(default="start")
    both: Mapped[str] = mapped_column(default="start")
    own0: Mapped[str] = mapped_column(default="start")
    own1: Mapped[str] = mapped_column(default="start")
    own2: Mapped[str] = mapped_column(default="start")
    own3: Mapped[str] = mapped_column(default="start")
    own4: Mapped[str] = mapped_column(default="start")
    own5: Mapped[str] = mapped_column(default="start")
    own6: Mapped[str] = mapped_column(default="start")
    own7: Mapped[str] = mapped_column(default="start")
    keeper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("labels.id"))
    version: Mapped[int] = mapped_column()
    keeper: Mapped[Label | None] = relationship(foreign_keys=[keeper_id])
    labels: Mapped[list[Label]] = relationship(secondary=sheet_labels)

    __mapper_args__ = {"version_id_col": version}


class Parcel(Base):
    """What comes in from files."""

    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    batch: Mapped[str]
    weight: Mapped[int]


class SheetView(ModelView, model=Sheet):
    row_label = Sheet.name
    column_list = [Sheet.name, Sheet.shared, Sheet.both, "keeper"]
    column_editable_list = [Sheet.shared, "keeper"]


class LabelView(ModelView, model=Label):
    row_label = Label.name


class ParcelView(ModelView, model=Parcel):
    row_label = Parcel.number


PERSON = "person"
"""The cookie that says who a client is."""
PARCELS = 500
"""Rows that are there before anything comes in."""


def prepare(engine: Engine, rows: int) -> None:
    """Make the tables anew, the admin's own too, with ``rows`` rows; and ``PARCELS`` parcels."""
    Base.metadata.drop_all(engine)
    downgrade(engine)
    Base.metadata.create_all(engine)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Label), [{"name": f"label {number}"} for number in range(CLIENTS)])
        connection.execute(
            sa.insert(Sheet), [{"name": f"sheet {number}", "version": 1} for number in range(rows)]
        )
        parcels = [{"number": f"P{number}", "batch": "start", "weight": 1} for number in range(PARCELS)]
        connection.execute(sa.insert(Parcel), parcels)


class Nursery:
    """A process that makes servers of the database at ``url`` by forking: a killed one has a successor in no time.

    A context manager; what still serves at its end is stopped.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._process: subprocess.Popen[str] | None = None
        self._server = 0

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.storm.app", self._url]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *raised: object) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()

    def serve(self) -> int:
        """The port of a new server."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("serve\n")
        process.stdin.flush()
        pid, _, address = process.stdout.readline().partition(" ")
        self._server = int(pid)
        return int(address.rpartition(":")[2])

    def kill(self) -> None:
        """End the server at once, whatever it is doing."""
        os.kill(self._server, signal.SIGKILL)


def _person(request: Request) -> User:
    """Whoever a client says it is: of one person's files a few are dealt with at a time, and those of a killed server count for a while."""
    return User(request.cookies.get(PERSON, "Somebody"))


def _serve(url: str) -> None:
    address = make_url(url)
    admin = Admin(create_engine(address, **engine_options(address)), secret_key=_SECRET, identify=_person)
    admin.add_view(SheetView)
    admin.add_view(LabelView)
    admin.add_view(ParcelView)
    with reserve("127.0.0.1", 0) as reserved:
        serve_app(
            admin,
            reserved,
            host="127.0.0.1",
            started=lambda address: print(os.getpid(), address, flush=True),
        )


def main() -> None:
    """Start a server for each line that comes in; the last one ends with the input."""
    server = 0
    while sys.stdin.readline():
        if server:
            os.waitpid(server, 0)
        server = os.fork()
        if server == 0:
            _serve(sys.argv[1])
            os._exit(0)
    if server:
        os.kill(server, signal.SIGTERM)
        os.waitpid(server, 0)


if __name__ == "__main__":
    main()
