"""What a page's statements cost and why: captured statements, their plans, and what the plans say in words."""

from webadmin.explain.capture import Captured, capture
from webadmin.explain.panel import ExplainReport, build

__all__ = ["Captured", "ExplainReport", "build", "capture"]
