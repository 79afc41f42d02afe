"""What somebody might try with the import of files."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.security.desk import FOREIGN, Ticket, Visitor, stored
from tests.views.importing.conftest import Tickets, Wizard, wizard_over
from webadmin import Admin, User

PIECE = b"x" * 64 * 1024


@pytest.fixture
def wizard(sqlite_engine: Engine) -> Wizard:
    return wizard_over(sqlite_engine)


def sent(admin: Admin, path: str, headers: dict[str, str], pieces: int) -> tuple[int, int]:
    """The status of a POST of a file, and how many pieces of it were taken."""
    taken, answers = 0, []
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        last = taken == pieces
        body = start if taken == 1 else b"\r\n--b--\r\n" if last else PIECE
        return {"type": "http.request", "body": body, "more_body": not last}

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    named = {"host": "testserver", "content-type": "multipart/form-data; boundary=b", **headers}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "client": ("testclient", 1),
        "server": ("testserver", 80), "headers": [(name.encode(), text.encode()) for name, text in named.items()],
    }  # fmt: skip
    asyncio.run(admin(scope, receive, send))  # type: ignore[arg-type]
    return answers[0]["status"], taken


def test_who_may_not_import_fills_no_disk(sqlite_engine: Engine) -> None:
    """Nothing of a file is taken from strangers, from people without the right, from pages elsewhere, and for lists that are not there;
    from others as much as is allowed, and other addresses take no more than ever."""
    admin = wizard_over(sqlite_engine, import_max_bytes=20_000_000, max_body_size=1_000_000).admin
    red = {"x-user": "red", "x-grants": "*"}
    for headers, status in (
        ({}, 401),
        ({"x-user": "red", "x-grants": "tickets.view tickets.add"}, 403),
        ({**red, "origin": "https://elsewhere.example"}, 403),
        ({**red, "sec-fetch-site": "cross-site"}, 403),
    ):
        assert sent(admin, "/tickets/import/", headers, 1000) == (status, 0)
    assert sent(admin, "/nothing/import/", red, 1000) == (404, 0)
    status, taken = sent(admin, "/tickets/import/", red, 1000)
    assert (status, 250 < taken < 350) == (413, True)
    for path in ("/tickets/add/", "/tickets/import/01a1ff82-62c7-721f-a16c-7ae60ebad00b/", "/account/"):
        status, taken = sent(admin, path, red, 1000)
        assert (status, taken < 25) == (413, True)
    assert sent(admin, "/tickets/import/", {**red, "content-length": "30000000"}, 1000) == (413, 0)
    # A whole file without the token of a form.
    assert sent(admin, "/tickets/import/", red, 3)[0] in {400, 403}


def test_texts_beside_a_file_are_small(sqlite_engine: Engine) -> None:
    """The large limit is that of files, which lie on disk: a text as large would be in memory."""
    wizard = wizard_over(sqlite_engine, max_body_size=100_000)
    large = "x" * 200_000
    answer = wizard.visitor.submit("/tickets/import/", {"note": large}, files={"file": ("a.csv", b"Code\n")})
    assert answer.status_code in {400, 413}
    assert wizard.send("Code,Title\n" + "R1,x\n" * 40_000).css("#columns")


def test_limits_of_a_list(sqlite_engine: Engine) -> None:
    """A view may allow less than the admin, and not more."""

    class Few(Tickets, model=Ticket):
        key = "tickets"
        import_max_bytes = 2_000
        import_max_rows = 3

    wizard = wizard_over(sqlite_engine, Few)
    assert wizard.send("Code,Title\n" + "R1,x\n" * 1000, status=422).css("[data-error-for=file]")
    page = wizard.send("Code,Title\n" + "R1,x\n" * 4, status=422)
    assert "3 rows" in page.one("[data-error-for=file]").text_content()


def test_rows_of_others(wizard: Wizard) -> None:
    """A row outside of one's own is as any value that is taken: not changed, not shown, not to be told from one that is deleted."""
    page = wizard.send(f"Code,Title,Team,Owner\n{FOREIGN}2,Mine now,red,1\nR9,Ours,red,2\nR10,Ours,red,1\n")
    page = wizard.go(page, "form", "check", **{"to-3": "owner"})
    problems = {line.get("data-row"): line.text_content() for line in page.css("#problems tbody tr")}
    assert set(problems) == {"2", "3"}
    assert "Bob" not in page.one("main").text_content()
    wizard.go(page, "apply", "apply", failed="skip")
    assert stored(wizard.engine, Ticket, 2).title == f"{FOREIGN} two"
    assert "R10" in wizard.titles()
    assert "R9" not in wizard.titles()


def test_imports_of_others(wizard: Wizard) -> None:
    """Nobody finds another's import, by whichever of its addresses, also not in another list; theirs are not named either."""
    page = wizard.send("Code,Title\nR1,x\n")
    here = page.action("form")
    blue = Visitor(wizard.admin, "blue")
    for path in (here, f"{here}problems/", here.replace("tickets", "people")):
        assert blue.get(path).status_code == 404
    assert wizard.visitor.get(here.replace("tickets", "people")).status_code == 404
    for path, form in ((here, {"do": "remove"}), (here, {"do": "check"}), (f"{here}stop/", {})):
        assert blue.submit(path, form).status_code == 404
    assert wizard.visitor.get(here.upper()).status_code == 404
    assert not blue.page("/tickets/import/").css("#earlier")
    assert wizard.state() == "new"


def test_rights_at_every_step(wizard: Wizard) -> None:
    """What somebody may not do by hand a file does not do either, whenever the right was taken away; no token, nothing done."""
    page = wizard.send("Code,Title,Team\nR1,x,red\n")
    adder = Visitor(wizard.admin, grants="tickets.view tickets.import tickets.add")
    here = page.action("form")
    nobody = Visitor(wizard.admin, grants="tickets.view tickets.import")
    assert nobody.get("/tickets/import/").status_code == 403
    assert not nobody.page("/tickets/").css("a[href*='/import/']")
    offered = adder.page(here)
    assert [one.get("value") for one in offered.css("#f-mode option")] == ["insert"]
    assert not offered.css("#f-missing")
    for typed in (
        {"mode": "upsert"},
        {"mode": "update"},
        {"mode": "insert", "missing": "delete", "match": "code"},
    ):
        answer = adder.submit(here, page.form("form") | typed | {"do": "check"})
        assert answer.status_code in {403, 422}
    assert wizard.state() == "new"
    page = wizard.go(page, "form", "check")
    assert adder.submit(here, page.form("apply") | {"do": "apply"}).status_code == 403
    assert wizard.visitor.post(here, data={"do": "apply"}).status_code == 403
    assert (wizard.state(), wizard.titles()["R1"]) == ("ready", "Red one")


def test_fields_that_somebody_may_not_write(sqlite_engine: Engine) -> None:
    """They are not offered, not found by their headings, and refused when they are named; so are those that no form has."""

    class Careful(Tickets, model=Ticket):
        key = "tickets"

        def can_write_field(self, name: str, user: User) -> bool:
            return name != "price"

        def can_read_field(self, name: str, user: User) -> bool:
            return name != "body"

    wizard = wizard_over(sqlite_engine, Careful)
    page = wizard.send("Code,Title,Price,Body,Secret\nR1,x,99,b,s\n")
    assert [page.form("form")[f"to-{place}"] for place in range(5)] == ["code", "title", "", "", ""]
    offered = {one.get("value") for one in page.css("[name=to-0] option")}
    assert not offered & {"price", "body", "secret", "scan", "deleted_at"}
    for name in ("price", "body", "secret", "scan", "deleted_at", "reviewer", "labels", "owner:name"):
        wizard.go(page, "form", "check", status=422, **{"to-2": name})


def test_fields_that_are_for_others_since(sqlite_engine: Engine) -> None:
    """What a check has kept of a field is not shown any more to who has lost the right to read it."""
    lost: set[str] = set()

    class Careful(Tickets, model=Ticket):
        key = "tickets"

        def can_read_field(self, name: str, user: User) -> bool:
            return name not in lost

    wizard = wizard_over(sqlite_engine, Careful)
    page = wizard.go(wizard.send("Code,Title,Body\nR1,Mine,Hers\n"), "form", "check")
    shown = page.action("apply")
    assert "Red one" in wizard.open(shown).one("main").text_content()
    lost.add("title")
    text = wizard.open(shown).one("main").text_content()
    assert "Red one" not in text
    assert "Hers" in text


def test_what_comes_back_computes_nothing(wizard: Wizard) -> None:
    """The file of rows that were refused is as safe to open as an export, and reads back as it was; names of files are only shown."""
    page = wizard.send(
        "Code;Title;Team;Price\nR9;=cmd();red;viel\nR8;+49 30 123;red;-1,5x\n", "../../<b>x.csv"
    )
    assert "<b>x.csv" in page.one("h1 + .wa-count").text_content()
    page = wizard.go(page, "form", "check")
    answer = wizard.visitor.get(page.one("#problems-file").get("href"))
    assert "'=cmd()" in answer.text
    assert ";=cmd" not in answer.text
    assert "+49 30 123" in answer.text
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%3Cb%3Ex%20")
    again = wizard.go(
        wizard.send(answer.content.replace(b"viel", b"2,00").replace(b"'-1,5x", b"3")), "form", "check"
    )
    wizard.go(again, "apply", "apply")
    assert wizard.titles()["R9"] == "=cmd()"


def test_odd_questions(wizard: Wizard) -> None:
    """Parameters that no link has are answered with the page, and forms that say nothing do nothing."""
    page = wizard.go(wizard.send("Code,Title\nR1,x\n"), "form", "check")
    here = page.action("apply")
    for query in (
        "show=x",
        "show=problems&after=-1",
        "after=99999999999999999999",
        "kind=%00&column=%00",
        "after=²",
    ):
        assert wizard.visitor.get(f"{here}?{query}").status_code == 200
    for form in ({}, {"do": "delete"}, {"do": "again"}, {"do": "apply", "fingerprint": "x"}):
        assert wizard.visitor.submit(here, form).status_code in {400, 409}
    assert wizard.state() == "ready"
