"""Every regular expression of webadmin, tried on long texts that are made to keep it busy.

A program of its own, so that a pattern which never ends can be stopped: ``python -m tests.security.patterns``.
"""

from __future__ import annotations

import ast
import re
import signal
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "webadmin"
CALLS = {"compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer"}
LENGTH, SECONDS = 10_000, 0.3
"""Characters, and how long they may take: what looks at each once needs a millisecond, what looks at each pair of them much
longer."""
PIECES = [
    " ", "a", "A", "0", ".", ",", ":", "-", "'", "''", '"', "\\", "(", ")", "[", "]", "{", "~", "/", "*", "/*", "--", "$", "=", "\n", "\x02",
    "\x03", "_", "%", "a ", "a.", "a,", "(a", "'a", "0.", "0,", "1d ", "::a", "aA", " (", "\\a", ";", '"a', "a:", "(a.", " AND ", "~41", "1W", "é", "x'",
]  # fmt: skip
OWN_WORDS = {
    "changes/rules.py", "dialects/indexes.py", "dialects/sqlite_types.py", "dialects/sqlite_catalog.py", "dialects/sqlite_ddl.py",
}  # fmt: skip
"""What reads the definitions of tables and indexes: whoever writes those needs no pattern to do harm."""


def patterns() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """Where each pattern stands, the pattern, and whether it is looked for at the beginning alone; what is put into one at run
    time is a letter."""
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        used = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        kept = {
            id(node.value): ast.unparse(node.targets[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in {f"re.{call}" for call in CALLS}
                and node.args
            ):
                text = _text(node.args[0])
                if text is not None and name not in OWN_WORDS:
                    variable = kept.get(id(node), "re")
                    calls = {call.rpartition(".")[2] for call in used if call.startswith(f"{variable}.")}
                    anchored = variable != "re" and bool(calls) and calls <= {"match", "fullmatch"}
                    anchored = anchored or ast.unparse(node.func) in {"re.match", "re.fullmatch"}
                    yield f"{name}:{node.lineno}", re.compile(text, _flags(ast.unparse(node))), anchored


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "a" for part in node.values)
    return None


def _flags(call: str) -> re.RegexFlag:
    found = re.RegexFlag(0)
    for flag in (re.IGNORECASE, re.DOTALL, re.MULTILINE, re.ASCII, re.VERBOSE):
        if f"re.{flag.name}" in call:
            found |= flag
    return found


def main() -> None:
    """Print how many patterns there are; a line for each that needs more than its time for one text, and status 1."""
    slow: set[str] = set()

    def stop(number: int, frame: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, stop)
    count = 0
    for where, pattern, anchored in patterns():
        count += 1
        for piece in PIECES:
            for before, after in (("", "\0"), ("('a", "!")):
                text = before + piece * (LENGTH // len(piece)) + after
                signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
                try:
                    if anchored:
                        pattern.match(text)
                        pattern.fullmatch(text)
                    else:
                        sum(1 for _found in pattern.finditer(text))
                except TimeoutError:
                    slow.add(f"{where} {pattern.pattern!r} with many {piece!r}")
                finally:
                    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    print(count)
    print("\n".join(sorted(slow)))
    raise SystemExit(1 if slow else 0)


if __name__ == "__main__":
    main()
