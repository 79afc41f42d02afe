"""Regular expressions: none of them can be kept busy by a text that somebody sends."""

from __future__ import annotations

import subprocess
import sys

from tests.security import patterns


def test_no_text_keeps_a_pattern_busy() -> None:
    """Each pattern of the program, on long texts of one piece after the other, looks at each character a few times at most; the
    time is that of the processor, and far above what is needed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.patterns"],
        cwd=patterns.ROOT.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > 100
