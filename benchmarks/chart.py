"""A bar chart as SVG, for the documentation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

_COLOURS = ("#2f6f4f", "#b5651d", "#6b5b95", "#4a6fa5")
_LEFT, _WIDTH, _BAR, _GAP = 190, 560, 13, 16


def bars(title: str, rows: Sequence[tuple[str, Mapping[str, float]]], names: Sequence[str]) -> str:
    """Horizontal bars on a logarithmic scale.

    :param rows: what was measured, and milliseconds by who served it.
    :param names: who, in the order of the bars; one may be missing in a row.
    """
    values = [value for _name, row in rows for value in row.values()]
    low, high = math.log10(max(min(values) / 2, 0.01)), math.log10(max(values) * 1.5)
    y = 64
    parts: list[str] = []
    for name, row in rows:
        there = [who for who in names if who in row]
        parts.append(
            f'<text x="{_LEFT - 10}" y="{y + len(there) * _BAR / 2 + 4:.0f}" text-anchor="end">{escape(name)}</text>'
        )
        for who in there:
            width = (math.log10(row[who]) - low) / (high - low) * _WIDTH
            colour = _COLOURS[names.index(who) % len(_COLOURS)]
            parts.append(
                f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" fill="{colour}"/>'
            )
            parts.append(f'<text x="{_LEFT + width + 5:.1f}" y="{y + _BAR - 3}">{row[who]:,.1f} ms</text>')
            y += _BAR
        y += _GAP
    legend = "".join(
        f'<rect x="{_LEFT + 140 * place}" y="34" width="11" height="11" fill="{_COLOURS[place % len(_COLOURS)]}"/>'
        f'<text x="{_LEFT + 140 * place + 16}" y="44">{escape(who)}</text>'
        for place, who in enumerate(names)
    )
    size = f'viewBox="0 0 {_LEFT + _WIDTH + 90} {y}" width="{_LEFT + _WIDTH + 90}" height="{y}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="system-ui, sans-serif" font-size="11">'
        f"<title>{escape(title)}</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="{_LEFT}" y="20" font-size="13" font-weight="600">{escape(title)}</text>{legend}{"".join(parts)}</svg>\n'
    )
