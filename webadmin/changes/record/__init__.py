"""What was changed, by whom and why: written down in the transaction that changes it."""

from webadmin.changes.record.occasion import Occasion, describe
from webadmin.changes.record.recorder import change_id, record, written_down

__all__ = ["Occasion", "change_id", "describe", "record", "written_down"]
