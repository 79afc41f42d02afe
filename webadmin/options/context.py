"""What reading and writing rows needs of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webadmin.auth.user import User
from webadmin.dialects import Dialect
from webadmin.options.registry import Registry
from webadmin.options.view import View


@dataclass(frozen=True, slots=True)
class Context:
    """The request's session and person, for the parts that know nothing of HTTP."""

    session: Session
    dialect: Dialect
    user: User
    registry: Registry
    hook_request: Any = None
    """Handed to hooks as their ``request``."""

    def view_of(self, model: type) -> View | None:
        """The view of ``model`` that this person may look at, or None."""
        view = self.registry.for_model(model)
        return view if view is not None and view.allows(self.user, "view") else None
