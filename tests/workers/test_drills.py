"""Fault drills: whatever an adapter does to itself, to others or to the machine costs the rows it failed on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from benchmark.workers import confinement

if TYPE_CHECKING:
    from conftest import Boilerbench

PAGES = 4
BAD = "p001"
ADAPTER = """# /// script
# [tool.boilerbench]
# memory_bytes = 300_000_000
# ///
import ctypes, os, re, resource, signal, socket, subprocess, sys, threading, time
HERE = os.path.dirname(os.path.abspath(__file__))

def detached(seconds=60):
    '''Leave a grandchild behind in a session of its own, with all pipes in its hands.'''
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(seconds)
        os._exit(0)
    os.wait()

def extract(page):
    if b"bad" in page.html:
{drill}
    return page.text.partition("<p>")[2]
"""


@dataclass(frozen=True)
class Drill:
    """What an adapter does on the bad page, and what its row may say."""

    code: str
    outcomes: tuple[str, ...]
    said: str = ""
    needs: str = ""
    """Mechanism without which it is not contained: files, network or signals."""


DRILLS = {
    "spin in C, deaf to SIGTERM": Drill(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); re.match(r'(a+)+$', 'a' * 60 + 'b')", ("timeout",)
    ),
    "sleep for ever": Drill("time.sleep(3600)", ("timeout",), "no answer within 1 s (so did a fresh worker)"),
    "spin in threads": Drill(
        "import hashlib\n"
        "def spin():\n    while True: hashlib.sha256(bytes(10_000_000))\n"
        "for _ in range(4): threading.Thread(target=spin).start()\n"
        "time.sleep(60)",
        ("timeout",),
    ),
    "segmentation fault": Drill("ctypes.string_at(0)", ("crash",), "killed by SIGSEGV"),
    "abort": Drill("os.abort()", ("crash",), "killed by SIGABRT"),
    "exit 0 in the middle of a page": Drill("os._exit(0)", ("crash",), "exited with status 0"),
    "sys.exit": Drill("sys.exit(0)", ("error",), "SystemExit"),
    "kill itself": Drill("os.kill(os.getpid(), signal.SIGKILL)", ("crash",), "killed by SIGKILL"),
    "stop itself": Drill("os.kill(os.getpid(), signal.SIGSTOP)", ("timeout",)),
    "eat all memory": Drill("hoard = [bytearray(1 << 20) for _ in range(1 << 20)]", ("oom",), "MemoryError"),
    "eat all memory in C": Drill("return 'x' * (1 << 40)", ("oom",), "MemoryError"),
    "lift its own limits": Drill(
        "for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE):\n"
        "    resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "return str(len(bytearray(1 << 30)))",
        ("error",),
        "ValueError: not allowed to raise maximum limit",
    ),
    "print 100 MB": Drill(
        "for stream in (sys.stdout, sys.stderr):\n"
        "    for _ in range(100): print('x' * (1 << 20), file=stream, flush=True)",
        ("ok",),
    ),
    "write to the descriptors of the streams": Drill("[os.write(n, b'noise' * 1000) for n in (1, 2)]", ("ok",)),
    "answer too much": Drill("return 'x' * (70 << 20)", ("error",), "at most 67108864 are taken"),
    "answer bytes": Drill("return b'x'", ("error",), "TypeError"),
    "raise BaseException": Drill("raise BaseException('odd')", ("error",), "BaseException: odd"),
    "raise KeyboardInterrupt": Drill("raise KeyboardInterrupt", ("error",), "KeyboardInterrupt"),
    "recurse": Drill("def f(): f()\nf()", ("error",), "RecursionError"),
    "recurse in C": Drill("sys.setrecursionlimit(10**8)\ndef f(): f()\nf()", ("crash", "oom", "error", "timeout")),
    "write garbage into the answers": Drill("os.write(4, b'x' * 100)", ("error",), "broken answer"),
    "answer for the pages to come": Drill(
        "import json, struct\n"
        "for number in range(100):\n"
        "    answer = {'request': number, 'outcome': 'ok', 'error': None, 'none': True, 'bytes': 0}\n"
        "    text = json.dumps(answer).encode()\n"
        "    os.write(4, struct.pack('>I', len(text)) + text)",
        ("ok", "crash", "empty", "error"),
    ),
    "answer a while later, in the middle of another page": Drill(
        "import json, struct\n"
        "text = json.dumps({'outcome': 'ok', 'error': None, 'none': True, 'bytes': 0}).encode()\n"
        "def late(): time.sleep(0.01); os.write(4, struct.pack('>I', len(text)) + text)\n"
        "threading.Thread(target=late).start()",
        ("ok",),
    ),
    "close its answers and live on": Drill("os.close(4); time.sleep(60)", ("crash", "timeout")),
    "close everything": Drill("os.closerange(0, 100); time.sleep(60)", ("crash", "timeout")),
    "leave a grandchild behind": Drill("detached()", ("ok",)),
    "die and leave a grandchild with the pipes": Drill("detached()\nctypes.string_at(0)", ("crash",), "SIGSEGV"),
    "fork many": Drill(
        "for _ in range(40):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(60); os._exit(0)", ("ok",)
    ),
    "fork and answer twice": Drill("os.fork()", ("ok",)),
    "fill its scratch folder and lock it": Drill(
        "os.makedirs('a/b/c'); open('a/b/c/file', 'w').write('x')\n"
        "for folder in ('a/b/c', 'a/b', 'a', '.'): os.chmod(folder, 0)",
        ("ok",),
    ),
    "nest folders a thousand deep": Drill("for _ in range(1500): os.mkdir('d'); os.chdir('d')", ("ok",)),
    "remove its scratch folder": Drill("os.rmdir(os.getcwd())", ("ok", "error")),
    "write a file that is too large": Drill(
        "with open('big', 'wb') as file:\n    for _ in range(300): file.write(bytes(1 << 20))", ("error", "crash")
    ),
    "open a socket": Drill("socket.socket().connect(('127.0.0.1', PORT))", ("error",), "PermissionError", "network"),
    "resolve a name": Drill("socket.getaddrinfo('boilerbench.example', 80)", ("error",), "", "network"),
    "open a socket in a child": Drill(
        "import sys\ncode = 'import socket; socket.socket().connect((\"127.0.0.1\", PORT))'\n"
        "subprocess.run([sys.executable, '-c', code], check=True, stderr=subprocess.DEVNULL)",
        ("error",),
        "CalledProcessError",
        "network",
    ),
    "write into the user's home": Drill(
        "open('HOME/.profile', 'w').write('x')", ("error",), "PermissionError", "files"
    ),
    "read the golds": Drill("return open(HERE + '/pages/p001.txt').read()", ("error",), "PermissionError", "files"),
    "list the golds": Drill("return str(os.listdir(HERE + '/pages'))", ("error",), "PermissionError", "files"),
    "read the bundled golds": Drill("return open('GOLDENS/003.txt').read()", ("error",), "PermissionError", "files"),
    "read what others answered": Drill(
        "return open(HERE + '/run/manifest.json').read()", ("error",), "PermissionError", "files"
    ),
    "kill its guardian": Drill("os.kill(os.getppid(), signal.SIGKILL)", ("error",), "PermissionError", "signals"),
    "kill everything it can": Drill(
        "for name in os.listdir('/proc'):\n"
        "    if name.isdigit() and int(name) != os.getpid():\n"
        "        try: os.kill(int(name), signal.SIGKILL)\n"
        "        except OSError: pass",
        ("ok",),
        "",
        "signals",
    ),
    "limit its guardian": Drill(
        "resource.prlimit(os.getppid(), resource.RLIMIT_DATA, (1, 1))", ("error",), "PermissionError", "network"
    ),
    "trace its guardian": Drill("open('/proc/%d/mem' % os.getppid(), 'rb').read(1)", ("error",), "", "files"),
}
"""What is done on the bad page."""


def has(mechanism: str) -> bool:
    """Whether this machine has what contains a drill."""
    found = confinement.probe()
    return {
        "": True,
        "network": found.network is not None,
        "files": found.files is not None,
        "signals": (found.files or 0) >= 6,
    }[mechanism]


def running(folder: Path) -> list[str]:
    """Command lines of all processes that name a folder or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            here = (process / "cwd").readlink()
        except OSError:  # it has ended meanwhile
            continue
        if int(process.name) != os.getpid() and (str(folder) in line or here.is_relative_to(folder)):
            found.append(line)
    return found


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "pages").mkdir()
    for number in range(PAGES):
        name = f"p{number:03}"
        word = "bad" if name == BAD else "good"
        (tmp_path / "pages" / f"{name}.html").write_text(f"<p>{word} page {number}", encoding="utf-8")
        (tmp_path / "pages" / f"{name}.txt").write_text(f"{word} page {number}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", DRILLS)
def test_a_fault_costs_the_row_it_happened_on_and_leaves_nothing_behind(
    name: str, corpus: Path, boilerbench: Boilerbench
) -> None:
    drill = DRILLS[name]
    if not has(drill.needs):
        pytest.skip(f"{drill.needs}: {dict(confinement.probe().reasons)}")
    goldens = str(Path(__file__).parents[2] / "goldens")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = drill.code.replace("PORT", str(server.getsockname()[1])).replace("GOLDENS", goldens)
        code = code.replace("HOME", str(corpus / "home"))
        (corpus / "rival.py").write_text(ADAPTER.format(drill=indent(code, " " * 8)), encoding="utf-8")
        rivals = ("--adapter", "./rival.py", "--adapter", "nothing")
        done = boilerbench(
            *("run", "--corpus", "./pages", *rivals, "--timeout", "1", "--scorer", "exact", "--speed-seconds", "0"),
            *("--out", "run"),
            env={"HOME": str(corpus / "home")},
        )
    assert done.status == 0, done.err
    lines = (corpus / "run/extractions/rival/part-00000.jsonl").read_text(encoding="utf-8").splitlines()
    rows = {row["page_id"]: row for row in map(json.loads, lines)}
    assert list(rows) == [f"p{number:03}" for number in range(PAGES)]
    bad = rows.pop(BAD)
    assert {row["outcome"] for row in rows.values()} == {"ok"}
    assert [row["text"] for row in rows.values()] == ["good page 0", "good page 2", "good page 3"]
    assert bad["outcome"] in drill.outcomes, bad
    assert drill.said in (bad["error"] or "")
    assert list((corpus / "home").iterdir()) == []
    assert not list((corpus / "run").glob(".boilerbench-scratch*"))
    deadline = time.monotonic() + 10
    while (left := running(corpus)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


HOST = """#!{python}
import json, os, struct, sys
def read(stream):
    prefix = stream.read(4)
    if len(prefix) < 4:
        return None
    header = json.loads(stream.read(struct.unpack(">I", prefix)[0]))
    return header, stream.read(header.get("bytes", 0))
def write(header, payload=b"", size=None):
    text = json.dumps({{**header, "bytes": len(payload) if size is None else size}}).encode()
    os.write(4, struct.pack(">I", len(text)) + text + payload)
requests = os.fdopen(3, "rb")
write({{"protocol": 1, "version": None, "runtime": "host", "import_ns": 0}})
while frame := read(requests):
    text = frame[1].partition(b"<p>")[2]
    OK = {{"request": frame[0]["request"], "outcome": "ok", "error": None, "none": False}}
    if b"bad" in text:
        {fault}
    else:
        write(OK, text)
"""
HOST_FAULTS = {
    "an answer to another page": ("write({**OK, 'request': 7777777}, text)", "answered another request"),
    "text that is not UTF-8": ("write(OK, b'caf\\xe9')", "byte 3 of 4 is not UTF-8"),
    "an outcome nobody knows": ("write({**OK, 'outcome': 'fine'}, text)", "outcome 'fine'"),
    "an error without a message": ("write({**OK, 'outcome': 'error'}, text)", "outcome 'error'"),
    "nothing that was promised": ("write({'request': OK['request']}, text)", "outcome None"),
    "more than is taken": ("write(OK, b'', 1 << 30)", "at most 67108864 are taken"),
    "a size that is no number": ("write(OK, b'', 'many')", "answer of many bytes"),
    "a header that is not JSON": ("os.write(4, struct.pack('>I', 3) + b'abc')", "header is not JSON"),
    "a header that is a list": ("os.write(4, struct.pack('>I', 2) + b'[]')", "header is not a JSON object"),
    "a header without an end": ("os.write(4, struct.pack('>I', 1 << 31))", "header of 2147483648 bytes"),
}


@pytest.mark.parametrize("name", HOST_FAULTS)
def test_a_host_that_does_not_keep_to_the_protocol_costs_the_page_it_was_asked(
    name: str, corpus: Path, boilerbench: Boilerbench
) -> None:
    fault, said = HOST_FAULTS[name]
    host = corpus / "host"
    host.write_text(HOST.format(python=os.path.realpath("/usr/bin/env") + " python3", fault=fault), encoding="utf-8")
    host.chmod(0o755)
    done = boilerbench("extract", "--corpus", "./pages", "--adapter", "host:./host", "--timeout", "5", "--out", "run")
    assert done.status == 0, done.err
    lines = (corpus / "run/extractions/host%3Ahost/part-00000.jsonl").read_text(encoding="utf-8").splitlines()
    rows = {row["page_id"]: row for row in map(json.loads, lines)}
    assert {rows[page]["outcome"] for page in rows if page != BAD} == {"ok"}
    assert rows[BAD]["outcome"] in ("error", "crash")
    assert said in rows[BAD]["error"]


def test_an_adapter_that_fails_on_every_page_ends_the_run_with_3_and_every_row_is_there(
    corpus: Path, boilerbench: Boilerbench
) -> None:
    (corpus / "rival.py").write_text("import os\ndef extract(page): os._exit(3)", encoding="utf-8")
    rivals = ("--adapter", "./rival.py", "--adapter", "nothing")
    done = boilerbench("run", "--corpus", "./pages", *rivals, "--speed-seconds", "0", "--out", "run")
    assert done.status == 3
    lines = (corpus / "run/extractions/rival/part-00000.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["error"] for line in lines] == ["exited with status 3 (so did a fresh worker)"] * PAGES


LINGER = ADAPTER.format(drill="        detached()\n        open('started', 'w').close()\n        time.sleep(60)")


def test_a_killed_runner_takes_workers_guardians_runaways_and_scratch_with_it(corpus: Path) -> None:
    from conftest import COMMAND, settings_of_nobody

    (corpus / "rival.py").write_text(LINGER, encoding="utf-8")
    runner = subprocess.Popen(
        [str(COMMAND), "extract", "--corpus", "./pages", "--adapter", "./rival.py", "--out", "run"],
        cwd=corpus,
        env=settings_of_nobody(corpus / "cache"),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not list(corpus.glob("run/.boilerbench-scratch/*/started")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(running(corpus)) >= 4  # runner, guardian, worker and the one that fled
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    while (left := running(corpus)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left == []
    assert list((corpus / "run" / ".boilerbench-scratch").iterdir()) == []
