"""What SQLite tells only in the text of a CREATE statement: expressions of indexes and of generated columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUOTES = {"'": "'", '"': '"', "`": "`", "[": "]"}
_WITHOUT_ROWID = re.compile(r"\bWITHOUT\s+ROWID\b", re.IGNORECASE)
_WHERE = re.compile(r"\s*WHERE\b(.*)", re.IGNORECASE | re.DOTALL)
_AS = re.compile(r"\bAS\s*\(", re.IGNORECASE)
_COMMENT = re.compile(
    r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])|--[^\n]*|/\*.*?\*/""", re.DOTALL
)  # fmt: skip


def without_rowid(sql: str) -> bool:
    """The table has no hidden row number."""
    return bool(_WITHOUT_ROWID.search(sql[sql.rfind(")") :]))


def is_virtual(sql: str) -> bool:
    return bool(re.match(r"\s*CREATE\s+VIRTUAL\b", sql, re.IGNORECASE))


def index_parts(sql: str) -> tuple[list[str], str]:
    """The columns and expressions of a CREATE INDEX as written, and its predicate ("" when it is not partial)."""
    sql = _without_comments(sql)
    start = _outside(sql, "(")
    if start < 0:
        return [], ""
    end = _closing(sql, start)
    parts = [part.strip() for part in _split(sql[start + 1 : end])]
    where = _WHERE.match(sql[end + 1 :])
    return parts, where.group(1).strip() if where else ""


def generated_expression(sql: str, column: str) -> str:
    """The expression that a CREATE TABLE computes ``column`` from; "" when it cannot be made out."""
    sql = _without_comments(sql)
    start = _outside(sql, "(")
    if start < 0:
        return ""
    for part in _split(sql[start + 1 : _closing(sql, start)]):
        definition = part.strip()
        name, rest = _first_word(definition)
        if name.casefold() == column.casefold() and (found := _AS.search(rest)):
            return rest[found.end() : _closing(rest, found.end() - 1)].strip()
    return ""


def _without_comments(sql: str) -> str:
    return _COMMENT.sub(lambda found: found.group(1) or " ", sql)


def _first_word(text: str) -> tuple[str, str]:
    if text[:1] in _QUOTES:
        mark = _QUOTES[text[0]]
        end = text.find(mark, 1)
        while mark != "]" and text[end : end + 2] == mark * 2:
            end = text.find(mark, end + 2)
        return text[1:end].replace(mark * 2, mark), text[end + 1 :]
    word = re.match(r"[^\s(,]*", text)
    end = word.end() if word else 0
    return text[:end], text[end:]


def _marks(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Every character that is not quoted, with its place."""
    place = start
    while place < len(text):
        if text[place] in _QUOTES:
            end = text.find(_QUOTES[text[place]], place + 1)
        else:
            yield place, text[place]
            end = place
        place = end + 1 if end >= place else len(text)


def _outside(text: str, wanted: str) -> int:
    return next((place for place, mark in _marks(text, 0) if mark == wanted), -1)


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place, mark in _marks(text, opening):
        depth += (mark == "(") - (mark == ")")
        if depth == 0:
            return place
    return len(text)


def _split(text: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for place, mark in _marks(text, 0):
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            parts.append(text[last:place])
            last = place + 1
    return [*parts, text[last:]]
