"""A value on its way out of a database and back, as the database itself wrote it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


class Carried(sa.types.UserDefinedType[Any]):
    """The type of a value that nothing converts: it is compared with a column as it came out of it, also where Python has
    no such value (infinity, a year of 360 days) or the model calls the column something else."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "TEXT"
