"""The fixtures, as the documentation has them used: its files are written and tested by a pytest of their own."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
FILES = {
    name: code for code, name in re.findall(r"```py\n(# (\w+\.py)\n.*?)```", PAGE.read_text(), re.DOTALL)
}


def run(folder: Path) -> str:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "--rootdir",
        ".",
        ".",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, code in FILES.items():
        (tmp_path / name).write_text(code)
    return tmp_path


def test_the_documented_tests_pass(folder: Path) -> None:
    """What the page shows works, and nothing of it is left in the database."""
    assert set(FILES) == {"shop.py", "conftest.py", "test_shop.py"}
    assert re.search(r"^3 passed", run(folder), re.MULTILINE)
    connection = sqlite3.connect(folder / "shop.db")
    assert connection.execute("SELECT count(*) FROM orders").fetchone() == (0,)
    connection.close()


def test_what_they_find(folder: Path) -> None:
    """A view that forgets its scope and a right too many fail them; so does leaving out whose admin it is, with a sentence."""
    shop = folder / "shop.py"
    shop.write_text(FILES["shop.py"].replace("stmt.where(Order.seller == user.name)", "stmt"))
    (folder / "test_shop.py").write_text(FILES["test_shop.py"].replace('{"view", "change"}', '{"view"}'))
    told = run(folder)
    assert "ada must not see order" in told
    assert "rights are not as the matrix says" in told
    assert re.search(r"^2 failed, 1 passed", told, re.MULTILINE)
    (folder / "conftest.py").write_text(FILES["conftest.py"].partition("@pytest.fixture")[0])
    assert "write a fixture named webadmin_admin that returns your webadmin.Admin" in run(folder)
