"""What reading and writing rows needs of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webadmin.auth.keys import NO_KEYS, Keys
from webadmin.auth.user import User
from webadmin.dialects import Dialect
from webadmin.options.labels import RowLabel, model_label
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
    secret: Keys = NO_KEYS
    """Signs what an address carries of a row."""
    maps: Any = None
    """The ``listing.pagemap.store.PageMaps`` of the admin, where there are any."""

    def view_of(self, model: type) -> View | None:
        """The view of ``model`` that this person may look at, or None."""
        view = self.registry.for_model(model)
        return view if view is not None and self.may_look(view) else None

    def label_of(self, model: type) -> RowLabel:
        """How rows of ``model`` are called: as its view says, or for somebody who may not look at that as the model does;
        never by what they may not read."""
        view = self.registry.for_model(model)
        known = view is not None and (bool(view.hidden) or self.may_look(view))
        return view.row_label if view is not None and known else model_label(model)

    def may_look(self, view: View) -> bool:
        """Whether this person may look at ``view``: they have the right, and the host's own word is not against it."""
        if not view.allows(self.user, "view"):
            return False
        connection = getattr(self.hook_request, "connection", None)
        return connection is None or bool(view.options.is_accessible(connection))
