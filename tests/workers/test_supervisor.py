"""Claims about what happens to a page when its adapter misbehaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmark.records import OUTCOMES, Page
from benchmark.workers.environments import build
from benchmark.workers.resolution import declared
from benchmark.workers.supervisor import AHEAD, AHEAD_BYTES, Answer, Stopped, Worker

Start = Callable[..., Worker]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def make(body: str, timeout_s: float = 20, stop: threading.Event | None = None) -> Worker:
        file = tmp_path / "rival.py"
        file.write_text(body, encoding="utf-8")
        declaration = declared(file)[0]
        return Worker(declaration, build(declaration, tmp_path / "envs"), timeout_s, tmp_path / "scratch", stop)

    return make


def page(html: bytes = b"<p>hello") -> Page:
    return Page("secret-id", "seeds", html)


def one(start: Start, body: str, timeout_s: float = 20) -> Answer:
    with start(body, timeout_s) as worker:
        return worker.extract(page())


def test_an_answer_comes_back_with_its_costs(start: Start) -> None:
    answer = one(start, "def extract(page): return page.html.decode() + ' wörld'")
    assert (answer.extraction.outcome, answer.extraction.text) == ("ok", "<p>hello wörld")
    assert answer.costs["cost.wall_ns"] > 0
    assert answer.costs["cost.peak_rss_bytes"] > 1_000_000


def test_the_worker_is_told_bytes_address_and_charset_and_nothing_else(start: Start) -> None:
    body = "def extract(page): return repr(sorted(k for k in dir(page) if k[0] != '_')) + repr(vars(page))"
    with start(body) as worker:
        told = worker.extract(
            Page("secret-id", "seeds", b"x", "http://a.example/", "utf-8", {"language": "fr"})
        ).extraction
    assert told.text is not None
    assert told.text.startswith("['charset', 'decode_ns', 'given', 'html', 'text', 'url']")
    assert "secret-id" not in told.text
    assert "fr" not in told.text


def test_text_is_decoded_by_the_declared_charset(start: Start) -> None:
    with start("def extract(page): return page.text") as worker:
        answer = worker.extract(Page("p", "c", "прив".encode("cp1251"), charset="windows-1251"))
    assert answer.extraction.text == "прив"
    assert answer.costs["cost.decode_ns"] > 0


@pytest.mark.parametrize(
    ("body", "outcome", "message"),
    [
        ("def extract(page): return None", "empty", None),
        ("def extract(page): return ' \\n'", "empty", None),
        ("def extract(page): return b'bytes'", "error", "TypeError: extract() returned bytes, not str or None"),
        ("def extract(page): raise ValueError('no\\nway')", "error", "ValueError: no way"),
        ("def extract(page): raise SystemExit(0)", "error", "SystemExit: 0"),
        ("def extract(page): raise BaseException('odd')", "error", "BaseException: odd"),
        ("import os\ndef extract(page): os._exit(0)", "crash", "exited with status 0"),
        (
            "import os\ndef extract(page): print('last words', flush=True); os._exit(7)",
            "crash",
            "exited with status 7: last words",
        ),
        ("import ctypes\ndef extract(page): ctypes.string_at(0)", "crash", "killed by SIGSEGV"),
        ("import os\ndef extract(page): os.abort()", "crash", "killed by SIGABRT"),
        ("def extract(page): return 'x' * (8 << 30)", "oom", "MemoryError: "),
        ("def extract(page):\n  def f(): f()\n  f()", "error", "RecursionError: "),
        ("def extract(page): return object()", "error", "TypeError: extract() returned object, not str or None"),
        ("def extract(page): raise ValueError(object())", "error", "ValueError: <object object at 0x…>"),
    ],
)
def test_every_way_to_end_is_a_row(start: Start, body: str, outcome: str, message: str | None) -> None:
    row = one(start, body).extraction
    assert row.outcome == outcome
    assert row.outcome in OUTCOMES
    assert row.error == message or (message is not None and str(row.error).startswith(message))
    assert row.page_id == "secret-id"


@pytest.mark.parametrize(
    "body",
    [
        "import time\ndef extract(page): time.sleep(60)",
        "import re\ndef extract(page): return str(re.match(r'(a+)+$', 'a' * 60 + 'b'))",
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ndef extract(page):\n  while True: pass",
    ],
)
def test_a_hang_is_killed_at_the_time_limit(start: Start, body: str) -> None:
    begun = time.monotonic()
    row = one(start, body, timeout_s=0.5).extraction
    assert (row.outcome, row.error) == ("timeout", "no answer within 0.5 s (so did a fresh worker)")
    assert time.monotonic() - begun < 10


def test_the_page_after_a_crash_gets_a_fresh_worker(start: Start) -> None:
    body = (
        "import os\nseen = []\ndef extract(page):\n  seen.append(1)\n"
        "  if page.html == b'bad': os._exit(1)\n  return str(len(seen))"
    )
    with start(body) as worker:
        outcomes = [worker.extract(page(html)).extraction for html in (b"a", b"b", b"bad", b"c")]
    assert [row.text for row in outcomes] == ["1", "2", None, "1"]
    assert outcomes[2].outcome == "crash"


SLOW_OR_BAD = """import os, time
def extract(page):
  time.sleep(0.01)
  if page.html.startswith(b'die'): os._exit(1)
  if page.html.startswith(b'hang'): time.sleep(60)
  if page.html.startswith(b'raise'): raise ValueError('no')
  if page.html.startswith(b'print'): print('x' * 300_000, flush=True)
  return str(len(page.html))
"""


def test_pages_given_ahead_are_answered_in_order_and_each_for_itself_whatever_the_others_do(start: Start) -> None:
    kinds = [b"a", b"die", b"bb", b"hang", b"raise", b"print", b"ccc", b"die", b"", b"x" * (3 << 20), b"dddd"]
    htmls = [kind + b"." * (number % 7) for number, kind in enumerate(kinds * 2)]
    given = [Page(str(number), "seeds", html) for number, html in enumerate(htmls)]
    with start(SLOW_OR_BAD, 0.4) as worker:
        rows = [answer.extraction for answer in worker.extract_all(iter(given))]
    assert [row.page_id for row in rows] == [page.id for page in given]
    wanted = {b"die": "crash", b"han": "timeout", b"rai": "error"}
    assert [row.outcome for row in rows] == [wanted.get(page.html[:3], "ok") for page in given]
    assert all(row.text == str(len(page.html)) for row, page in zip(rows, given, strict=True) if row.outcome == "ok")


def test_pages_that_are_given_up_midway_are_not_answered_in_the_place_of_others(start: Start) -> None:
    given = [Page(str(number), "seeds", f"page {number}".encode()) for number in range(5)]
    with start("def extract(page): return page.html.decode()") as worker:
        for answer in worker.extract_all(given):
            assert answer.extraction.text == "page 0"
            break
        assert worker.extract(Page("new", "seeds", b"new")).extraction.text == "new"


def test_no_page_is_drawn_long_before_its_turn(start: Start) -> None:
    drawn: list[int] = []

    def source(size: int) -> Iterator[Page]:
        for number in range(40):
            drawn.append(number)
            yield Page(str(number), "seeds", b"x" * size)

    with start("def extract(page): return 'x'") as worker:
        for size, most in ((10, AHEAD), (AHEAD_BYTES, 1)):
            drawn.clear()
            lead = [len(drawn) - done for done, _ in enumerate(worker.extract_all(source(size)))]
            assert max(lead) == most


def test_a_time_limit_counts_from_the_page_before_and_not_from_when_a_page_was_given(start: Start) -> None:
    body = "import time\ndef extract(page):\n  time.sleep(0.3)\n  return 'x'"
    with start(body, 1.0) as worker:
        answers = list(worker.extract_all(page() for _ in range(10)))
    assert {answer.extraction.outcome for answer in answers} == {"ok"}


def test_what_a_competitor_prints_does_not_reach_the_answer_nor_block_it(start: Start) -> None:
    body = (
        "import sys\ndef extract(page):\n"
        "  for s in (sys.stdout, sys.stderr): s.write('noise' * 2_000_000); s.flush()\n  return 'clean'"
    )
    assert one(start, body).extraction.text == "clean"


def test_an_answer_beyond_the_limit_is_an_error_and_not_swallowed(start: Start) -> None:
    row = one(start, "def extract(page): return 'x' * (70 << 20)").extraction
    assert row.outcome == "error"
    assert "answer of 73400320 bytes" in str(row.error)


def test_half_a_surrogate_pair_becomes_the_replacement_character(start: Start) -> None:
    assert one(start, "def extract(page): return 'a\\ud800b'").extraction.text == "a\ufffd\ufffd\ufffdb"


def test_a_page_of_20_megabytes_passes_through(start: Start) -> None:
    with start("def extract(page): return str(len(page.html))") as worker:
        assert worker.extract(page(b"x" * (20 << 20))).extraction.text == str(20 << 20)


def test_an_adapter_that_cannot_be_imported_gives_error_rows(start: Start) -> None:
    row = one(start, "import no_such_module\ndef extract(page): return ''").extraction
    assert row.outcome == "error"
    assert "could not start: ModuleNotFoundError" in str(row.error)


def test_neither_the_users_packages_nor_a_stray_benchmark_folder_are_picked_up(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "benchmark").mkdir()
    (tmp_path / "benchmark" / "__init__.py").write_text("raise SystemExit('stray')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    body = (
        "import os, sys\ndef extract(page):\n"
        "  return page.text + repr([p for p in sys.path if 'workers' in p]) + str(len(os.environ))"
    )
    text = one(start, body).extraction.text
    assert text is not None
    assert text.startswith("<p>hello[]")
    assert int(text.removeprefix("<p>hello[]")) < 10


def test_a_run_that_is_given_up_stops_a_call_under_way(start: Start) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    with start("import time\ndef extract(page): time.sleep(60)", 50, stop) as worker, pytest.raises(Stopped):
        worker.extract(page())


def test_no_process_and_no_scratch_folder_is_left_behind(start: Start, tmp_path: Path) -> None:
    body = (
        "import os, subprocess\ndef extract(page):\n"
        "  p = subprocess.Popen(['sleep', '50']); return '%d %d' % (os.getpid(), p.pid)"
    )
    text = one(start, body).extraction.text
    assert text is not None
    for pid in map(int, text.split()):
        deadline = time.monotonic() + 5
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _runs(pid)
    assert list((tmp_path / "scratch").iterdir()) == []


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_hash_seed_is_fixed_so_that_sets_have_one_order(start: Start) -> None:
    body = "def extract(page): return ' '.join({'a', 'bb', 'ccc', 'dddd', 'eeeee'})"
    assert one(start, body).extraction.text == one(start, body).extraction.text
