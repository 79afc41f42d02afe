"""An import on its way: what is known of its file, and what its person has chosen so far; as it is kept between pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from webadmin.options.view import View
from webadmin.transfer.imports.asked import FileForm, Import, Missing, Mode, Reading, Target


@dataclass(frozen=True, slots=True)
class Draft:
    """An import that is not complete yet."""

    file: FileForm
    headings: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    """The first rows, as people read them; an empty text for nothing."""
    targets: tuple[Target, ...] = ()
    match: tuple[str, ...] = ()
    mode: Mode = "upsert"
    missing: Missing = "keep"
    guessed: Mapping[int, str] = field(default_factory=dict)
    """Why a column of the file goes where it does, by its place: name, label, likeness, content, unread or earlier."""
    asks: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """What cannot be told from the values of a column, by its place: decimal, dates."""
    said: tuple[int, ...] = ()
    """The places of which the person has said it."""
    sheets: tuple[str, ...] = ()
    """The sheets of a workbook, where there are several."""
    zone: str = ""
    """The person's time zone: times of the file that have none are read in it."""
    reason: str = ""
    """Why the rows are imported, in the person's words."""

    def asked(self, view: View) -> Import:
        """What is asked for, of a view as its person sees it."""
        return Import(view, self.file, self.targets, self.match, self.mode, self.missing)

    def target(self, source: int) -> Target | None:
        """Where a column of the file goes."""
        return next((target for target in self.targets if target.source == source), None)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Draft:
        data: dict[str, Any] = json.loads(text)
        return cls(
            file=FileForm(**data["file"]),
            headings=tuple(data["headings"]),
            samples=tuple(tuple(row) for row in data["samples"]),
            targets=tuple(target_of(one) for one in data["targets"]),
            match=tuple(data["match"]),
            mode=data["mode"],
            missing=data["missing"],
            guessed={int(place): why for place, why in data["guessed"].items()},
            asks={int(place): tuple(found) for place, found in data["asks"].items()},
            said=tuple(data["said"]),
            sheets=tuple(data["sheets"]),
            zone=data["zone"],
            reason=data["reason"],
        )


def target_of(data: Mapping[str, Any]) -> Target:
    """A target from what ``dataclasses.asdict`` made of it."""
    return Target(data["source"], data["name"], data["by"], Reading(**data["reading"]))
