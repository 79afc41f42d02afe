"""An import in the browser, from its file to its result, without scripts."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa

from tests.security.desk import Visitor
from tests.views.importing.conftest import Wizard
from webadmin.database.own_tables.imports import import_, import_mapping, import_part
from webadmin.transfer.imports import mapping

ROWS = "\ufeffCode;Title;Team;Price;Remark\nR1;Red one again;red;1,50;x\nR8;New;red;2,00;\nR9;Newer;red;viel;\nR4;Red four;red;0;\n"


def counts(page: object) -> dict[str, int]:
    found = getattr(page, "css")("#check [data-show] [data-count]")  # noqa: B009
    return {one.getparent().get("data-show"): int(one.get("data-count")) for one in found}


def test_a_file_is_checked_imported_and_undone(wizard: Wizard) -> None:
    """Columns are guessed, rows checked without being written, those with problems come back as a file; the rest is one change,
    which can be taken back; what headings were taken for is known the next time."""
    page = wizard.send(ROWS)
    assert {name: value for name, value in page.form("form").items() if name.startswith("to-")} == {
        "to-0": "code", "to-1": "title", "to-2": "team", "to-3": "price", "to-4": "",
    }  # fmt: skip
    assert page.form("form")["match"] == "code"
    page = wizard.go(page, "form", "check")
    assert counts(page) == {"problems": 1, "new": 1, "changed": 1, "same": 1}
    assert wizard.titles()["R1"] == "Red one"
    assert [line.get("data-row") for line in page.css("#problems tbody tr")] == ["4"]
    file = wizard.visitor.get(page.one("#problems-file").get("href"))
    lines = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff")), delimiter=";"))
    assert lines[0][:5] == ["Code", "Title", "Team", "Price", "Remark"]
    assert lines[1][:4] == ["R9", "Newer", "red", "viel"]
    assert lines[1][5].startswith("Price: ")
    assert len(lines) == 2
    here = page.action("apply")
    changed = wizard.open(f"{here}?show=changed")
    assert "Red one again" in changed.one("#samples").text_content()
    # Rows with problems are left out only when somebody says so.
    page = wizard.go(page, "apply", "apply", status=422)
    assert page.css("[name=failed][aria-invalid=true]")
    assert page.one("[data-error-for=failed]").text_content()
    page = wizard.go(page, "apply", "apply", failed="skip")
    assert wizard.titles()["R1"] == "Red one again"
    assert wizard.titles()["R8"] == "New"
    assert "R9" not in wizard.titles()
    assert page.one("#result [data-outcome=failed]").get("data-count") == "1"
    undo = wizard.open(page.one("#undo").get("href"))
    wizard.visitor.submit(undo.action("form"), undo.form("form"))
    assert wizard.titles()["R1"] == "Red one"
    assert "R8" not in wizard.titles()
    again = wizard.send("Remark;Code;Title\nx;R1;y\n")
    assert [again.form("form")[f"to-{place}"] for place in range(3)] == ["", "code", "title"]
    keyed = wizard.send("ID;Code;Title\n1;R1;y\n")  # earlier files had no keys
    assert keyed.form("form")["match"] == "id"
    refused = wizard.go(keyed, "form", "check", status=422, match="code")
    assert "Find rows by it" in refused.one("#message").text_content()
    earlier = wizard.open("/tickets/import/")
    assert len(earlier.css("#earlier tbody tr")) == 3


def test_what_the_list_has_leads_there(small_wizard: Wizard) -> None:
    """The list has the link for who may import; without the right there is neither link nor page."""
    assert small_wizard.open("/tickets/").css("a[href='/tickets/import/']")
    other = Visitor(small_wizard.admin, grants="tickets.view tickets.add")
    assert not other.page("/tickets/").css("a[href*='/import/']")
    assert other.get("/tickets/import/").status_code == 403


def test_files_that_cannot_be_read_are_refused(small_wizard: Wizard) -> None:
    """Nothing chosen, an empty file, two columns of one name, what is no table: the same page says what is wrong, and nothing is kept."""
    for content, name in (
        (b"", "a.csv"),
        (b"a,a\n1,2\n", "a.csv"),
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"{", "a.json"),
    ):
        page = small_wizard.send(content, name, status=422)
        assert page.css("[data-error-for=file]"), (content, name)
    assert small_wizard.visitor.submit("/tickets/import/").status_code == 422
    with small_wizard.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(import_part)).scalar() == 0


def test_columns_that_make_no_sense_are_refused(small_wizard: Wizard) -> None:
    """No column, one twice, a match that the file has not, names of nothing: the page again, with what was chosen."""
    page = small_wizard.send("Code,Title\nR1,x\n")
    for typed in (
        {"to-0": "", "to-1": ""},
        {"to-0": "title", "to-1": "title"},
        {"match": "id"},
        {"match": "title"},
        {"match": "nonsense"},
        {"mode": "everything"},
        {"to-0": "secret"},
        {"to-0": "owner:city"},
        {"to-0": "nonsense"},
        {"missing": "everything"},
    ):
        answer = small_wizard.go(page, "form", "check", status=422, **typed)
        assert answer.css("#message, #errors"), typed
    kept = small_wizard.go(page, "form", "check", status=422, **{"to-0": "title", "to-1": "title"})
    assert kept.form("form")["to-0"] == "title"
    assert [one.get("name") for one in kept.css("[aria-invalid=true]")] == ["to-1"]
    assert small_wizard.state() == "new"


def test_another_way_to_read_the_file(small_wizard: Wizard) -> None:
    """Separator and encoding can be put right; what cannot be is refused."""
    page = small_wizard.send("Code|Title\nR1|Größe\n".encode("cp1252"))
    page = small_wizard.go(page, "reading", "read", delimiter="|", encoding="cp1252")
    assert "Größe" in page.one("#columns").text_content()
    for typed in ({"delimiter": "||"}, {"encoding": "rot13"}):
        answer = small_wizard.visitor.submit(
            page.action("reading"), page.form("reading") | typed | {"do": "read"}
        )
        assert answer.status_code == 400
    page = small_wizard.go(page, "form", "remove")
    with small_wizard.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(import_)).scalar() == 0


def test_values_with_two_meanings_are_asked(small_wizard: Wizard) -> None:
    """1.250 may be 1.25 or 1250: nothing is checked before somebody has said which, whether the column was guessed or chosen."""
    for heading, typed in (("Price", {}), ("Zahl", {"to-3": "price"})):
        page = small_wizard.send(f"Code;Title;Team;{heading}\nR8;x;red;1.250\n")
        assert page.form("form")["to-3"] == ("price" if heading == "Price" else "")
        page = small_wizard.go(page, "form", "check", status=422, **typed)
        field = page.one("#errors a").get("href")
        assert page.one(f"select{field}[aria-invalid=true]").get("name") == "decimal-3"
        assert "more than one way" in page.one("[data-error-for=decimal-3]").text_content()
        assert page.form("form")["decimal-3"] == ""
        page = small_wizard.go(page, "form", "check", **{"decimal-3": ","})
        assert counts(page) == {"problems": 0, "new": 1, "changed": 0, "same": 0}
        assert "1250" in page.one("#samples").text_content().replace(",", "")
    again = small_wizard.send("Code;Title;Team;Price\nR8;x;red;1.250\n")
    assert again.form("form")["decimal-3"] == ",", "what was said the last time"


def test_what_was_guessed_is_said(small_wizard: Wizard) -> None:
    """Where a column goes by something else than its name, its row asks for a look, and the words count how many; who chose it is not asked."""
    page = small_wizard.send("Code;Title;Team name;x\nR8;New;red;1\n")
    asked = page.css("#columns tr:has(.wa-badge)")
    assert [one.get("data-place") for one in asked] == ["2"]
    assert "guess" in page.one("#columns-h + p").text_content()
    page = small_wizard.go(page, "form", "check", status=422, **{"to-2": "price", "to-3": "code"})
    assert not page.css("#columns .wa-badge")


def test_what_new_rows_need_is_said(small_wizard: Wizard) -> None:
    """Before anything is checked the page names what no column brings; a file without a key is one of new rows, whatever else is chosen."""
    page = small_wizard.send("Title\nNew\n")
    assert "Code" in page.one("#needed").text_content()
    assert (page.form("form")["match"], page.form("form")["mode"]) == ("", "insert")
    page = small_wizard.go(page, "form", "check", mode="upsert")
    assert counts(page) == {"problems": 1, "new": 0, "changed": 0, "same": 0}
    assert "no column" in page.one("#problems").text_content()
    whole = small_wizard.send("Code;Title;Team\nR8;New;red\n")
    assert not whole.css("#needed")
    assert whole.form("form")["mode"] == "upsert"


def test_headings_are_forgotten(wizard: Wizard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headings that no file had for more than a year go when the next file comes, those of other lists too, and the oldest of many."""
    monkeypatch.setattr(mapping, "MOST", 3)

    def headings() -> set[tuple[str, str]]:
        with wizard.engine.connect() as connection:
            found = connection.execute(sa.select(import_mapping.c.list_key, import_mapping.c.heading))
            return {(row.list_key, row.heading) for row in found}

    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=401)
    wizard.go(wizard.send("Code,Title,Price,Odd\nR1,x,1,y\n"), "form", "check", **{"to-2": ""})
    # Of the last one nobody has said that it goes nowhere.
    assert {heading for _list, heading in headings()} == {"", "Code", "Title", "Price"}
    with wizard.engine.begin() as connection:
        connection.execute(sa.update(import_mapping).values(changed_at=old + dt.timedelta(days=2)))
        gone = {"list_key": "gone", "content": "null"}
        connection.execute(sa.insert(import_mapping).values(heading="A", changed_at=old, **gone))
        connection.execute(sa.insert(import_mapping).values(heading="B", **gone))
    page = wizard.send("Code,Title\nR1,x\n")
    assert ("gone", "A") not in headings()
    wizard.go(page, "form", "check")
    wizard.send("Code,Title\nR1,x\n")
    assert headings() == {("gone", "B"), ("tickets", ""), ("tickets", "Code"), ("tickets", "Title")}


def test_rows_that_moved_are_shown_again(wizard: Wizard) -> None:
    """What somebody changed between check and import is seen before anything is written; a form of an older check does nothing."""
    page = wizard.go(wizard.send("Code,Title\nR1,Mine\n"), "form", "check")
    with wizard.engine.begin() as connection:
        connection.execute(sa.text("UPDATE tickets SET title = 'Theirs' WHERE code = 'R1'"))
    again = wizard.go(page, "apply", "apply")
    assert wizard.titles()["R1"] == "Theirs"
    assert again.css("#message")
    assert "Theirs" in wizard.open(f"{again.action('apply')}?show=changed").one("#samples").text_content()
    old = wizard.visitor.submit(page.action("apply"), page.form("apply") | {"do": "apply"})
    assert old.status_code == 409
    wizard.go(again, "apply", "apply")
    assert wizard.titles()["R1"] == "Mine"
    assert wizard.state() == "done"
