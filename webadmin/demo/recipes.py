"""Questions that come up with every database, and where the shop's admin answers them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    name: str
    address: str
    """Below the demo's own."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """A list in the host's page, further rows as one scrolls."""

    title: str
    address: str


SCROLLS = {
    "orders": Scroll("Latest orders", "admin/orders/"),
    "weights": Scroll("Products by weight; those without one come last", "admin/products/?sort=weight:asc&columns=name,weight,category,price,stock"),
    "statuses": Scroll("Orders by status, in each the latest first", "admin/orders/?sort=status:asc,placed_at:desc"),
}  # fmt: skip
"""By their place below ``scroll/``; the first one stands on the front page."""


RECIPES: dict[str, tuple[Recipe, ...]] = {
    "Pages": (
        Recipe("Numbered pages with a total", "admin/orders/?page=3"),
        Recipe("The last page, for the price of the first", "admin/orders/?page=last"),
        Recipe("Scrolling from a place on, with empty values in the order", "scroll/weights"),
        Recipe("Scrolling in an order of two columns", "scroll/statuses"),
        Recipe("Sorting by what is allowed", "admin/orders/?sort=total:desc,placed_at:desc"),
        Recipe("Counting exactly", "admin/orders/count/?status=sent"),
    ),
    "Filters": (
        Recipe("A range of days on an index", "admin/orders/?placed_at.range=last-month"),
        Recipe("Years, months and days with their numbers", "admin/orders/facets/placed_at/"),
        Recipe("EXISTS: customers with orders", "admin/customers/?orders=any"),
        Recipe("NOT EXISTS: orders without lines", "admin/orders/?lines=none"),
        Recipe("Through a relation", "admin/orders/?customer.country=DE"),
        Recipe("And, or, parentheses", "admin/orders/?where=(status:pending|status:failed);total.gte:500"),
        Recipe("A condition of one's own", "admin/orders/?delay=any"),
        Recipe("A form whose set fields apply", "admin/reviews/?rating.gte=4&reading=done"),
        Recipe("Inside JSON", "admin/orders/?meta.source=newsletter"),
        Recipe("Members of an array", "admin/orders/?tags.contains=gift"),
    ),
    "Search": (
        Recipe("Full text with rank and marked words", "admin/orders/?q=gift"),
        Recipe("Another word when nothing is found", "admin/orders/?q=delivry"),
        Recipe("Words in one column", "admin/products/?description.search=plastic"),
        Recipe("Any part of a text", "admin/categories/?q=a"),
    ),
    "Groups and sums": (
        Recipe("DISTINCT ON: the latest of each customer", "admin/orders/?latest_per=customer"),
        Recipe("Top three of each category", "admin/products/?top=3&per=category&sort=price:desc"),
        Recipe("Sum, average, median", "admin/orders/summary/?status=delivered"),
        Recipe("GROUP BY with HAVING, as bars", "admin/orders/summary/?group=status&measure=sum.total&having=count.gte:2"),
        Recipe("By month, as a line", "admin/orders/summary/?group=placed_at:month&measure=sum.total"),
    ),
    "Rows that are gone": (
        Recipe("Only deleted rows, to be restored", "admin/orders/?deleted=only"),
        Recipe("Deleted rows among the others", "admin/products/?deleted=show&sort=name:asc"),
    ),
    "Files": (
        Recipe("What a list shows as a file", "admin/orders/export/?status=paid"),
        Recipe("Customers from a spreadsheet", "admin/customers/import/"),
    ),
    "Plans": (
        Recipe("Four statements for a page with relations", "admin/orders/explain/"),
        Recipe("A sort without an index, and what it costs", "admin/orders/explain/?sort=due_on:asc"),
        Recipe("An index of two columns", "admin/orders/explain/?status=sent&sort=placed_at:desc"),
        Recipe("A partial index", "admin/reviews/explain/?reading=new&sort=created_at:asc"),
        Recipe("A GIN index", "admin/orders/explain/?tags.contains=gift"),
        Recipe("What a form reads, and which option has it read", "admin/orders/explain/1/change/"),
        Recipe("What a look-up reads", "admin/orders/explain/lookup/customer/?q=an"),
    ),
}  # fmt: skip
"""By what they are about."""
