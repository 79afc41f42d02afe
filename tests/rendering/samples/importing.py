"""Pages of an import."""

from __future__ import annotations

from webadmin.forms.controls import Choice, FormSummaryItem
from webadmin.views.importing.columns import ColumnLine, ColumnsPart, ReadingField
from webadmin.views.importing.outcome import ResultLine, ResultPart, WorkingPart
from webadmin.views.importing.page import ImportPage, Step
from webadmin.views.importing.preview import CountLink, PreviewPart, ProblemKind, ProblemLine, SampleLine
from webadmin.views.importing.start import EarlierLine, StartPage
from webadmin.views.people.facts import Moment
from webadmin.views.reason import ReasonField

_ADDRESS = "/admin/customers/import/01a1ff82-62c7-721f-a16c-7ae60ebad00b/"
_CHOICES = (Choice("", "Do not import"), Choice("name", "Name", selected=True))


def start_page() -> StartPage:
    at = Moment("yesterday", "2026-11-20 10:00", "2026-11-20T10:00:00+00:00")
    lines = (
        EarlierLine(_ADDRESS, "Kunden.csv", "1,200 added, 3 changed", "ok", at, "/admin/changes/1/undo/"),
        EarlierLine(_ADDRESS, "Kunden.csv", "columns not chosen yet", "", at, None),
    )
    return StartPage(
        "Import customers",
        "Customers",
        "/admin/customers/",
        "/admin/customers/import/",
        has_tables=True,
        limits_text="At most 268 MB.",
        error="Choose a file.",
        earlier=lines,
    )


def bare_start_page() -> StartPage:
    return StartPage(
        "Import customers",
        "Customers",
        "/admin/customers/",
        "/admin/customers/import/",
        has_tables=False,
        limits_text="",
        error="",
        earlier=(),
    )


def _columns() -> ColumnsPart:
    choices = (Choice(",", "1.234,56", selected=True),)
    decimal = ReadingField("decimal-1", "Numbers look like", choices, asked=True, error="Choose.")
    return ColumnsPart(
        lines=(
            ColumnLine(
                0, "Name", ("Wanda", "Wim"), "to-0", _CHOICES, "by its name", doubtful=False, readings=()
            ),
            ColumnLine(
                1,
                "Limit",
                (),
                "to-1",
                _CHOICES,
                "guessed from its values",
                doubtful=True,
                readings=(decimal,),
                error="Choose one.",
            ),
        ),
        matched_text="2 of 2 go somewhere.",
        match=_CHOICES,
        modes=(Choice("upsert", "Add and change", selected=True),),
        missing=(Choice("keep", "stay as they are", selected=True),),
        summary=(FormSummaryItem("f-decimal-1", "Limit", "Choose what they look like."),),
        needed="New rows need “Name”.",
        file_fields=(ReadingField("delimiter", "Separator", (Choice(";", "semicolon"),), asked=False),),
    )


def preview_part(shown: str = "problems") -> PreviewPart:
    sample = SampleLine(3, "/admin/customers/1/", (("Name", "", "Wanda"), ("Country", "DE", "")))
    return PreviewPart(
        shown=shown,
        counts=(
            CountLink("problems", "Problems", 1, f"{_ADDRESS}?show=problems", current=True),
            CountLink("same", "Same", 0, "", current=False),
        ),
        kinds=(
            ProblemKind("Name: is empty", 1, f"{_ADDRESS}?kind=empty", current=True),
            ProblemKind("Row: is too long", 1, f"{_ADDRESS}?kind=long", current=False),
        ),
        problems=(
            ProblemLine(22, "Name", "", "This field is required."),
            ProblemLine(23, "", "x", "Too long."),
        ),
        next_url=f"{_ADDRESS}?after=50",
        samples=(sample,),
        file_url=f"{_ADDRESS}problems/",
        writing=20,
        failed=1,
        missing=3,
        notes=("3 rows that the file does not have would be marked as deleted.",),
        button="Import 20 rows",
        fingerprint="abc",
        skip_error="Say it.",
    )


def import_page() -> ImportPage:
    """Everything at once, which no import has."""
    return ImportPage(
        title="Import customers",
        list_title="Customers",
        list_url="/admin/customers/",
        start_url="/admin/customers/import/",
        action_url=_ADDRESS,
        state="ready",
        file_name="Kunden.csv",
        size_text="21 rows, 570 bytes",
        steps=(Step("File", done=True, current=False), Step("Columns", done=False, current=True)),
        message="Rows have changed since.",
        tone="warn",
        columns=_columns(),
        working=WorkingPart("Being checked", "5 of 21", 5, 21, f"{_ADDRESS}stop/", abandoned=False),
        preview=preview_part(),
        result=ResultPart(
            "20 rows are imported.",
            (ResultLine("inserted", "added", 20),),
            "/admin/changes/1/undo/",
            "/admin/changes/1/",
            f"{_ADDRESS}problems/",
        ),
        reason=ReasonField("because", required=True, error="Say why."),
    )


def bare_import_page() -> ImportPage:
    return ImportPage(
        title="Import customers",
        list_title="Customers",
        list_url="/admin/customers/",
        start_url="/admin/customers/import/",
        action_url=_ADDRESS,
        state="checking",
        file_name="Kunden.csv",
        size_text="570 bytes",
        steps=(),
        message="",
        tone="",
        working=WorkingPart("Being checked", "It has stopped.", 0, 0, f"{_ADDRESS}stop/", abandoned=True),
    )
