"""Fixtures for all tests; they stand in ``tests/plugins``, by what they are about."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.plugins.databases",
    "tests.plugins.debian",
    "tests.plugins.provider",
    "tests.plugins.served",
    "tests.plugins.shops",
    "tests.plugins.standby",
    "tests.plugins.bouncer",
    "tests.plugins.web",
]

_MOST_WORKERS = 4
_MEMORY = 6 * 2**30  # bytes; several times what a run fills
_LONGEST = (
    "test_open_states", "test_endless", "test_accessibility", "test_saved_views", "test_list", "test_form", "test_narrow",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the whole run, in which all workers share a server and its templates, and have their tests' own files."""
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="webadmin-tests-", dir=_place())).resolve()
        folder.chmod(0o755)  # as root, the server runs under another account
        os.environ["WEBADMIN_TEST_FOLDER"] = str(folder)
        # Where pytest makes its temporary folders; they go with the run. ``--basetemp`` keeps them.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def _place() -> Path:
    """The file system in memory where there is one that is large enough: a new database takes a tenth of the time there."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free >= _MEMORY else Path("/tmp")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("WEBADMIN_TEST_FOLDER"), ignore_errors=True)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors, since tests wait too; none for a single file, which is faster without."""
    named = [Path(argument.partition("::")[0]) for argument in config.args]
    if len(named) == 1 and named[0].is_file():
        return 0
    return min(_MOST_WORKERS, (os.cpu_count() or 1) + 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser in them come last: playwright leaves an event loop running on the worker's thread, under
    which other tests could not run one of their own. The longest of them begin, so that no worker is left alone with one."""
    browsing = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}

    def place(item: pytest.Item) -> int:
        if item.path not in browsing:
            return 0
        return 1 + (_LONGEST.index(item.path.stem) if item.path.stem in _LONGEST else len(_LONGEST))

    items.sort(key=place)
    for item in items:
        if item.path in browsing:
            # A browser on a busy machine may miss one click or one moment; what is wrong fails twice.
            item.add_marker(pytest.mark.flaky(reruns=1))
