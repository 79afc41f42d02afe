"""The conditions of a plan taken apart: which columns are compared, by which operator, and what is done to them before.

A server writes conditions back from its own tree with every operation in parentheses, so that they can be read without
knowing what binds tighter than what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<string>(?:\b[EBXNU]&?)?'(?:[^']|'')*'?)
      | (?P<name>(?:"(?:[^"]|"")*"?|[A-Za-z_\u0080-\uffff$][\w$]*)(?:\.(?:"(?:[^"]|"")*"?|[A-Za-z_\u0080-\uffff][\w$]*))*)
      | (?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)
      | (?P<cast>::)
      | (?P<open>[(\[]) | (?P<close>[)\]]) | (?P<comma>,)
      | (?P<operator>[-+*/<>=~!@\#%^&|`?]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
_SUFFIX = re.compile(r"(?:\s(?:DESC|USING\s.+))?(?:\sNULLS\s(?:FIRST|LAST))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a plan names it."""

    owner: str
    """The name by which the statement calls its table; empty where the plan has none."""
    name: str


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison."""

    text: str
    columns: tuple[Column, ...]
    """Every column in it, each once."""
    column: Column | None
    """The one that it is, alone or with a cast around it; None for anything else."""
    cast: str
    """The type that ``column`` is turned into; empty without a cast."""

    @property
    def bare(self) -> Column | None:
        """The column that it is, with nothing around it."""
        return None if self.cast else self.column


@dataclass(frozen=True, slots=True)
class Comparison:
    """One of the conditions that have to be true together."""

    text: str
    """As the plan has it, without the parentheses around it."""
    operator: str
    """``=``, ``~~``, ``@@``, ``= ANY``, ``IS NULL``, …; ``OR`` for several of which one has to be true, ``NOT`` for one that must
    not; empty for a value that is true or false itself."""
    left: Operand
    right: Operand | None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column in it, each once."""
        return tuple(dict.fromkeys((*self.left.columns, *(self.right.columns if self.right else ()))))

    def side_of(self, owner: str) -> tuple[Operand, Operand | None] | None:
        """The side that is about the table called ``owner`` and the other one, which is not; None where neither or both are."""
        mine = [any(column.owner in {owner, ""} for column in side.columns) for side in self._sides]
        if mine.count(True) != 1:
            return None
        sides = self._sides
        return (sides[0], self.right) if mine[0] else (sides[1], sides[0])

    @property
    def _sides(self) -> tuple[Operand, ...]:
        return (self.left, self.right) if self.right else (self.left,)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int
    depth: int


def comparisons(condition: str) -> tuple[Comparison, ...]:
    """The conditions in ``condition`` that have to be true together, as a plan's ``Filter`` or ``Index Cond`` has them."""
    return tuple(_comparison(part) for part in _conjuncts(condition))


def sort_columns(keys: Iterable[str]) -> tuple[Operand, ...]:
    """The keys of a sort without their directions."""
    return tuple(_operand(_SUFFIX.sub("", key)) for key in keys)


def _conjuncts(text: str) -> Iterator[str]:
    text = unwrapped(text)
    parts = _split(text, "AND")
    if len(parts) == 1:
        yield text
        return
    for part in parts:
        yield from _conjuncts(part)


def _comparison(text: str) -> Comparison:
    tokens = [token for token in _tokens(text) if token.depth == 0]
    words = [token.text.upper() for token in tokens]
    if "OR" in words:
        return Comparison(text, "OR", _operand(text), None)
    if words[:1] == ["NOT"]:
        return Comparison(text, "NOT", _operand(text[tokens[0].end :]), None)
    for place, token in enumerate(tokens):
        if token.kind == "operator":
            operator, end = token.text, token.end
            if words[place + 1 : place + 2] in (["ANY"], ["ALL"]):
                operator, end = f"{operator} {words[place + 1]}", tokens[place + 1].end
            return Comparison(text, operator, _operand(text[: token.start]), _operand(text[end:]))
        if token.text == "IS" and place:
            left, rest = _operand(text[: token.start]), words[place:]
            if "FROM" in rest:
                stop = place + rest.index("FROM")
                return Comparison(
                    text, " ".join(words[place : stop + 1]), left, _operand(text[tokens[stop].end :])
                )
            return Comparison(text, " ".join(rest), left, None)
    return Comparison(text, "", _operand(text), None)


def _operand(text: str) -> Operand:
    text = unwrapped(text)
    found: dict[Column, None] = {}
    tokens = list(_tokens(text))
    for place, token in enumerate(tokens):
        called = (
            place + 1 < len(tokens) and tokens[place + 1].text == "(" and tokens[place + 1].start == token.end
        )
        if (
            token.kind == "name"
            and "." in token.text
            and not called
            and (not place or tokens[place - 1].kind != "cast")
        ):
            found[_column(token.text)] = None
    inner, cast = _without_cast(text)
    single = list(_tokens(inner))
    alone = (
        len(single) == 1
        and single[0].kind == "name"
        and (single[0].text.startswith('"') or "." in inner or not cast)
    )
    column = _column(inner) if alone and inner.upper() not in {"NULL", "TRUE", "FALSE"} else None
    if column is not None:
        found[column] = None
    return Operand(text, tuple(found), column, cast if column else "")


def _without_cast(text: str) -> tuple[str, str]:
    """What stands before the casts around the whole of it, and the type that the last of them gives."""
    casts = [token for token in _tokens(text) if token.depth == 0 and token.kind == "cast"]
    if not casts:
        return text, ""
    inner, cast = text[: casts[0].start], text[casts[-1].end :].strip()
    deeper, _first = _without_cast(unwrapped(inner))
    return unwrapped(deeper), cast


def _column(text: str) -> Column:
    parts = [quoted.replace('""', '"') if quoted else plain for quoted, plain in _PART.findall(text)]
    return Column(parts[-2] if len(parts) > 1 else "", parts[-1])


def _split(text: str, word: str) -> list[str]:
    """The parts of ``text`` between the ``word``s that stand in no parentheses."""
    parts, start = [], 0
    for token in _tokens(text):
        if token.depth == 0 and token.kind == "name" and token.text == word:
            parts.append(text[start : token.start])
            start = token.end
    return [*parts, text[start:]]


def _tokens(text: str) -> Iterator[_Token]:
    depth = 0
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        depth -= kind == "close"
        yield _Token(kind, found[0], found.start(), found.end(), depth)
        depth += kind == "open"


def unwrapped(text: str) -> str:
    """``text`` without parentheses around the whole of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        closing = next((token for token in _tokens(text) if token.kind == "close" and token.depth == 0), None)
        if closing is None or closing.end != len(text):
            break
        text = text[1:-1].strip()
    return text


def branches(condition: Comparison) -> tuple[Comparison, ...]:
    """What of several has to be true where ``condition`` says OR, each taken apart as well; else the condition alone."""
    if condition.operator != "OR":
        return (condition,)
    found: list[Comparison] = []
    for part in _split(condition.text, "OR"):
        for one in comparisons(part):
            found += branches(one)
    return tuple(found)


def without_owner(text: str, owner: str) -> str:
    """An expression as it stands in the statement that makes an index of it: its columns without the name of their table."""
    if not owner:
        return text
    quoted = '"' + owner.replace('"', '""') + '"'
    parts, end = [], 0
    for token in _tokens(text):
        if token.kind == "name":
            prefix = next((one for one in (f"{owner}.", f"{quoted}.") if token.text.startswith(one)), "")
            parts += [text[end : token.start], token.text[len(prefix) :]]
            end = token.end
    return "".join([*parts, text[end:]])
