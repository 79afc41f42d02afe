"""What was changed, by whom and why: written down in the transaction that changes it."""

from webadmin.changes.record.occasion import Occasion, describe

__all__ = ["Occasion", "describe"]
