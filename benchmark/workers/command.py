"""The adapter behind `cmd:PROGRAM`: the page's bytes on standard input, the text on standard output."""

from __future__ import annotations

import os
import subprocess
from typing import Any, List


def extract(page: Any, command: List[str]) -> str:
    """Run the program once; a non-zero exit is an error that carries the end of what it wrote to stderr."""
    about = {"BOILERBENCH_URL": page.url or "", "BOILERBENCH_CHARSET": page.charset or ""}
    done = subprocess.run(
        command,
        input=page.html,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **about},
        check=False,
    )
    if done.returncode != 0:
        tail = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise RuntimeError("exit status %d: %s" % (done.returncode, tail))
    return str(done.stdout, "utf-8", "replace")
