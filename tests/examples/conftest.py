"""The examples as modules, each in an empty folder of its own."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Load an example by its name, as if it were started in an empty folder; its engines are closed at the end."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    loaded: list[ModuleType] = []

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        loaded.append(module)
        return module

    yield load
    for module in loaded:
        for value in vars(module).values():
            dispose = getattr(value, "dispose", None) or getattr(
                getattr(value, "runtime", None), "database", None
            )
            if dispose is not None and not isinstance(value, type):
                _close(value)


def _close(value: object) -> None:
    engine = getattr(value, "sync_engine", None) or value
    runtime = getattr(value, "runtime", None)
    if runtime is not None:
        runtime.database.engine.dispose()
    elif hasattr(engine, "dispose"):
        engine.dispose()
