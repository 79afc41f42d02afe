"""Why no index leads to the rows that a condition keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from webadmin.dialects.plan_facts import IndexFacts, PlanFacts, TableFacts
from webadmin.explain.conditions import Comparison, Operand, branches, comparisons, without_owner
from webadmin.explain.finding import known
from webadmin.explain.plan import PlanNode, short
from webadmin.text import gettext as _

EQUAL = {"=", "= ANY", "IS NULL"}
_ORDERED = EQUAL | {"<", "<=", ">", ">="}
_PATTERNS = {"~~", "~~*", "~", "~*"}
_INSIDE = {"@@", "@>", "&&", "?", "?|", "?&"}
_INVERTED = {"gin", "gist", "rum"}
_SAME_BYTES = {("character varying", "text"), ("text", "character varying"), ("cidr", "inet")}
"""Casts that leave values as they are: an index on the column serves them."""
_LITERAL = re.compile(r"E?'((?:[^']|'')*)'")
_PLAIN_START = re.compile(r"\^?[\w@ -]")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no index for a condition."""

    kind: str
    text: str
    """Why it costs, and what to do."""
    columns: tuple[str, ...]
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One comparison of a table's columns with something else."""

    comparison: Comparison
    mine: Operand
    other: Operand | None
    table: TableFacts | None
    owner: str

    @property
    def expression(self) -> str:
        return without_owner(self.mine.text, self.owner)

    @property
    def column(self) -> str:
        """The column that is compared as it is; empty where it is not."""
        if self.mine.column is None:
            return ""
        return self.mine.column.name if self.mine.bare or self._same_bytes else ""

    @property
    def _same_bytes(self) -> bool:
        column = self.mine.column
        kind = self.table.columns.get(column.name) if self.table and column else None
        return kind is not None and (kind.type, self.mine.cast.partition("(")[0]) in _SAME_BYTES

    def has(self, key: str, methods: set[str]) -> bool:
        """Whether a valid index of such a method begins with ``key``."""
        return self.table is not None and any(index.method in methods for index in self.table.indexes_on(key))


def reason(node: PlanNode, facts: PlanFacts) -> Reason:
    """Why ``node`` has to drop rows by its filter instead of being led to those that it keeps."""
    table = known(facts, node)
    asked = list(_asked(node, table))
    for rule in _RULES:
        for one in asked:
            found = rule(one)
            if found is not None:
                return found
    return _general(node, asked)


def condition_columns(node: PlanNode, facts: PlanFacts) -> tuple[str, ...]:
    """The columns that the filter of ``node`` is about, those first that are compared for equality."""
    return _columns(list(_asked(node, known(facts, node))))


def _columns(asked: list[_Asked]) -> tuple[str, ...]:
    first = [column.name for one in asked if one.comparison.operator in EQUAL for column in one.mine.columns]
    rest = [column.name for one in asked for column in one.mine.columns]
    return tuple(dict.fromkeys([*first, *rest]))


def _asked(node: PlanNode, table: TableFacts | None) -> Iterator[_Asked]:
    owner = node.alias or node.relation or ""
    for condition in comparisons(node.filter or ""):
        for comparison in branches(condition):
            sides = comparison.side_of(owner)
            if sides is not None:
                yield _Asked(comparison, *sides, table, owner)


def _invalid(asked: _Asked) -> Reason | None:
    if asked.table is None or asked.comparison.operator not in _ORDERED | _PATTERNS | _INSIDE:
        return None
    index = next(asked.table.indexes_on(asked.column or asked.expression, valid=False), None)
    if index is None:
        return None
    return Reason(
        "invalid_index",
        _("The index %(index)s would lead to these rows, but it is invalid: making it was broken off, so that every change "
          "has to enter rows in it and no statement may read it. Build it again; where that fails because values are there "
          "twice, drop it.") % {"index": index.name},
        (asked.column,) if asked.column else tuple(column.name for column in asked.mine.columns),
        f"REINDEX INDEX CONCURRENTLY {index.written};",
    )  # fmt: skip


def _type_mismatch(asked: _Asked) -> Reason | None:
    column = asked.mine.column
    if column is None or not asked.mine.cast or asked.column or asked.comparison.operator not in _ORDERED:
        return None
    if not asked.has(column.name, {"btree", "hash"}):
        return None
    kind = asked.table.columns[column.name].type if asked.table and column.name in asked.table.columns else ""
    return Reason(
        "type_mismatch",
        _("%(column)s is of type %(type)s and is turned into %(cast)s in every row, for it is compared with a value of that type, "
          "so its index cannot be used. Compare it with a value of its own type, or cast the value and not the column.")
        % {"column": column.name, "type": kind, "cast": asked.mine.cast},
        (column.name,),
    )  # fmt: skip


def _function(asked: _Asked) -> Reason | None:
    if asked.mine.column is not None or asked.comparison.operator not in _ORDERED | {"~~"}:
        return None
    if asked.has(asked.expression, {"btree", "hash"}):
        return None
    for column in asked.mine.columns:
        if asked.has(column.name, {"btree", "hash"}):
            return Reason(
                "function_on_column",
                _("%(expression)s has to be computed in every row: the index on %(column)s knows the bare values only. Compare "
                  "%(column)s itself, or make an index on the expression %(expression)s.")
                % {"expression": short(asked.expression), "column": column.name},
                (column.name,),
            )  # fmt: skip
    return None


def _inside(asked: _Asked) -> Reason | None:
    operator = asked.comparison.operator
    column = asked.mine.column
    kind = asked.table.columns.get(column.name) if asked.table and column else None
    if operator not in _INSIDE or (kind is not None and kind.type.endswith("range")):
        return None
    if asked.has(asked.column or asked.expression, _INVERTED):
        return None
    if operator == "@@":
        if column is None:
            text = _(
                "The words of %(expression)s are taken apart again in every row. Keep them in a column of type tsvector with a GIN "
                "index, or make a GIN index on this very expression: then a search reads the rows with its words alone."
            ) % {"expression": short(asked.expression)}  # fmt: skip
        else:
            text = _(
                "The words in %(column)s have no GIN index, so that the words of every row are looked at. With one, a search reads "
                "the rows with its words alone."
            ) % {"column": column.name}
        return Reason("missing_gin", text, tuple(one.name for one in asked.mine.columns))
    return Reason(
        "missing_gin",
        _("What is inside of %(expression)s has no GIN index, so that the value of every row is opened. With one, the rows "
          "that hold what is asked for are read alone.") % {"expression": short(asked.expression)},
        tuple(one.name for one in asked.mine.columns),
    )  # fmt: skip


def _pattern(asked: _Asked) -> Reason | None:
    operator = asked.comparison.operator
    if operator not in _PATTERNS or _trigrams(asked):
        return None
    columns = tuple(one.name for one in asked.mine.columns)
    condition = short(asked.comparison.text)
    pattern = _LITERAL.match(asked.other.text) if asked.other else None
    if pattern and _anchored(operator, pattern[1]):
        there = _ordinary(asked)
        if there is None:
            return None
        return Reason(
            "prefix_pattern",
            _("The pattern in %(condition)s begins with plain letters, but the index %(index)s is in the order of a language, in which "
              "what begins alike does not stand together. An index with text_pattern_ops has it together.")
            % {"condition": condition, "index": there.name},
            columns,
        )  # fmt: skip
    begins = (
        _("The pattern in %(condition)s begins with anything")
        if operator == "~~"
        else _("The pattern in %(condition)s may stand anywhere, or in any case")
    )
    told = _("an index in the order of the alphabet does not serve it, and every row is compared. A trigram index does (extension "
             "pg_trgm, GIN with gin_trgm_ops).")  # fmt: skip
    return Reason("leading_wildcard", f"{begins % {'condition': condition}}: {told}", columns)


def _anchored(operator: str, pattern: str) -> bool:
    """Whether what ``pattern`` finds begins with letters that are known, in a case that is known."""
    return bool(_PLAIN_START.match(pattern)) and (operator == "~~" or (operator == "~" and pattern[0] == "^"))


def _ordinary(asked: _Asked) -> IndexFacts | None:
    """An index in order that begins with what is compared, in the usual order of its type."""
    found = asked.table.indexes_on(asked.column or asked.expression) if asked.table else ()
    return next(
        (
            index
            for index in found
            if index.method == "btree" and index.classes and "pattern" not in index.classes[0]
        ),
        None,
    )


def _trigrams(asked: _Asked) -> bool:
    if asked.table is None:
        return False
    found = asked.table.indexes_on(asked.column or asked.expression)
    return any("trgm" in index.classes[0] for index in found if index.classes)


def _foreign_key(asked: _Asked) -> Reason | None:
    if asked.table is None or asked.comparison.operator not in EQUAL or not asked.column:
        return None
    for key in asked.table.foreign_keys:
        if key.columns[:1] == (asked.column,) and not key.indexed and not asked.has(asked.column, {"btree"}):
            return unindexed_key((asked.column,))
    return None


def unindexed_key(columns: tuple[str, ...]) -> Reason:
    """A foreign key that no index begins with."""
    return Reason(
        "foreign_key_without_index",
        _("The foreign key %(columns)s has no index: rows are found by it, and looked for whenever a row that it leads to is "
          "deleted, by reading all of the table. An index on it serves both.") % {"columns": ", ".join(columns)},
        columns,
    )  # fmt: skip


_RULES: tuple[Callable[[_Asked], Reason | None], ...] = (
    _invalid, _type_mismatch, _function, _inside, _pattern, _foreign_key,
)  # fmt: skip


def _general(node: PlanNode, asked: list[_Asked]) -> Reason:
    condition = short(node.filter or "")
    columns = _columns(asked)
    for one in asked:
        there = list(one.table.indexes_on(one.column or one.expression)) if one.table else []
        if there and one.comparison.operator in _ORDERED - {"IS NULL"}:
            return Reason(
                "",
                _("The index %(index)s begins with %(expression)s, but was not thought worth its while: the rest of %(condition)s is not "
                  "in it, or more rows were expected. Put the other columns behind it, or look at the estimates.")
                % {"index": there[0].name, "expression": one.column or short(one.expression), "condition": condition},
                columns,
            )  # fmt: skip
    return Reason(
        "",
        _("No index is used for %(condition)s. An index on its columns leads straight to these rows.")
        % {"condition": condition},
        columns,
    )
