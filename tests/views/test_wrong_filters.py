"""A list that an address asks wrongly: what is wrong stands at its field, and can be put right there."""

from __future__ import annotations

import pytest

from tests.views.conftest import Admin


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("total.gte=much&status=paid", {"total.gte": "Total takes a number, not “much”."}),
        ("status=lost&total.lt=x", {"status": "Status has no value “lost”.", "total.lt": "Total takes a number"}),
        ("where=total.gte:much", {"where": "Total takes a number, not “much”."}),
        ("meta.source.gte=x", {"meta.source.gte": "Source takes a number, not “x”."}),
        ("delay=never", {"delay": "Delay: there is no “never”; there are: any, week, none."}),
        ("id=9", {}),
        ("nothing=1", {}),
    ],
)  # fmt: skip
def test_each_error_stands_at_its_field(reader: Admin, query: str, fields: dict[str, str]) -> None:
    """Every filter that cannot be used is a field with its value and its error; other faults are sentences alone."""
    page = reader.get(f"/orders/?{query}&deleted=show", status=400)
    found = {
        error.get("data-error-for"): error.text_content().strip() for error in page.css("[data-error-for]")
    }
    assert found.keys() == fields.keys()
    for name, sentence in fields.items():
        assert found[name].startswith(sentence)
        (field,) = page.css(f'input[name="{name}"]')
        assert field.get("aria-invalid") == "true"
        assert page.css(f'label[for="{field.get("id")}"]')


def test_it_can_be_put_right(reader: Admin) -> None:
    """The form carries everything else along: sent with a value that fits, it is the list that was meant."""
    page = reader.get("/orders/?total.gte=much&status=paid&deleted=show&per_page=50", status=400)
    (form,) = page.css("main form[method=get]")
    fields = {one.get("name"): one.get("value") for one in form.cssselect("input[name]")}
    assert fields == {"total.gte": "much", "status": "paid", "deleted": "show", "per_page": "50"}
    listed = reader.get(f"{form.get('action')}?total.gte=50&status=paid&deleted=show&per_page=50")
    assert set(listed.column("status")) == {"Paid"}


def test_a_form_of_filters(reader: Admin) -> None:
    """What a form says of its fields, alone and together, is told there."""
    alone = reader.get("/reviews/?rating.gte=9", status=400)
    assert "a review has 1 to 5 stars" in alone.one('[data-error-for="rating.gte"]').text_content()
    together = reader.get("/reviews/?rating.gte=4&rating.lte=2", status=400)
    assert "must not be below" in together.one('[data-error-for="rating.lte"]').text_content()
    assert "rating.lte" not in together.css(".wa-errorpage .wa-row a")[0].get("href")
    assert "rating.gte=4" in together.css(".wa-errorpage .wa-row a")[0].get("href")
    reader.get("/reviews/?rating.gt=2", status=400)
    assert reader.get("/reviews/?rating.gte=4&reading=done").column("rating")


def test_an_htmx_request_gets_the_same(reader: Admin) -> None:
    """What htmx puts in the list's place has the field too."""
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    part = reader.get("/orders/?total.gte=much", status=400, **headers)
    assert part.css('[data-error-for="total.gte"]')
    assert not part.css("main")


def test_values_in_json_are_counted(reader: Admin) -> None:
    """Each value at a path has its number of rows and leads to them, those without any too."""
    page = reader.get("/orders/facets/meta.source/")
    links = page.css(".wa-counts a")
    assert len(links) > 3
    for link in links:
        rows = int(link.getparent().cssselect("[data-rows]")[0].get("data-rows"))
        assert reader.get(link.get("href")).count() == rows
