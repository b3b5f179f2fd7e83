"""Fault drills: whatever an adapter does to itself, to others or to the machine costs the rows it failed on.

The drills of one batch take part in one run of the real command, each as a rival of its own: starting the command takes
longer than most faults. A drill that has brought the runner itself down before has a run to itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from conftest import COMMAND, ROOT, settings_of_nobody, write_pairs

from benchmark.records import Page
from benchmark.workers import confinement
from benchmark.workers.environments import build
from benchmark.workers.resolution import declared
from benchmark.workers.supervisor import Worker

if TYPE_CHECKING:
    from conftest import Boilerbench

PAGES = 4
BAD = "p001"
CORPUS = {f"p{number:03}": f"<p>{'bad' if number == 1 else 'good'} page {number}".encode() for number in range(PAGES)}
TEXTS = {page: html.decode().removeprefix("<p>") for page, html in CORPUS.items()}
LONG = Path(__file__).with_name("drills")
"""Adapters that are too long to stand here."""
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
HOST = """#!{python}
import json, os, struct, sys, time
def read(stream):
    prefix = stream.read(4)
    if len(prefix) < 4:
        return None
    header = json.loads(stream.read(struct.unpack(">I", prefix)[0]))
    return header, stream.read(header.get("bytes", 0))
def write(header, payload=b"", size=None):
    frame(json.dumps({{**header, "bytes": len(payload) if size is None else size}}).encode(), payload)
def frame(text, payload=b""):
    os.write(4, struct.pack(">I", len(text)) + text + payload)
requests = os.fdopen(3, "rb")
write({{"protocol": 1, "version": None, "runtime": "host", "import_ns": 0}})
while asked := read(requests):
    text = asked[1].partition(b"<p>")[2]
    OK = {{"request": asked[0]["request"], "outcome": "ok", "error": None, "none": False}}
    if b"bad" in text:
{drill}
    else:
        write(OK, text)
"""
PROGRAM = """#!/bin/sh
page=$(cat)
case $page in *bad*)
{drill}
esac
printf %s "${{page#*<p>}}"
"""
TEMPLATES = {"py": ADAPTER, "host": HOST, "cmd": PROGRAM}


@dataclass(frozen=True)
class Drill:
    """What an adapter does on the bad page, and what its row may say."""

    code: str
    """Python of an adapter or a host, or shell of a program; a name in `drills/` is that whole file."""
    outcomes: tuple[str, ...]
    said: str = ""
    needs: str = ""
    """Mechanism without which it is not contained: files, network or signals."""
    batch: str = "ends"
    """Which run it takes part in; `alone` is one of its own."""
    kind: str = "py"
    """py, host or cmd."""
    text: str | None = None
    """Text of the bad page where it is not the page's own."""


SECONDS = {"hangs": 1.0}
"""Time limit for a page, batch by batch, where it is not that of everyone."""
PATIENCE = 20.0
"""Time limit for a page where nobody hangs: a loaded machine is no fault."""
DRILLS = {
    "spin in C, deaf to SIGTERM": Drill(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); re.match(r'(a+)+$', 'a' * 60 + 'b')",
        ("timeout",),
        batch="hangs",
    ),
    "sleep for ever": Drill(
        "time.sleep(3600)", ("timeout",), "no answer within 1 s (so did a fresh worker)", batch="hangs"
    ),
    "spin in threads": Drill(
        "import hashlib\n"
        "def spin():\n    while True: hashlib.sha256(bytes(10_000_000))\n"
        "for _ in range(4): threading.Thread(target=spin).start()\n"
        "time.sleep(60)",
        ("timeout",),
        batch="hangs",
    ),
    "segmentation fault": Drill("ctypes.string_at(0)", ("crash",), "killed by SIGSEGV"),
    "abort": Drill("os.abort()", ("crash",), "killed by SIGABRT"),
    "exit 0 in the middle of a page": Drill("os._exit(0)", ("crash",), "exited with status 0"),
    "sys.exit": Drill("sys.exit(0)", ("error",), "SystemExit"),
    "kill itself": Drill("os.kill(os.getpid(), signal.SIGKILL)", ("crash",), "killed by SIGKILL"),
    "stop itself": Drill("os.kill(os.getpid(), signal.SIGSTOP)", ("timeout",), batch="hangs"),
    "eat all memory": Drill("hoard = [bytearray(1 << 20) for _ in range(1 << 20)]", ("oom",), "MemoryError"),
    "eat all memory in C": Drill("return 'x' * (1 << 40)", ("oom",), "MemoryError"),
    "answer 1 GB": Drill("return 'x' * (1 << 30)", ("oom",), "MemoryError"),
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
    "raise an error that is no text": Drill("raise ValueError('\\ud800')", ("error",), "ValueError"),
    "recurse": Drill("def f(): f()\nf()", ("error",), "RecursionError"),
    "recurse without a limit": Drill(
        "sys.setrecursionlimit(10**8)\ndef f(): f()\nf()", ("crash", "oom", "error", "timeout")
    ),
    "recurse in C": Drill(
        "sys.setrecursionlimit(10**8)\nnest = []\nfor _ in range(10**6): nest = [nest]\nrepr(nest)",
        ("crash", "oom"),
    ),
    "write garbage into the answers": Drill("os.write(4, b'x' * 100)", ("error",), "broken answer"),
    "answer twice": Drill("answer_twice.py", ("ok",)),
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
    "close its answers and live on": Drill("os.close(4); time.sleep(60)", ("crash", "timeout"), batch="hangs"),
    "close everything": Drill("os.closerange(0, 100); time.sleep(60)", ("crash", "timeout"), batch="hangs"),
    "close its requests": Drill("os.close(3)", ("ok",)),
    "leave a grandchild behind": Drill("detached()", ("ok",)),
    "leave a grandchild that takes the next request": Drill(
        "if os.fork() == 0:\n    os.setsid()\n    while os.read(3, 1 << 16): pass\n    os._exit(0)",
        ("ok",),
        batch="hangs",
    ),
    "die and leave a grandchild with the pipes": Drill("detached()\nctypes.string_at(0)", ("crash",), "SIGSEGV"),
    "fork many": Drill(
        "for _ in range(50):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(60); os._exit(0)", ("ok",)
    ),
    "flee from fork to fork": Drill(
        "end = time.monotonic() + 20\n"
        "for _ in range(5):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        while time.monotonic() < end:\n"
        "            if os.fork(): os._exit(0)\n"
        "        os._exit(0)",
        ("ok",),
    ),
    "fork and answer twice": Drill("os.fork()", ("ok",)),
    "fill its scratch folder and lock it": Drill(
        "os.makedirs('a/b/c'); open('a/b/c/file', 'w').write('x'); os.mkdir('a/locked', 0)\n"
        "for folder in ('a/b/c', 'a/b', 'a', '.'): os.chmod(folder, 0)",
        ("ok",),
        batch="alone",
    ),
    "lock a folder with a link to a file of the user's in it": Drill(
        "os.mkdir('a'); os.symlink('HOME/.profile', 'a/link'); os.chmod('a', 0o500)", ("ok",), batch="alone"
    ),
    "nest folders a thousand deep": Drill("for _ in range(1500): os.mkdir('d'); os.chdir('d')", ("ok",)),
    "nest folders deeper than a path is long": Drill(
        "for _ in range(3000): os.mkdir('d'); os.chdir('d')", ("ok",), batch="alone"
    ),
    "remove its scratch folder": Drill("os.rmdir(os.getcwd())", ("ok", "error")),
    "write a file that is too large": Drill(
        "file = os.open('big', os.O_CREAT | os.O_WRONLY)\n"
        "os.pwrite(file, b'x', (256 << 20) - 1)\n"
        "os.pwrite(file, b'x', 256 << 20)",
        ("error",),
        "File too large",
    ),
    "open a socket": Drill(
        "socket.socket().connect(('127.0.0.1', PORT))", ("error",), "PermissionError", "network", "reach"
    ),
    "resolve a name": Drill("socket.getaddrinfo('boilerbench.example', 80)", ("error",), "", "network", "reach"),
    "open a socket in a child": Drill(
        "import sys\ncode = 'import socket; socket.socket().connect((\"127.0.0.1\", PORT))'\n"
        "subprocess.run([sys.executable, '-c', code], check=True, stderr=subprocess.DEVNULL)",
        ("error",),
        "CalledProcessError",
        "network",
        "reach",
    ),
    "write into the user's home": Drill(
        "open('HOME/.profile', 'w').write('x')", ("error",), "PermissionError", "files", "reach"
    ),
    "make, move and remove files in the user's home": Drill(
        "tries = [\n"
        "    lambda: open('HOME/new', 'x'), lambda: os.mkdir('HOME/folder'), lambda: os.unlink('HOME/.profile'),\n"
        "    lambda: os.rename('HOME/.profile', 'HOME/other'), lambda: os.truncate('HOME/.profile', 0),\n"
        "    lambda: os.symlink('x', 'HOME/link'), lambda: os.link('HOME/.profile', 'HOME/hard'),\n"
        "    lambda: os.rename('HOME/.profile', 'mine'), lambda: os.link('HOME/.profile', 'mine'),\n"
        "]\n"
        "for one in tries:\n"
        "    try: one()\n"
        "    except OSError: pass",
        ("ok",),
        "",
        "files",
        "reach",
    ),
    "change modes and times in the user's home": Drill(
        "for one in (lambda: os.chmod('HOME/.profile', 0o777), lambda: os.utime('HOME/.profile', (1, 1))):\n"
        "    try: one()\n"
        "    except OSError: pass",
        ("ok",),
        "",
        "files",
        "reach",
    ),
    "read the golds": Drill(
        "return open(HERE + '/pages/p001.txt').read()", ("error",), "PermissionError", "files", "reach"
    ),
    "list the golds": Drill("return str(os.listdir(HERE + '/pages'))", ("error",), "PermissionError", "files", "reach"),
    "read the bundled golds": Drill(
        "return open('GOLDENS/003.txt').read()", ("error",), "PermissionError", "files", "reach"
    ),
    "read what others answered": Drill(
        "return open(HERE + '/run/manifest.json').read()", ("error",), "PermissionError", "files", "reach"
    ),
    "kill its guardian": Drill(
        "os.kill(os.getppid(), signal.SIGKILL)", ("error",), "PermissionError", "signals", "reach"
    ),
    "kill, limit and read guardian and runner, signal everything else": Drill(
        "reach_for_kin.py", ("ok",), "", "signals", "reach"
    ),
    "limit its guardian": Drill(
        "resource.prlimit(os.getppid(), resource.RLIMIT_DATA, (1, 1))",
        ("error",),
        "PermissionError",
        "network",
        "reach",
    ),
    "trace its guardian": Drill("open('/proc/%d/mem' % os.getppid(), 'rb').read(1)", ("error",), "", "files", "reach"),
}
"""What a Python adapter does on the bad page."""


def host(code: str, said: str, outcomes: tuple[str, ...] = ("error", "crash"), batch: str = "protocol") -> Drill:
    return Drill(code, outcomes, said, "", batch, "host")


HOSTS = {
    "an answer to another page": host("write({**OK, 'request': 7777777}, text)", "answered another request"),
    "text that is not UTF-8": host("write(OK, b'caf\\xe9')", "byte 3 of 4 is not UTF-8"),
    "an outcome nobody knows": host("write({**OK, 'outcome': 'fine'}, text)", "outcome 'fine'"),
    "an outcome that is a list": host("write({**OK, 'outcome': ['ok']}, text)", "outcome ['ok']"),
    "an error without a message": host("write({**OK, 'outcome': 'error'}, text)", "outcome 'error'"),
    "nothing that was promised": host("write({'request': OK['request']}, text)", "outcome None"),
    "more than is taken": host("write(OK, b'', 1 << 30)", "at most 67108864 are taken"),
    "1 GB, as promised": host(
        "write(OK, b'', 1 << 30)\nfor _ in range(1 << 10): os.write(4, bytes(1 << 20))", "at most 67108864 are taken"
    ),
    "a size that is no number": host("write(OK, b'', 'many')", "answer of many bytes"),
    "a size below nothing": host("write(OK, b'', -1)", "answer of -1 bytes"),
    "a header that is not JSON": host("os.write(4, struct.pack('>I', 3) + b'abc')", "header is not JSON"),
    "a header that is not UTF-8": host("frame(b'{\"caf\\xe9\": 1}')", "header is not JSON"),
    "a header that is a list": host("os.write(4, struct.pack('>I', 2) + b'[]')", "header is not a JSON object"),
    "a header without an end": host("os.write(4, struct.pack('>I', 1 << 31))", "header of 2147483648 bytes"),
    "a header that is nested without an end": host(
        "frame(b'{\"a\":' + b'[' * 200_000)", "broken answer", batch="alone"
    ),
    "an error that is no text": host("write({**OK, 'outcome': 'error', 'error': '\\ud800', 'none': True})", ""),
    "costs beyond all measure": host("write({**OK, 'wall_ns': 10**30, 'cpu_ns': -5}, text)", "", ("ok",), "alone"),
    "the same twice": host("write(OK, text); write(OK, text)", "", ("ok",)),
    "the next page's answer, in the middle of the next page": host(
        "write(OK, text); time.sleep(0.1); write({**OK, 'request': OK['request'] + 1}, b'forged')", "", ("ok",)
    ),
}
"""What a host answers to the bad page."""


def program(code: str, outcomes: tuple[str, ...], said: str = "", batch: str = "protocol", **more: Any) -> Drill:
    return Drill(code, outcomes, said, "", batch, "cmd", **more)


PROGRAMS = {
    "print what is not UTF-8": program("printf 'caf\\351'; exit", ("ok",), text="caf\ufffd"),
    "print 100 MB for an answer": program("exec head -c 100000000 /dev/zero", ("error",), "at most 67108864 are taken"),
    "complain for 100 MB": program("head -c 100000000 /dev/zero >&2", ("ok",)),
    "end with a status": program("echo 'no such page' >&2; exit 3", ("error",), "exit status 3: no such page"),
    "die of a signal": program("kill -SEGV $$", ("error",), "exit status -11"),
    "kill its host": program("kill -KILL $PPID; sleep 60", ("crash",), "killed by SIGKILL"),
    "sleep on": program("sleep 60", ("timeout",), batch="hangs"),
    "end and leave the pipe to a daemon": program("setsid sleep 60 & exit", ("timeout",), batch="hangs"),
    "end and leave a daemon without it": program("setsid sleep 60 >/dev/null 2>&1 &", ("ok",)),
}
"""What a program does that is started for the bad page."""
FAULTS = {**DRILLS, **HOSTS, **PROGRAMS}


def slug(name: str) -> str:
    """The name of a drill as that of its adapter."""
    return re.sub(r"\W+", "-", name).strip("-").lower()


def run_of(name: str) -> str:
    """The batch that a drill takes part in."""
    return name if FAULTS[name].batch == "alone" else FAULTS[name].batch


def held_in(batch: str) -> list[str]:
    """The drills of a batch."""
    return [name for name in FAULTS if run_of(name) == batch]


BATCHES = sorted({run_of(name) for name in FAULTS})


def has(mechanism: str) -> bool:
    """Whether this machine has what contains a drill."""
    found = confinement.probe()
    return {
        "": True,
        "network": found.network is not None,
        "files": found.files is not None,
        "signals": (found.files or 0) >= 6,
    }[mechanism]


def need(mechanism: str) -> None:
    """Skip the test where the machine lacks a mechanism; where machines are made for testing, that is a failure."""
    if not has(mechanism):
        missing = f"{mechanism}: {dict(confinement.probe().reasons) or 'Landlock is too old'}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)


def running(folder: Path) -> list[str]:
    """Command lines of all processes that name a folder or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            here = (process / "cwd").readlink()
        except OSError:  # it has ended meanwhile
            continue
        if int(process.name) != os.getpid() and (f"{folder}/" in line or here.is_relative_to(folder)):
            found.append(line)
    return found


def still_running(folder: Path, seconds: float = 10) -> list[str]:
    """The same, once they have had time to end."""
    deadline = time.monotonic() + seconds
    while (left := running(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def as_a_user() -> Sequence[str]:
    """What to put before a command so that the permissions of files hold for it, as far as that can be had."""
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return ()
    return () if subprocess.run([*drop, "true"], check=False, capture_output=True).returncode else drop


def rows_of(run: Path, adapter: str) -> list[dict[str, Any]]:
    """All rows of an adapter."""
    parts = sorted((run / "extractions" / quote(adapter, safe="@=+")).glob("part-?????.jsonl"))
    return [json.loads(line) for part in parts for line in part.read_text("utf-8", "surrogatepass").splitlines()]


def costs_of(run: Path, adapter: str) -> dict[str, dict[str, float]]:
    """Page -> metric -> value, of an adapter."""
    found: dict[str, dict[str, float]] = {}
    for part in (run / "extractions" / quote(adapter, safe="@=+")).glob("*.costs.jsonl"):
        for row in map(json.loads, part.read_text("utf-8").splitlines()):
            found.setdefault(row["page_id"], {})[row["metric"]] = row["value"]
    return found


@dataclass(frozen=True)
class Aftermath:
    """What a run full of faults has left."""

    status: int
    err: str
    left: list[str]
    """Command lines of processes that are still there."""
    litter: list[str]
    """Files of workers and half-written ones that are still there."""
    connected: bool
    """Whether somebody has reached the port that was open meanwhile."""


Find = Callable[[str], tuple[Path, Aftermath]]


def bring(folder: Path, name: str) -> str:
    """Write the adapter of a drill into a folder; what to type for it."""
    drill = FAULTS[name]
    file = folder / f"{slug(name)}{'.py' if drill.kind == 'py' else ''}"
    if drill.code.endswith(".py"):
        shutil.copy(LONG / drill.code, file)
        return f"./{file.name}"
    code = drill.code.replace("HOME", str(home_of(folder, name))).replace("GOLDENS", str(ROOT / "goldens"))
    python = os.path.realpath(sys.executable)
    file.write_text(TEMPLATES[drill.kind].format(drill=indent(code, " " * 8), python=python), encoding="utf-8")
    file.chmod(0o755)
    return f"./{file.name}" if drill.kind == "py" else f"{drill.kind}:./{file.name}"


def home_of(folder: Path, name: str) -> Path:
    """A home for each drill, so that it is known whose fault it is when something happens there."""
    home = folder / "home" / slug(name)
    if not home.exists():
        home.mkdir(parents=True)
        (home / ".profile").write_text("the user's own", encoding="utf-8")
        (home / ".profile").chmod(0o600)
        os.utime(home / ".profile", (10**9, 10**9))
    return home


def hold(folder: Path, batch: str) -> Aftermath:
    """Run the real command with all drills of a batch that this machine can contain."""
    write_pairs(folder / "pages", CORPUS)
    names = [name for name in held_in(batch) if has(FAULTS[name].needs)]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        rivals = [word for name in names for word in ("--adapter", bring(folder, name))]
        for file in folder.glob("*.py"):
            file.write_text(file.read_text("utf-8").replace("PORT", str(server.getsockname()[1])), encoding="utf-8")
        options = ["--timeout", str(SECONDS.get(batch, PATIENCE)), "--scorer", "exact", "--speed-seconds", "0"]
        runner = subprocess.Popen(
            [*as_a_user(), str(COMMAND), "run", "--corpus", "./pages", *rivals, *options, "--out", "run"],
            cwd=folder,
            env={**settings_of_nobody(folder / "cache"), "HOME": str(folder / "home")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _, err = runner.communicate(timeout=240)
        except subprocess.TimeoutExpired:
            runner.kill()
            _, err = runner.communicate()
        left = still_running(folder)
        litter = [file.name for file in (folder / "run").glob(".boilerbench-*")]
        sweep(folder / "run")
        try:
            server.accept()
            connected = True
        except BlockingIOError:
            connected = False
    return Aftermath(runner.returncode, err, left, litter, connected)


def sweep(run: Path) -> None:
    """Remove what should not be there any more: a tree that is too deep for Python would stop every later pytest."""
    for place in map(str, run.glob(".boilerbench-*")):
        subprocess.run(["chmod", "-R", "u+rwx", place], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", place], check=False, capture_output=True)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[Path]:
    """A folder that all processes of this test session share, with nobody else at work in it."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run is kept that many tests look at, so that it is made once although tests run side by side."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture
def after(shared: Path) -> Find:
    """The folder of a batch, which is run when it is first asked for, and what it has left."""

    def find(batch: str) -> tuple[Path, Aftermath]:
        with alone_in(shared / f"drills-{slug(batch)}") as folder:
            told = folder / "aftermath.json"
            if not told.exists():
                told.write_text(json.dumps(asdict(hold(folder, batch))), encoding="utf-8")
            return folder, Aftermath(**json.loads(told.read_bytes()))

    return find


@pytest.mark.parametrize("batch", BATCHES)
def test_a_run_with_a_fault_of_each_adapter_ends_with_0_and_leaves_no_process_no_file_and_no_connection(
    batch: str, after: Find
) -> None:
    needs = [FAULTS[name].needs for name in held_in(batch)]
    if not any(map(has, needs)):
        need(needs[0])
    _, found = after(batch)
    assert "Traceback" not in found.err, found.err[-2000:]
    assert found.status == 0, found.err[-2000:]
    assert found.left == []
    assert found.litter == []
    assert not found.connected


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_costs_the_row_it_happened_on_and_leaves_nothing_behind(name: str, after: Find) -> None:
    drill = FAULTS[name]
    need(drill.needs)
    folder, found = after(run_of(name))
    adapter = slug(name) if drill.kind == "py" else f"{drill.kind}:{slug(name)}"
    rows = rows_of(folder / "run", adapter)
    assert [row["page_id"] for row in rows] == list(CORPUS), found.err[-2000:]
    bad = rows.pop(list(CORPUS).index(BAD))
    assert {row["outcome"] for row in rows} == {"ok"}, rows
    assert [row["text"] for row in rows] == [text for page, text in TEXTS.items() if page != BAD]
    assert bad["outcome"] in drill.outcomes, bad
    assert drill.said in (bad["error"] or "")
    if bad["outcome"] == "ok":
        assert bad["text"] == (drill.text or TEXTS[BAD])
    assert not [line for line in found.left if slug(name) in line]
    home = home_of(folder, name)
    profile = (home / ".profile").stat()
    assert [file.name for file in home.iterdir()] == [".profile"]
    assert (home / ".profile").read_text(encoding="utf-8") == "the user's own"
    assert (oct(profile.st_mode), profile.st_mtime) == (oct(0o100600), 10**9)


def test_no_cost_is_taken_that_is_no_amount(after: Find) -> None:
    name = "costs beyond all measure"
    noted = costs_of(after(name)[0] / "run", f"host:{slug(name)}")
    assert [value for page in noted.values() for value in page.values() if not 0 <= value < 1 << 63] == []


def test_a_host_whose_version_is_no_text_ends_no_run(tmp_path: Path, boilerbench: Boilerbench) -> None:
    write_pairs(tmp_path / "pages", CORPUS)
    code = HOST.format(python=os.path.realpath(sys.executable), drill="        write(OK, text)")
    (tmp_path / "host").write_text(code.replace('"version": None', r'"version": "\ud800"'), encoding="utf-8")
    (tmp_path / "host").chmod(0o755)
    rivals = ("--adapter", "host:./host", "--adapter", "nothing")
    assert boilerbench("extract", "--corpus", "./pages", *rivals, "--out", "run").status == 0
    assert [row["page_id"] for row in rows_of(tmp_path / "run", "nothing")] == list(CORPUS)


def test_an_adapter_that_fails_on_every_page_ends_the_run_with_3_and_every_row_is_there(
    tmp_path: Path, boilerbench: Boilerbench
) -> None:
    write_pairs(tmp_path / "pages", CORPUS)
    (tmp_path / "rival.py").write_text("import os\ndef extract(page): os._exit(3)", encoding="utf-8")
    rivals = ("--adapter", "./rival.py", "--adapter", "nothing")
    done = boilerbench(
        "run", "--corpus", "./pages", *rivals, "--scorer", "exact", "--speed-seconds", "0", "--out", "run"
    )
    assert done.status == 3
    assert [row["error"] for row in rows_of(tmp_path / "run", "rival")] == [
        "exited with status 3 (so did a fresh worker)"
    ] * PAGES


# what a worker is given, allowed and charged ------------------------------------------------------------------

SERVED = "    return page.text.partition('<p>')[2]\n"
BURN = "import time\\nwhile time.process_time() < 0.2: pass"
RIVALS = {
    "counted": "import os\n"
    "LOG = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'log')\n"
    "def extract(page):\n"
    "    with open(LOG, 'ab') as log: log.write(page.html + b'\\n')\n"
    "    if b'bad' in page.html: os._exit(3)\n" + SERVED,
    "doomed": "import os\nseen = []\n"
    "def extract(page):\n"
    "    if any(b'bad' in html for html in seen): os._exit(9)\n"
    "    seen.append(page.html)\n" + SERVED,
    "lasting": "import os\ndef extract(page): return str(os.getpid())",
    "fresh": "# /// script\n# [tool.boilerbench]\n# fresh = true\n# ///\n"
    "import os\ndef extract(page): return str(os.getpid())",
    "small": "# /// script\n# [tool.boilerbench]\n# memory_bytes = 150_000_000\n# ///\n"
    "def extract(page): return str(len(bytearray(250_000_000)))",
    "large": "# /// script\n# [tool.boilerbench]\n# memory_bytes = 350_000_000\n# ///\n"
    "def extract(page): return str(len(bytearray(250_000_000)))",
    "costly": "import subprocess, sys, time\ntime.sleep(0.05)\n"
    "def extract(page):\n"
    "    if b'bad' in page.html:\n"
    f"        subprocess.run([sys.executable, '-c', '{BURN}'], check=True)\n"
    "        weight = b'x' * 100_000_000\n" + SERVED,
}
"""Adapters that take part in one run without Landlock, since one of them keeps a log."""


@pytest.fixture
def served(shared: Path) -> Path:
    """The folder in which all of RIVALS have run."""
    with alone_in(shared / "served") as folder:
        if not (folder / "pages").exists():
            write_pairs(folder / "pages", CORPUS)
            for name, source in RIVALS.items():
                (folder / f"{name}.py").write_text(source, encoding="utf-8")
            rivals = [word for name in RIVALS for word in ("--adapter", f"./{name}.py")]
            subprocess.run(
                [str(COMMAND), "extract", "--corpus", "./pages", *rivals, "--timeout", str(PATIENCE), "--out", "run"],
                cwd=folder,
                env={**settings_of_nobody(folder / "cache"), confinement.WITHOUT: "landlock"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
            )
        return folder


def test_a_page_that_kills_a_fresh_worker_too_is_marked_and_not_given_a_third_time(served: Path) -> None:
    rows = {row["page_id"]: row for row in rows_of(served / "run", "counted")}
    costs = costs_of(served / "run", "counted")
    assert rows[BAD]["outcome"] == "crash"
    assert rows[BAD]["error"] == "exited with status 3 (so did a fresh worker)"
    assert {page: noted.get("cost.attempts") for page, noted in costs.items()} == {
        page: 2 if page == BAD else None for page in CORPUS
    }
    given = (served / "log").read_bytes().splitlines()
    assert [given.count(html) for html in CORPUS.values()] == [2 if page == BAD else 1 for page in CORPUS]


def test_a_page_that_meets_a_dying_worker_is_saved_by_the_next_one(served: Path) -> None:
    rows = {row["page_id"]: row for row in rows_of(served / "run", "doomed")}
    assert {page: row["text"] for page, row in rows.items()} == TEXTS
    assert {row["error"] for row in rows.values()} == {None}
    attempts = {page: noted.get("cost.attempts") for page, noted in costs_of(served / "run", "doomed").items()}
    assert attempts == {"p000": None, BAD: None, "p002": 2, "p003": None}


def test_each_page_has_a_process_of_its_own_where_the_adapter_asks_for_it(served: Path) -> None:
    processes = {name: {row["text"] for row in rows_of(served / "run", name)} for name in ("lasting", "fresh")}
    assert [len(found) for found in processes.values()] == [1, PAGES]


def test_starting_is_noted_on_the_first_page_of_each_worker_and_on_no_other(served: Path) -> None:
    first = {
        name: [page for page, noted in sorted(costs_of(served / "run", name).items()) if "cost.start_ns" in noted]
        for name in ("lasting", "fresh", "doomed")
    }
    assert first == {"lasting": ["p000"], "fresh": list(CORPUS), "doomed": ["p000", "p002"]}
    start = costs_of(served / "run", "costly")["p000"]
    assert 50_000_000 <= start["cost.import_ns"] <= start["cost.start_ns"]


def test_the_memory_limit_is_that_of_the_adapter(served: Path) -> None:
    outcomes = {name: {row["outcome"] for row in rows_of(served / "run", name)} for name in ("small", "large")}
    assert outcomes == {"small": {"oom"}, "large": {"ok"}}


def test_costs_are_those_of_one_page_with_the_children_it_waited_for(served: Path) -> None:
    costs = costs_of(served / "run", "costly")
    assert list(costs) == list(CORPUS)
    assert min(noted["cost.wall_ns"] for noted in costs.values()) > 0
    assert costs[BAD]["cost.cpu_ns"] >= 150_000_000
    assert max(costs[page]["cost.cpu_ns"] for page in CORPUS if page != BAD) < 150_000_000
    peaks = {page: noted["cost.peak_rss_bytes"] for page, noted in costs.items()}
    assert peaks[BAD] > peaks["p000"] + 90_000_000
    assert peaks["p002"] < peaks[BAD] - 50_000_000, "the peak of one page was charged to the next"


# how soon ----------------------------------------------------------------------------------------------------


def taken_by(folder: Path, drill: str, timeout_s: float) -> tuple[str, float]:
    """How a page ends that is given once, and the seconds until it does."""
    (folder / "rival.py").write_text(ADAPTER.format(drill=indent(drill, " " * 8)), encoding="utf-8")
    declaration = declared(folder / "rival.py")[0]
    environment = build(declaration, folder / "environments")
    with Worker(declaration, environment, timeout_s, folder / "scratch", attempts=1) as worker:
        worker.start()
        begun = time.monotonic()
        row = worker.extract(Page("p", "c", b"<p>bad")).extraction
        return row.outcome, time.monotonic() - begun


def test_a_crash_is_seen_at_once_although_a_grandchild_holds_the_pipes(tmp_path: Path) -> None:
    outcome, seconds = taken_by(tmp_path, "detached()\nctypes.string_at(0)", timeout_s=60)
    assert outcome == "crash"
    assert seconds < 20


def test_a_worker_that_closes_its_answers_and_lives_on_gets_no_more_time_than_one_that_hangs(tmp_path: Path) -> None:
    outcome, seconds = taken_by(tmp_path, "os.close(4); time.sleep(60)", timeout_s=1)
    assert outcome in ("crash", "timeout")
    assert seconds < 6


# the runner --------------------------------------------------------------------------------------------------

LINGER = ADAPTER.format(drill="        detached()\n        open('started', 'w').close()\n        time.sleep(60)")


def test_a_killed_runner_takes_workers_guardians_runaways_and_scratch_with_it(tmp_path: Path) -> None:
    write_pairs(tmp_path / "pages", CORPUS)
    (tmp_path / "rival.py").write_text(LINGER, encoding="utf-8")
    runner = subprocess.Popen(
        [str(COMMAND), "extract", "--corpus", "./pages", "--adapter", "./rival.py", "--out", "run"],
        cwd=tmp_path,
        env=settings_of_nobody(tmp_path / "cache"),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("run/.boilerbench-scratch/*/started")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(running(tmp_path)) >= 4  # runner, guardian, worker and the one that fled
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    assert still_running(tmp_path, 30) == []
    assert list((tmp_path / "run" / ".boilerbench-scratch").iterdir()) == []
