"""What was changed, by whom and why: written down in the transaction that changes it."""

from webadmin.changes.record.last import LastChange, last_change
from webadmin.changes.record.occasion import Occasion, describe
from webadmin.changes.record.recorder import change_id, record, written_down

__all__ = ["LastChange", "Occasion", "change_id", "describe", "last_change", "record", "written_down"]
