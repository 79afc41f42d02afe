"""Files of rows: sent with a form, kept by a storage or in the database, and fetched through the person's scope."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi_storages import FileSystemStorage
from fastapi_storages.integrations.sqlalchemy import FileType, ImageType
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from starlette.testclient import TestClient

from tests.pages import Page, parse
from webadmin.database.own_tables.migrate import upgrade
from webadmin.options.model_view import ModelView
from webadmin.options.uploads import Upload
from webadmin.site import Admin

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HTML = b"<html><script>alert(1)</script>"


class Shop:
    """An admin over a table whose columns are files."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        class Base(DeclarativeBase):
            pass

        class Paper(Base):
            __tablename__ = "papers"

            id: Mapped[int] = mapped_column(primary_key=True)
            title: Mapped[str] = mapped_column(unique=True)
            team: Mapped[str] = mapped_column(default="red")
            scan: Mapped[Any | None] = mapped_column(
                FileType(FileSystemStorage(str(folder)), upload_to="scans")
            )
            photo: Mapped[Any | None] = mapped_column(ImageType(FileSystemStorage(str(folder))))
            hidden: Mapped[Any | None] = mapped_column(FileType(FileSystemStorage(str(folder))))
            blob: Mapped[bytes | None]
            other: Mapped[bytes | None]

        class PaperView(ModelView, model=Paper):
            column_list = [Paper.title, Paper.scan, Paper.photo]
            column_details_list = [Paper.title, Paper.scan, Paper.photo, Paper.blob]
            form_columns = [Paper.title, Paper.scan, Paper.photo, Paper.blob]
            form_uploads = {Paper.blob: Upload(), Paper.scan: Upload(accept=["pdf", ".html"], max_size=1000)}

            def scope(self, stmt: Any, user: Any) -> Any:
                return stmt.where(Paper.team == "red")

        Base.metadata.create_all(engine)
        upgrade(engine)
        admin = Admin(engine)
        admin.add_view(PaperView)
        self.engine, self.folder, self.model = engine, folder, Paper
        self.client = TestClient(admin, client=("127.0.0.1", 1))

    def page(self, path: str) -> Page:
        return parse(self.client.get(path).text)

    def send(self, path: str, status: int = 303, **files: tuple[str, bytes]) -> Page:
        return self.save(path, {}, status, **files)

    def save(self, path: str, typed: dict[str, str], status: int = 303, **files: tuple[str, bytes]) -> Page:
        page = self.page(path)
        assert page.one("#form").get("enctype") == "multipart/form-data"
        fields = {name: value for name, value in page.form().items() if name not in files} | typed
        sent = {name: (given[0], given[1], "text/html") for name, given in files.items()}
        answer = self.client.post(path, data=fields, files=sent, follow_redirects=False)
        page = parse(answer.text) if answer.text else page
        assert answer.status_code == status, page.errors()
        return page

    def row(self) -> Any:
        with sessionmaker(self.engine)() as session:
            return session.scalars(sa.select(self.model)).one()

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    return Shop(engine, tmp_path / "files")


def test_files_come_and_go(shop: Shop) -> None:
    """A new row with files, another in place of one of them, one taken away: each is fetched as it was sent, to be kept."""
    shop.save(
        "/papers/add/",
        {"title": "One"},
        scan=("a b.html", HTML),
        photo=("x.exe", PNG),
        blob=("b", b"\x00\x01"),
    )
    row = shop.row()
    assert row.scan.name.startswith("scans/a-b-")
    assert row.photo.name.endswith(".png"), "a picture is called what it is"
    assert (row.blob, shop.files()) == (b"\x00\x01", sorted([row.scan.name, row.photo.name]))
    form = shop.page(f"/papers/{row.id}/change/")
    assert form.one(".wa-file img").get("src") == f"/papers/{row.id}/file/photo/"
    for name, content, kind in (
        ("scan", HTML, "application/octet-stream"),
        ("photo", PNG, "image/png"),
        ("blob", b"\x00\x01", "application/octet-stream"),
    ):
        answer = shop.client.get(f"/papers/{row.id}/file/{name}/")
        assert (answer.content, answer.headers["content-type"]) == (content, kind)
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    shop.send(f"/papers/{row.id}/change/", scan=("new.pdf", b"%PDF"))
    assert shop.client.get(f"/papers/{row.id}/file/scan/").content == b"%PDF"
    assert row.scan.name in shop.files(), "what the history may want back is kept"
    shop.save(f"/papers/{row.id}/change/", {"scan": "remove", "blob": "remove"})
    assert (shop.row().scan, shop.row().blob, shop.row().photo.name) == (None, None, row.photo.name)
    assert shop.client.get(f"/papers/{row.id}/file/scan/").status_code == 404


def test_what_is_not_taken(shop: Shop) -> None:
    """Too large, of another kind, empty, or no picture: a message at the field, and no file is left behind; nor by a row
    that the database refuses."""
    broken = PNG[:20]
    for files, said in (
        ({"scan": ("a.pdf", b"x" * 2000)}, "This file has 2 kB; at most 1 kB are taken."),
        ({"scan": ("a.exe", b"x")}, "Choose a file of this kind: .pdf, .html."),
        ({"scan": ("a.pdf", b"")}, "This file is empty."),
        ({"photo": ("a.png", HTML)}, "Choose a picture: PNG, JPEG, GIF or WebP."),
        ({"photo": ("a.png", broken)}, "This file cannot be read: it is broken."),
    ):
        page = shop.save("/papers/add/", {"title": "Two"}, 422, **files)
        assert list(page.errors().values()) == [said]
        assert page.form()["title"] == "Two"
    shop.save("/papers/add/", {"title": "One"})
    shop.save("/papers/add/", {"title": "One"}, 422, scan=("a.pdf", b"x"))
    assert shop.files() == []


def test_files_out_of_reach(shop: Shop) -> None:
    """Rows of others, columns that no page shows, columns that are no files and names of paths are all 404."""
    shop.save("/papers/add/", {"title": "One"}, scan=("a.pdf", b"x"), blob=("b", b"y"))
    id = shop.row().id
    with shop.engine.begin() as connection:
        connection.execute(sa.update(shop.model).values(hidden="scans", other=b"secret"))
    for name in ("hidden", "other", "title", "nothing", "scan%2f..%2fscan"):
        assert shop.client.get(f"/papers/{id}/file/{name}/").status_code == 404
    with shop.engine.begin() as connection:
        connection.execute(sa.update(shop.model).values(team="blue"))
    assert shop.client.get(f"/papers/{id}/file/scan/").status_code == 404


def test_no_page_says_where_files_lie(shop: Shop) -> None:
    """Lists and details show the name, with a link; a file that is gone from the storage takes no page down."""
    shop.save("/papers/add/", {"title": "One"}, scan=("a.pdf", b"x"), photo=("p.png", PNG), blob=("b", b"12"))
    row = shop.row()
    assert shop.page(f"/papers/{row.id}/").css(f'a[href="/papers/{row.id}/file/blob/"]')
    pages = ("/papers/", f"/papers/{row.id}/", f"/papers/{row.id}/change/")
    shop.send(f"/papers/{row.id}/change/", scan=("b.pdf", b"y"))
    assert str(shop.folder) not in shop.client.get(f"/papers/{row.id}/history/").text
    for path in pages:
        page = shop.client.get(path)
        assert str(shop.folder) not in page.text
        assert parse(page.text).css(f'a[href="/papers/{row.id}/file/scan/"]')
    for name in shop.files():
        (shop.folder / name).unlink()
    for path in pages:
        assert shop.client.get(path).status_code == 200
    assert shop.client.get(f"/papers/{row.id}/file/scan/").status_code == 404
    assert shop.client.get(f"/papers/{row.id}/file/photo/").status_code == 404


def test_a_text_is_no_file(shop: Shop) -> None:
    """What is sent as a text under a file's name is neither stored nor opened: a path of the server stays its own."""
    shop.save("/papers/add/", {"title": "One", "scan": "/etc/passwd", "blob": "x"})
    assert (shop.row().scan, shop.row().blob) == (None, None)
