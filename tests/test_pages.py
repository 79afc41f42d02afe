from __future__ import annotations

import pytest

from tests.pages import parse, query

PAGE = """<html><body><main><h1>Orders <small class="wa-vh">hidden</small></h1><p data-count="3" data-exact="true">3</p>
<table id="results"><tbody><tr data-id="1"><td data-column="a"> x  y </td></tr>
<tr data-id="a%2F2" data-deleted><td data-column="a"><span>–</span><span class="wa-vh">empty</span></td></tr></tbody></table>
<form id="f" method="post" action="/o/1/change/"><input type="hidden" name="t" value="1"><input name="n" value="v">
<input type="checkbox" name="c" value="1" checked><input type="checkbox" name="c" value="2"><textarea name="x">
 two</textarea><select name="s"><option value="1">one<option value="2" selected>two</select>
<select name="first"><option>one<option>two</select><button name="b">go</button></form>
<input type="checkbox" form="f" name="c" value="3" checked><p data-error-for="n">Too short.</p>
<a href="?q=a+b&amp;q=" aria-label="Next">›</a></main></body></html>"""


def test_a_page_is_read_as_a_person_reads_it() -> None:
    page = parse(PAGE)
    assert page.h1 == "Orders"
    assert page.table() == [{"a": "x y"}, {"a": "–"}]
    assert (page.ids(), page.deleted_ids()) == (["1", "a%2F2"], ["a%2F2"])
    assert (page.count(), page.exact()) == (3, True)
    assert page.errors() == {"n": "Too short."}
    assert page.links() == {"Next": "?q=a+b&q="}


@pytest.mark.parametrize("which", ["f", "/1/change/", ""])
def test_a_form_gives_what_it_would_send(which: str) -> None:
    """With controls that stand outside of it, and without buttons and unticked boxes."""
    expected = {"t": "1", "n": "v", "c": ["1", "3"], "x": " two", "s": "2", "first": "one"}
    assert parse(PAGE).form(which) == expected


def test_rows_alone_can_be_read() -> None:
    assert parse('<tr data-id="7"><td data-column="a">x</td></tr>').table() == [{"a": "x"}]


def test_an_address_gives_its_parameters_in_order() -> None:
    assert query("/orders/?status=a&status=b&q=") == [("status", "a"), ("status", "b"), ("q", "")]
