"""Columns of a list: chosen, put in order, kept for one person or shown once; with and without own tables."""

from __future__ import annotations

from tests.pages import Page, query
from tests.views.saved.conftest import Person, tabs

OWN = ["number", "customer", "status", "total", "lines", "placed_at", "note"]


def shown(page: Page) -> list[str]:
    return [head.get("data-head", "") for head in page.css("#results th[data-head]")]


def choose(
    owner: Person, columns: list[str], do: str = "keep", at: str = "/orders/", status: int = 303
) -> Page:
    """Tick these columns, in this order, in the form that a list leads to."""
    page = owner.get(owner.get(at).one("#columns [hx-get]").get("hx-get"))
    fields = page.form("chooser") | {"column": columns, "order": columns, "do": do}
    return owner.post(page.action("chooser"), fields, status)


def test_the_form_has_all_columns(owner: Person) -> None:
    """The ones shown are ticked and come first, in their order; secret ones are not offered."""
    page = owner.get("/orders/columns/")
    boxes = page.css("input[name=column]")
    assert [box.get("value") for box in boxes if box.get("checked") is not None] == OWN
    assert [box.get("value") for box in boxes][:7] == OWN
    assert "search" not in [box.get("value") for box in boxes]
    asked = owner.get("/orders/columns/?columns=total,id")
    assert [box.get("value") for box in asked.css("input[name=column][checked]")] == ["total", "id"]


def test_columns_are_kept(owner: Person) -> None:
    """The bare list has them from now on, and so has every list of other filters; another list does not."""
    page = choose(owner, ["total", "number"], at="/orders/?status=paid&columns=id")
    assert shown(page) == ["total", "number"]
    assert page.chips() == ["Status Paid"]
    assert shown(owner.get("/orders/?sort=total:asc")) == ["total", "number"]
    assert "sku" in shown(owner.get("/products/"))
    assert page.text("#columns summary .wa-tnum") == "2/23"


def test_the_address_wins(owner: Person) -> None:
    """``columns=`` shows what it says; links of that list keep it, also where it names the view's own columns."""
    choose(owner, ["total", "number"])
    assert shown(owner.get("/orders/?columns=id,status")) == ["id", "status"]
    own = owner.get("/orders/?columns=" + ",".join(OWN))
    assert shown(own) == OWN
    assert ("columns", ",".join(OWN)) in query(own.links("thead a")["Total"])
    assert "columns" not in dict(query(owner.get("/orders/").links("thead a")["Total"]))


def test_other_addresses_get_them_written_out(owner: Person) -> None:
    """The fragment of rows and the plan show the same columns, although they know of nobody's."""
    page = choose(owner, ["total", "number"])
    explained = page.one("#query [hx-get]").get("hx-get")
    assert ("columns", "total,number") in query(explained)
    plain = owner.get("/orders/rows?per_page=5")
    assert list(plain.table()[0]) == OWN


def test_shown_once(owner: Person) -> None:
    """They stand in the address and nowhere else."""
    page = choose(owner, ["id", "note"], "show", at="/orders/?status=paid&sort=total:asc")
    assert shown(page) == ["id", "note"]
    assert page.chips() == ["Status Paid"]
    assert shown(owner.get("/orders/")) == OWN


def test_columns_of_a_saved_view(owner: Person) -> None:
    """Shown, they are a change of the view, which can be saved."""
    id = tabs(owner.save("status=paid", "Paid"))["Paid"]
    page = choose(owner, ["id", "note"], "show", at=f"/orders/?view={id}")
    assert page.css(".wa-tab__dot")
    owner.post(page.action(f"/views/{id}/"), page.form(f"/views/{id}/") | {"do": "save"})
    assert shown(owner.get(f"/orders/?view={id}")) == ["id", "note"]
    assert shown(owner.get("/orders/")) == OWN


def test_back_to_the_usual(owner: Person) -> None:
    choose(owner, ["total"])
    page = choose(owner, ["total"], "usual")
    assert shown(page) == OWN
    assert not owner.get("/orders/columns/").css("button[value=usual]")
    choose(owner, OWN)
    assert not owner.get("/orders/columns/").css("button[value=usual]")


def test_none_chosen(owner: Person) -> None:
    """A list without columns is refused at the boxes."""
    assert choose(owner, [], status=422).errors() == {"column": "Choose at least one column."}
    assert shown(owner.get("/orders/")) == OWN


def test_columns_that_do_not_exist(owner: Person) -> None:
    """Are left out: hidden ones, ones of other models, and nonsense."""
    page = choose(owner, ["total", "search", "nope", "total", "number"])
    assert shown(page) == ["total", "number"]
    assert choose(owner, ["nope"], status=422).errors()


def test_moved_without_scripts(owner: Person) -> None:
    """A button moves one column; what is ticked stays so, and nothing is kept yet."""
    swapped = ["customer", "number"]
    page = owner.get("/orders/columns/")
    for move, first in (
        ("down:number", swapped), ("up:customer", swapped), ("up:number", OWN[:2]),
        ("up:nope", OWN[:2]), ("sideways:number", OWN[:2]), ("nonsense", OWN[:2]),
    ):  # fmt: skip
        fields = page.form("chooser") | {"column": ["number", "note"], "move": move}
        moved = owner.post(page.action("chooser"), fields, 200)
        assert [box.get("value") for box in moved.css("input[name=column]")][:2] == first, move
        ticked = {box.get("value") for box in moved.css("input[name=column][checked]")}
        assert ticked == {"number", "note"}, move
        assert shown(owner.get("/orders/")) == OWN, move


def test_a_part_of_the_list(owner: Person) -> None:
    """htmx gets the form alone."""
    page = owner.get("/orders/columns/", **{"HX-Request": "true"})
    assert page.css("#chooser")
    assert not page.css("main, h1")
