"""One row of a table on a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from webadmin.forms.row_form import RowForm


@dataclass(slots=True)
class InlineRow:
    """One row of a table on a form."""

    number: int
    """Its place among the names of fields; the order of rows is another matter."""
    row: Any = None
    """None for a new one."""
    form: RowForm | None = None
    """None where the person may not change it."""
    deleting: bool = False
    gone: str = ""
    """The id of a row that was sent and is not there any more."""
    typed: dict[str, str] = field(default_factory=dict)
    """What was typed into a row that is gone, by attribute."""
    errors: list[str] = field(default_factory=list)

    @property
    def pending(self) -> bool:
        """Whether the person has done something with it that is not saved."""
        form = self.form
        if self.deleting or self.gone or self.errors:
            return True
        return form is not None and form.submitted and (form.creating or bool(form.changes() or form.errors))

    @property
    def refused(self) -> bool:
        return bool(self.errors) or (self.form is not None and bool(self.form.errors))
