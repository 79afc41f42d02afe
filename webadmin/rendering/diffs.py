"""What differs between two texts, in pieces that a page can mark.

Words and lines are compared by ``difflib``, after what both begin and end with is set aside: that alone makes most
comparisons short. What is too long even so is shown as taken out and put in as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_MOST = 600
"""Words or lines that are compared one by one."""
_LONG = 1200
"""Characters of a piece that are shown."""
_AROUND = 80
"""Characters of what is the same that are shown beside what differs."""
_CONTEXT = 3
"""Lines of the same."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text."""

    text: str
    marked: bool = False
    """It is not in the other text."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of two texts."""

    kind: str
    """``ctx`` in both, ``rem`` in the first, ``add`` in the second alone; ``gap`` for lines of both that are left out."""
    text: str


def by_words(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, marked where they differ; what is the same is shortened far from any difference."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    parts = _compared(old, new)
    common = sum(len(left) for same, left, _ in parts if same)
    if before != after and (common * 4 < max(len(old), len(new)) or common == len(old) == len(new)):
        # Two texts, and not one that was changed; or nothing but space has changed.
        return _whole(before), _whole(after)
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for number, (same, left, right) in enumerate(parts):
        for side, words in zip(sides, (left, right), strict=True):
            text = "".join(words)
            if same:
                text = _shortened(text, first=number == 0, last=number == len(parts) - 1)
            if text:
                side.append(Piece(text if same else _cut(text), not same))
    return tuple(sides[0]), tuple(sides[1])


def by_lines(before: str, after: str) -> tuple[Line, ...]:
    """The lines of both texts in one, with some of those that are the same around the others."""
    return tuple(_lines(_compared(before.splitlines(), after.splitlines())))


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(_cut(text), True),) if text else ()


Part = tuple[bool, Sequence[str], Sequence[str]]
"""Whether both sides are the same here, and what stands on each."""


def _compared(old: Sequence[str], new: Sequence[str]) -> list[Part]:
    # A word is the same whatever space follows it.
    bare_old, bare_new = [text.rstrip() for text in old], [text.rstrip() for text in new]
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if bare_old[n] != bare_new[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if bare_old[-1 - n] != bare_new[-1 - n]), rest)
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    parts: list[Part] = [(True, old[:head], new[:head])] if head else []
    if max(len(left), len(right)) > _MOST:
        parts.append((False, left, right))
    else:
        found = SequenceMatcher(None, bare_old[head : len(old) - tail], bare_new[head : len(new) - tail])
        for tag, i1, i2, j1, j2 in found.get_opcodes():
            parts.append((tag == "equal", left[i1:i2], right[j1:j2]))
    return parts + ([(True, old[len(old) - tail :], new[len(new) - tail :])] if tail else [])


def _lines(parts: Sequence[Part]) -> Iterator[Line]:
    for number, (same, left, right) in enumerate(parts):
        if not same:
            yield from (Line("rem", _cut(text)) for text in left[:_MOST])
            yield from (Line("add", _cut(text)) for text in right[:_MOST])
            continue
        above = _CONTEXT if number else 0
        below = _CONTEXT if number < len(parts) - 1 else 0
        if len(left) <= above + below + 1:
            yield from (Line("ctx", _cut(text)) for text in left)
            continue
        yield from (Line("ctx", _cut(text)) for text in left[:above])
        yield Line("gap", "⋯")
        yield from (Line("ctx", _cut(text)) for text in left[len(left) - below :])


def _shortened(text: str, *, first: bool, last: bool) -> str:
    before, after = 0 if first else _AROUND, 0 if last else _AROUND
    if len(text) <= before + after + _AROUND:
        return text
    return text[:before] + "…" + text[len(text) - after :]


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else text[:_LONG] + "…"
