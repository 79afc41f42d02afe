"""Dates, times of day and moments, as browsers' own inputs write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from webadmin.forms.codecs.base import Codec
from webadmin.text import current_zone
from webadmin.text import gettext as _

_HAS_OFFSET = re.compile(r"(?<=[0-9])(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$", re.I)


class DateCodec(Codec):
    control = "date"
    input_type = "date"

    def format(self, value: Any) -> str:
        return value.date().isoformat() if isinstance(value, dt.datetime) else str(value.isoformat())

    def parse(self, text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(text.strip())
        except ValueError:
            raise ValueError(_("Enter a date such as 2026-11-21.")) from None


class TimeCodec(Codec):
    """:param timezone: the column keeps an offset, which a browser's input cannot show."""

    control = "time"
    input_type = "time"
    step: str | None = "1"

    def __init__(self, *, timezone: bool = False) -> None:
        self.timezone = timezone
        if timezone:
            self.control = self.input_type = "text"
            self.step = None
            self.placeholder = "14:30+02:00"

    def format(self, value: Any) -> str:
        return str(value.isoformat(timespec="minutes" if not value.second else "seconds"))

    def parse(self, text: str) -> dt.time:
        try:
            value = dt.time.fromisoformat(text.strip())
        except ValueError:
            raise ValueError(_("Enter a time of day such as 14:30.")) from None
        if value.tzinfo is not None and not self.timezone:
            raise ValueError(_("This time has no zone: leave the offset out."))
        return value


class DateTimeCodec(Codec):
    """A moment. With ``timezone`` it is shown and read in the person's zone, and handed on in UTC; without, it is what the
    clock on the wall says and no zone touches it.

    :param zone: shown in this zone whoever looks (``form_args``' ``display_timezone``).
    """

    control = "datetime"
    input_type = "datetime-local"
    step = "1"

    def __init__(self, *, timezone: bool, zone: dt.tzinfo | None = None) -> None:
        self.timezone = timezone
        self.fixed_zone = zone

    @property
    def zone(self) -> dt.tzinfo:
        return self.fixed_zone or current_zone()

    @property
    def hint(self) -> str:
        return str(self.zone) if self.timezone else ""

    def format(self, value: Any) -> str:
        if self.timezone:
            # A database without zones gives the moment as it keeps it: in UTC.
            aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
            value = aware.astimezone(self.zone).replace(tzinfo=None)
        return str(value.isoformat(timespec="seconds" if value.second else "minutes"))

    def parse(self, text: str) -> dt.datetime:
        text = text.strip()
        try:
            value = dt.datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(_("Enter a day and a time such as 2026-11-21 14:30.")) from None
        if not self.timezone:
            if _HAS_OFFSET.search(text[10:]):
                raise ValueError(_("This time has no zone: leave the offset out."))
            return value
        return self._moment(value)

    def _moment(self, value: dt.datetime) -> dt.datetime:
        try:
            if value.tzinfo is not None:
                return value.astimezone(dt.UTC)
            moment = value.replace(tzinfo=self.zone).astimezone(dt.UTC)
            back = moment.astimezone(self.zone).replace(tzinfo=None)
        except OverflowError:
            raise ValueError(_("This is too far away in time.")) from None
        if back != value:
            message = _("There is no such time in {zone}: the clocks go forward then.")
            raise ValueError(message.format(zone=self.zone))
        return moment

    def same(self, one: Any, other: Any) -> bool:
        if self.timezone:
            one, other = (v if v.tzinfo else v.replace(tzinfo=dt.UTC) for v in (one, other))
        return bool(one == other)
