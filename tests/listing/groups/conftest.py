"""The tables of the rows that are grouped."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.listing.groups.rows import Base


@pytest.fixture
def session(session: Session) -> Session:
    Base.metadata.create_all(session.connection())
    return session
