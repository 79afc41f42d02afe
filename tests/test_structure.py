"""The shape of the code: small files, imports only downwards, database names in one place, nothing left over."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {
    ".py": ("webadmin", "tests", "migrations", "benchmarks", "examples"),
    ".html": ("templates",),
    ".css": ("static/css",),
    ".js": ("static/js",),
}
DATABASE_NAME = re.compile(r"(postgres(ql)?|sqlite|psycopg|mysql|mariadb|mssql|cockroach(db)?)(?!\S*://)")
KNOWS_DATABASES = ("webadmin/dialects/", "webadmin/demo/", "webadmin/mixins.py", "webadmin/alembic.py")
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK|breakpoint\(|pdb\.set_trace|console\.log|debugger;)")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son\w+=|\shx-on|javascript:|(src|href)=\"(https?:)?//", re.I
)


def files(*suffixes: str) -> list[Path]:
    """All source files of these kinds."""
    return sorted(
        path
        for suffix in suffixes or SOURCES
        for folder in SOURCES[suffix]
        for path in (ROOT / folder).rglob(f"*{suffix}")
    )


def lines_that(matching: re.Pattern[str], paths: Iterable[Path]) -> list[str]:
    """Where the pattern stands, as ``file:line: text``."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if matching.search(line)
    ]


def words_of_code(source: str) -> Iterator[tuple[int, str]]:
    """Names and strings of a module with their lines, without its comments and docstrings."""
    docstrings = {
        node.value.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT and token.start[0] not in docstrings:
            yield token.start[0], token.string


def test_no_long_file() -> None:
    """No file has more than 300 lines."""
    long = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files()
    }
    assert {name: count for name, count in long.items() if count > 300} == {}


def test_database_names() -> None:
    """Only the dialects, the demo and what models are built of name a database in code; an example of an address may."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word}"
        for path in files(".py")
        if path.is_relative_to(ROOT / "webadmin")
        and not str(path.relative_to(ROOT)).startswith(KNOWS_DATABASES)
        for line, word in words_of_code(path.read_text(encoding="utf-8"))
        if DATABASE_NAME.search(word)
    ]
    assert found + lines_that(DATABASE_NAME, files(".html", ".js")) == []


def test_imports_only_downwards() -> None:
    """import-linter finds no import upwards and no circle."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_imports_from_the_top() -> None:
    """No module takes a public name from the package itself, which would be an import upwards in disguise."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {alias.name}"
        for path in files(".py")
        if path.is_relative_to(ROOT / "webadmin")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "webadmin"
        for alias in node.names
        if not (ROOT / "webadmin" / alias.name).is_dir()
        and not (ROOT / "webadmin" / f"{alias.name}.py").is_file()
    ]
    assert found == []


def test_every_folder_is_a_package() -> None:
    """Every folder with modules in it has an ``__init__.py``, so that wheels and linters see it."""
    folders = {path.parent for path in files(".py") if path.is_relative_to(ROOT / "webadmin")}
    assert [
        str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()
    ] == []


def test_nothing_left_over() -> None:
    """No note to oneself and no debugging call is left in the code."""
    assert lines_that(LEFTOVER, (path for path in files() if path != Path(__file__).resolve())) == []


def test_templates_keep_the_content_policy() -> None:
    """No template has an inline script, an inline style or a file from elsewhere."""
    assert lines_that(INLINE, files(".html")) == []


@pytest.mark.parametrize("path", files(".html"), ids=lambda path: path.name)
def test_template_lists_its_context(path: Path) -> None:
    """Each template opens with a comment that lists what it is given."""
    assert path.read_text(encoding="utf-8").lstrip().startswith("{#")
