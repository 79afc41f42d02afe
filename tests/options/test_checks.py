"""Wrong options stop the program at start-up, with one error that says all of it."""

from __future__ import annotations

from typing import Any

import pytest

from webadmin import ModelView, OptionsError, action
from webadmin.demo.models import Customer, Order, Product
from webadmin.options.registry import Registry


def faults_of(*views: type[Any]) -> dict[tuple[str, str], str]:
    """``(view, option) -> value: remedy`` of every fault."""
    registry = Registry()
    for view in views:
        registry.add(view)
    with pytest.raises(OptionsError) as raised:
        registry.build()
    with pytest.raises(OptionsError):  # it does not go away by being asked twice
        registry.build()
    text = str(raised.value)
    found: dict[tuple[str, str], str] = {}
    for fault in raised.value.faults:
        assert str(fault) in text
        before = found.get((fault.view, fault.option), "")
        found[fault.view, fault.option] = f"{before}{fault.value}: {fault.remedy} "
    return found


def test_all_at_once() -> None:
    """Every fault of every view is in the one error, also those behind others in the same view."""

    class OrderView(ModelView, model=Order):
        column_list = ["number", "statsu", Customer.name, Product.price, "customer.nmae"]
        column_exclude_list = "number"
        column_labels = {"totl": "Total"}
        column_descriptions = {"numbr": "?"}
        column_formatters = [str]
        column_sortable_list = ["lines", "nothing"]
        column_default_sort = [("created", True)]
        column_filters = ["is_late", "customers"]
        column_searchable_list = ["customer", "nubmer"]
        column_details_list = 7
        search_vector = "number"
        soft_delete_column = "placed_at"
        row_label = "numbre"
        form_columns = ["customer.name", "statuss"]
        form_args = {"statuz": {}}
        form_widget_args = {"gone": {}}
        page_size = 0
        page_size_options = [10, "25"]
        can_edit = "yes"
        change_reason = True
        colum_list = ["id"]
        column_lables = {}
        serach_vector = "search"

        def on_model_chang(self) -> None:
            pass

        def helper(self) -> None:
            pass

        @action(label="Ship")
        def can_exports(self, rows: Any, request: Any) -> None:
            pass

    class CustomerView(ModelView, model=Customer):
        column_list = ["naem"]

    found = faults_of(OrderView, CustomerView)
    assert "did you mean 'status'?" in found["OrderView", "column_list"]
    assert "write a path such as 'relation.price'" in found["OrderView", "column_list"]
    assert (
        "'customer.nmae': Customer has no attribute 'nmae'; did you mean 'name'?"
        in found["OrderView", "column_list"]
    )
    assert "did you mean 'total'?" in found["OrderView", "column_labels"]
    assert "did you mean 'name'?" in found["CustomerView", "column_list"]
    assert "did you mean column_list?" in found["OrderView", "colum_list"]
    assert "did you mean on_model_change?" in found["OrderView", "on_model_chang"]
    assert "must be a nullable date" in found["OrderView", "soft_delete_column"]
    assert {option for view, option in found if view == "OrderView"} == {
        "colum_list", "column_lables", "serach_vector", "on_model_chang", "column_list", "column_exclude_list", "column_labels",
        "column_descriptions", "column_formatters", "column_sortable_list", "column_default_sort", "column_filters",
        "column_searchable_list", "column_details_list", "search_vector", "soft_delete_column", "row_label", "form_columns",
        "form_args", "form_widget_args", "page_size", "page_size_options", "can_edit",
        "change_reason",
    }  # fmt: skip


def test_both() -> None:
    """A list of columns and a list of those left out contradict each other."""

    class OrderView(ModelView, model=Order):
        column_list = ["number"]
        column_exclude_list = ["note"]
        form_columns = ["number"]
        form_excluded_columns = ["note"]

    assert {option for _, option in faults_of(OrderView)} == {"column_list", "form_columns"}


@pytest.mark.parametrize("key", ["login", "account", "static", "database", "changes", "a/b", "ü ö", "."])
def test_keys(key: str) -> None:
    """A key that is a page's own name, or cannot stand in an address, is a fault."""
    view = type("OrderView", (ModelView,), {"model": Order, "key": key})
    assert {option for _, option in faults_of(view)} == {"key"}


def test_keys_twice() -> None:
    """Two views cannot both ask for one key."""
    one = type("OneView", (ModelView,), {"model": Order, "key": "things"})
    two = type("TwoView", (ModelView,), {"model": Customer, "key": "things"})
    assert list(faults_of(one, two)) == [("TwoView", "key")]


def test_not_mapped() -> None:
    """A view without a mapped class is told with the others; what is no view at all is a mistake of the caller's."""

    class Plain:
        pass

    no_model = type("NoView", (ModelView,), {})
    plain = type("PlainView", (ModelView,), {"model": Plain})
    wrong = type("OrderView", (ModelView,), {"model": Order, "column_list": ["x"]})
    assert set(faults_of(no_model, plain, wrong)) == {
        ("NoView", "model"), ("PlainView", "model"), ("OrderView", "column_list"),
    }  # fmt: skip
    for value in (Order, Plain, "orders", None):
        with pytest.raises(TypeError):
            Registry().add(value)  # type: ignore[arg-type]
