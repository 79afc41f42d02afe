from __future__ import annotations

import pytest

from webadmin.rendering.assets import Assets
from webadmin.rendering.environment import Renderer


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(Assets())
