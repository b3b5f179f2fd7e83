"""Timing real workers: what is counted, what is left out, in which order, and what the time box cuts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from benchmark import store
from benchmark.errors import EnvironmentFault, UsageError
from benchmark.records import Page
from benchmark.speed import growth, stage
from benchmark.speed.metrics import METRICS, scores
from benchmark.speed.timings import Measured
from benchmark.workers import environments
from benchmark.workers.declaration import Declaration
from benchmark.workers.environments import Environment
from benchmark.workers.resolution import declared
from benchmark.workers.supervisor import Greeting, Worker

Entrant = tuple[Declaration, Environment]

BURN = """
import os, time

def burn(ms):
    end = time.process_time() + ms / 1000
    while time.process_time() < end:
        pass

def work(times):
    total = 0
    for number in range(times):
        total += number * number
    return str(total)
"""


def page(number: int, html: bytes = b"<p>a page", corpus: str = "made") -> Page:
    return Page(f"p{number}", corpus, html)


class Kitchen:
    """Writes adapters and times them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reference = self.adapter("yardstick", "def extract(page):\n    burn(2)")

    def adapter(self, name: str, body: str) -> Entrant:
        """An adapter whose file has BURN before the body."""
        file = self.folder / f"{name}.py"
        file.write_text(BURN + body + "\n")
        declaration = declared(file)[0]
        return declaration, environments.build(declaration, self.folder / "environments")

    def measure(self, *entrants: Entrant, pages: Sequence[Page] = (), **options: object) -> Measured:
        """Three rounds over three pages with no box to speak of, unless told otherwise."""
        chosen = pages or [page(number) for number in range(3)]
        given = {"seconds": 600.0, "rounds": 3, "seed": 1, "timeout_s": 30.0, "reference": self.reference, **options}
        return stage.measure(lambda: iter(chosen), entrants, scratch=self.folder / "scratch", **given)  # type: ignore[arg-type]


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    return Kitchen(tmp_path)


def values(measured: Measured, metric: str, adapter: str) -> dict[str, float | None]:
    return {
        row.page_id: row.value for row in scores(measured) if (row.metric, row.adapter) == (f"speed.{metric}", adapter)
    }


def known(measured: Measured, metric: str, adapter: str) -> list[float]:
    return [value for value in values(measured, metric, adapter).values() if value is not None]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Adapter and page of every call, in order."""
    calls: list[tuple[str, str]] = []
    extract = Worker.extract

    def noted(self: Worker, given: Page) -> object:
        calls.append((self.declaration.name, given.id))
        return extract(self, given)

    monkeypatch.setattr(Worker, "extract", noted)
    return calls


def test_the_cpu_time_of_a_known_amount_is_found(kitchen: Kitchen) -> None:
    measured = kitchen.measure(kitchen.adapter("busy", "def extract(page):\n    burn(8)\n    return 'x'"))
    for found in known(measured, "cpu_ms", "busy"):
        assert 8 <= found < 12
    for found in known(measured, "ratio", "busy"):
        assert 3 < found < 6


def test_twice_the_work_has_twice_the_ratio(kitchen: Kitchen) -> None:
    once = kitchen.adapter("once", "def extract(page):\n    return work(60_000)")
    twice = kitchen.adapter("twice", "def extract(page):\n    return work(120_000)")
    measured = kitchen.measure(once, twice, reference=once, pages=[page(number) for number in range(6)], rounds=5)
    assert 0.7 < median(known(measured, "ratio", "once")) < 1.4
    assert 1.5 < median(known(measured, "ratio", "twice")) < 2.7


def test_an_adapter_that_sleeps_costs_wall_time_but_no_cpu_time(kitchen: Kitchen) -> None:
    measured = kitchen.measure(kitchen.adapter("sleepy", "def extract(page):\n    time.sleep(0.05)\n    return 'x'"))
    assert min(known(measured, "wall_ms", "sleepy")) >= 50
    assert max(known(measured, "cpu_ms", "sleepy")) < 10
    assert min(known(measured, "wall_over_cpu", "sleepy")) > 5


def test_the_cpu_time_of_children_counts(kitchen: Kitchen) -> None:
    forks = kitchen.adapter(
        "forks",
        "def extract(page):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        burn(30)\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "    return 'x'",
    )
    assert min(known(kitchen.measure(forks, rounds=1), "cpu_ms", "forks")) >= 30


@pytest.mark.parametrize("failure", ["raise ValueError('no')", "os._exit(3)", "time.sleep(30)"])
def test_a_page_that_fails_is_counted_and_has_no_timing(kitchen: Kitchen, failure: str) -> None:
    picky = kitchen.adapter(
        "picky", f"def extract(page):\n    if b'bad' in page.html:\n        {failure}\n    burn(1)\n    return 'x'"
    )
    pages = [page(0), page(1, b"<p>bad"), page(2)]
    measured = kitchen.measure(picky, pages=pages, timeout_s=2.0, rounds=2)
    assert values(measured, "failed", "picky") == {"p0": 0, "p1": 1, "p2": 0}
    for metric in ("ratio", "cpu_ms", "wall_ms", "mb_per_s", "cpu_s", "page_mb", "peak_rss_mb"):
        found = values(measured, metric, "picky")
        assert found["p1"] is None
        assert found["p0"] is not None
        assert found["p2"] is not None


def test_a_page_that_failed_is_not_tried_again(kitchen: Kitchen, asked: list[tuple[str, str]]) -> None:
    picky = kitchen.adapter("picky", "def extract(page):\n    if b'bad' in page.html:\n        raise ValueError")
    kitchen.measure(picky, pages=[page(0), page(1, b"<p>bad"), page(2)])
    assert asked.count(("picky", "p1")) == 1


def test_each_sitting_has_fresh_workers_that_are_warmed_up_before_they_count(
    kitchen: Kitchen, asked: list[tuple[str, str]]
) -> None:
    body = (
        "calls = []\ndef extract(page):\n    burn(3)\n    calls.append(page.url)\n    assert calls.count(page.url) < 5"
    )
    tired = kitchen.adapter("tired", body)
    pages = [replace(page(number), url=f"u{number}") for number in (1, 2)]
    # Asked at start-up, in the warm-up and in four rounds, or by each of two workers in a warm-up and two rounds.
    assert set(kitchen.measure(tired, pages=pages, rounds=4).adapters[0].failed) == {"p1", "p2"}
    asked.clear()
    measured = kitchen.measure(tired, pages=pages, rounds=4, sittings=2).adapters[0]
    assert (measured.failed, {name: len(calls) for name, calls in measured.calls.items()}) == ({}, {"p1": 4, "p2": 4})
    assert [name for _, name in asked if _ == "yardstick"].count("p2") == 2 * (1 + 2)


def test_a_page_that_fails_only_in_a_later_round_has_no_timing_either(kitchen: Kitchen) -> None:
    tired = kitchen.adapter(
        "tired",
        "calls = []\n"
        "def extract(page):\n"
        "    calls.append(page.url)\n"
        "    if calls.count('u1') > 2:\n"
        "        raise OSError",
    )
    pages = [replace(page(number), url=f"u{number}") for number in (1, 2)]
    measured = kitchen.measure(tired, pages=pages)
    # The first page is also asked for once at start-up, so it fails in the first counted round.
    assert measured.adapters[0].failed["p1"] == "error"
    assert "p1" not in measured.adapters[0].calls


def test_the_first_call_of_a_restarted_worker_is_no_measure(kitchen: Kitchen) -> None:
    fragile = kitchen.adapter(
        "fragile",
        "warm = []\n"
        "def extract(page):\n"
        "    if b'bad' in page.html:\n"
        "        os._exit(1)\n"
        "    if not warm:\n"
        "        burn(60)\n"
        "    warm.append(1)\n"
        "    return 'x'",
    )
    measured = kitchen.measure(fragile, pages=[page(0), page(1), page(2, b"<p>bad")], rounds=2)
    assert max(known(measured, "cpu_ms_max", "fragile")) < 30
    assert known(measured, "first_call_ms", "fragile")[0] >= 60


def test_start_up_stands_apart_on_the_first_page_alone(kitchen: Kitchen) -> None:
    slow = kitchen.adapter(
        "slow", "time.sleep(0.04)\nwarm = []\ndef extract(page):\n    warm or burn(20)\n    warm.append(1)\n    burn(1)"
    )
    measured = kitchen.measure(slow)
    imports, firsts = values(measured, "import_ms", "slow"), values(measured, "first_call_ms", "slow")
    assert imports["p0"] is not None
    assert imports["p0"] >= 40
    assert firsts["p0"] is not None
    assert firsts["p0"] >= 20
    assert [imports["p1"], imports["p2"], firsts["p1"], firsts["p2"]] == [None] * 4
    assert max(known(measured, "cpu_ms", "slow")) < 15


def test_where_the_reference_fails_there_is_no_ratio_but_a_time(kitchen: Kitchen) -> None:
    yardstick = kitchen.adapter(
        "rod", "def extract(page):\n    if not page.html:\n        raise ValueError\n    burn(1)"
    )
    busy = kitchen.adapter("busy", "def extract(page):\n    burn(2)\n    return 'x'")
    measured = kitchen.measure(busy, reference=yardstick, pages=[page(0), page(1, b"")], rounds=2)
    assert values(measured, "ratio", "busy")["p1"] is None
    assert values(measured, "spread", "busy")["p1"] is None
    assert values(measured, "cpu_ms", "busy")["p1"] is not None
    assert values(measured, "failed", "busy") == {"p0": 0, "p1": 0}


def test_every_call_stands_beside_a_reference_call_of_the_same_page(
    kitchen: Kitchen, asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "SHORT_NS", 0)
    names = ("a", "b", "c")
    adapters = [kitchen.adapter(name, "def extract(page):\n    return 'x'") for name in names]
    kitchen.measure(*adapters, rounds=2)
    calls = asked[len(names) * stage.FRESH_STARTS :]
    pairs = list(zip(calls[::2], calls[1::2], strict=True))
    assert len(pairs) == len(names) * 3 * 3
    for one, other in pairs:
        assert one[1] == other[1]
        assert ("yardstick" in one) != ("yardstick" in other)
    for name in names:
        first = [one[0] == "yardstick" for one, other in pairs if name in (one[0], other[0])]
        assert abs(first.count(True) - first.count(False)) <= 1
        assert first[:3] != first[3:6]


def test_adapters_are_held_against_the_median_of_the_reference_calls_of_a_page_and_round(kitchen: Kitchen) -> None:
    erratic = kitchen.adapter(
        "erratic",
        "calls = []\n"
        "def extract(page):\n"
        "    calls.append(1)\n"
        "    burn(20 if len(calls) % 3 == 0 else 2.5)\n"
        "    return 'x'",
    )
    adapters = [kitchen.adapter(name, "def extract(page):\n    burn(5)\n    return 'x'") for name in "abc"]
    measured = kitchen.measure(*adapters, reference=erratic, rounds=2)
    for name in measured.pages:
        yardsticks = {tuple(call.reference_cpu_ns for call in timed.calls[name]) for timed in measured.adapters}
        assert len(yardsticks) == 1
    for name in "abc":
        assert all(1.5 < found < 2.5 for found in known(measured, "ratio", name))


def test_a_short_call_is_made_twice_and_a_long_one_once(kitchen: Kitchen, asked: list[tuple[str, str]]) -> None:
    short = kitchen.adapter("short", "def extract(page):\n    burn(0.5)\n    return 'x'")
    long = kitchen.adapter("long", "def extract(page):\n    burn(3)\n    return 'x'")
    kitchen.measure(short, long, pages=[page(0)], rounds=1)
    starts, rounds = stage.FRESH_STARTS, 2
    assert asked.count(("short", "p0")) == starts + 2 * rounds
    assert asked.count(("long", "p0")) == starts + rounds


def test_of_a_short_call_made_twice_the_second_counts(kitchen: Kitchen) -> None:
    waning = kitchen.adapter(
        "waning", "calls = []\ndef extract(page):\n    calls.append(1)\n    burn(0.2 if len(calls) % 2 else 1.5)\n"
    )
    # The last worker of the start-up has answered once before, so the first call of each visit burns 1.5 ms.
    assert max(known(kitchen.measure(waning), "cpu_ms", "waning")) < 1.2


def test_the_order_of_adapters_is_random_and_repeats_with_the_seed(
    kitchen: Kitchen, asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "SHORT_NS", 0)
    adapters = [kitchen.adapter(name, "def extract(page):\n    return 'x'") for name in "abcd"]

    def orders(seed: int) -> list[str]:
        asked.clear()
        kitchen.measure(*adapters, seed=seed, rounds=2)
        names = [name for name, _ in asked[len(adapters) * stage.FRESH_STARTS :] if name != "yardstick"]
        return ["".join(names[start : start + 4]) for start in range(0, len(names), 4)]

    first = orders(1)
    assert orders(1) == first
    assert orders(2) != first
    assert len(set(first)) > 3
    assert {"".join(sorted(order)) for order in first} == {"abcd"}


def test_a_spent_time_box_leaves_one_counted_round_over_all_pages(kitchen: Kitchen) -> None:
    busy = kitchen.adapter("busy", "def extract(page):\n    burn(1)\n    return 'x'")
    measured = kitchen.measure(busy, seconds=0.0)
    (timed,) = measured.adapters
    assert timed.rounds == 1
    assert {name: len(calls) for name, calls in timed.calls.items()} == {"p0": 1, "p1": 1, "p2": 1}
    assert known(measured, "rounds", "busy") == [1, 1, 1]
    assert known(measured, "spread", "busy") == []


@pytest.mark.parametrize(("seconds", "rounds"), [(37, 1), (38, 2), (49, 2), (51, 3), (1000, 3)])
def test_a_round_begins_only_if_the_one_before_would_still_fit(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch, seconds: float, rounds: int
) -> None:
    now = [0.0]
    monkeypatch.setattr(stage, "monotonic", lambda: now[0])
    pages = [page(number) for number in range(2)]

    def slowly() -> Iterator[Page]:
        for one in pages:
            now[0] += 5
            yield one

    busy = kitchen.adapter("busy", "def extract(page):\n    return 'x'")
    # Looking at the first page costs 5 s, each round 10 s, but the box opens only behind the first look, and four
    # fifths of it are for rounds.
    measured = stage.measure(
        slowly,
        [busy],
        kitchen.reference,
        seconds=seconds,
        rounds=3,
        seed=1,
        timeout_s=9,
        scratch=kitchen.folder,
    )
    assert measured.adapters[0].rounds == rounds
    assert all(len(calls) == rounds for calls in measured.adapters[0].calls.values())
    assert list(measured.pages) == ["p0", "p1"]


def test_many_adapters_are_measured_in_groups_and_none_is_forgotten(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "OPEN_WORKERS", 2)
    open_now: set[int] = set()
    most = [0]
    start, close = Worker.start, Worker.close

    def noted_start(self: Worker) -> object:
        open_now.add(id(self))
        most[0] = max(most[0], len(open_now))
        return start(self)

    def noted_close(self: Worker) -> None:
        open_now.discard(id(self))
        close(self)

    monkeypatch.setattr(Worker, "start", noted_start)
    monkeypatch.setattr(Worker, "close", noted_close)
    adapters = [kitchen.adapter(name, "def extract(page):\n    return 'x'") for name in "abcde"]
    measured = kitchen.measure(*adapters, rounds=1)
    assert [timed.adapter for timed in measured.adapters] == list("abcde")
    assert most[0] == 3
    assert not open_now
    assert all(len(timed.calls) == 3 for timed in measured.adapters)


def test_an_adapter_that_cannot_start_fails_on_every_page_and_stops_no_other(kitchen: Kitchen) -> None:
    broken = kitchen.adapter("broken", "import no_such_module\ndef extract(page):\n    return 'x'")
    busy = kitchen.adapter("busy", "def extract(page):\n    return 'x'")
    measured = kitchen.measure(broken, busy, rounds=1)
    assert values(measured, "failed", "broken") == {"p0": 1, "p1": 1, "p2": 1}
    assert known(measured, "import_ms", "broken") == []
    assert "no_such_module" in str(measured.adapters[0].unable)
    assert known(measured, "failed", "busy") == [0, 0, 0]


def test_an_empty_answer_is_no_failure(kitchen: Kitchen) -> None:
    measured = kitchen.measure(kitchen.adapter("mute", "def extract(page):\n    return None"), rounds=1)
    assert known(measured, "failed", "mute") == [0, 0, 0]
    assert len(known(measured, "ratio", "mute")) == 3


def test_a_reference_that_cannot_start_is_the_machines_fault(kitchen: Kitchen) -> None:
    broken = kitchen.adapter("broken", "import no_such_module\ndef extract(page):\n    return 'x'")
    with pytest.raises(EnvironmentFault, match="no_such_module"):
        kitchen.measure(kitchen.reference, reference=broken)


def test_decoding_is_shown_apart_where_the_adapter_asked_for_text(kitchen: Kitchen) -> None:
    text = kitchen.adapter("text", "def extract(page):\n    return page.text")
    raw = kitchen.adapter("raw", "def extract(page):\n    return page.html.decode()")
    measured = kitchen.measure(text, raw, pages=[page(0, b"<p>word</p>" * 2000)], rounds=2)
    (decoding,) = known(measured, "decode_ms", "text")
    assert 0 < decoding <= known(measured, "cpu_ms", "text")[0]
    assert known(measured, "decode_ms", "raw") == []


def test_memory_belongs_to_one_page(kitchen: Kitchen) -> None:
    greedy = kitchen.adapter(
        "greedy",
        "def extract(page):\n    if b'big' in page.html:\n        return str(len(bytearray(b'x') * (64 << 20)))",
    )
    found = values(kitchen.measure(greedy, pages=[page(0), page(1, b"<p>big"), page(2)]), "peak_rss_mb", "greedy")
    small, big, after = found["p0"], found["p1"], found["p2"]
    if small is None or big is None or after is None or after >= big:
        pytest.skip("this system does not tell the peak memory of one call")
    assert big - small > 60
    assert abs(after - small) < 20


def test_one_page_is_held_at_a_time(kitchen: Kitchen) -> None:
    import weakref

    alive: list[weakref.ref[Page]] = []
    most = [0]

    def stream() -> Iterator[Page]:
        for number in range(6):
            one = page(number)
            alive.append(weakref.ref(one))
            most[0] = max(most[0], sum(ref() is not None for ref in alive))
            yield one

    busy = kitchen.adapter("busy", "def extract(page):\n    return 'x'")
    stage.measure(stream, [busy], kitchen.reference, seconds=0, rounds=1, seed=1, timeout_s=9, scratch=kitchen.folder)
    # The first page is kept for start-up, the one before lives until the loop takes the next.
    assert most[0] <= 3


def test_pages_that_are_compared_with_each_other_alone_are_timed_without_reference_start_up_and_growth(
    kitchen: Kitchen, asked: list[tuple[str, str]]
) -> None:
    pages = [page(number, b"<body><p>a page</body>") for number in range(stage.WARM_PAGES + 2)]
    steady = kitchen.adapter("steady", "def extract(page):\n    burn(4)\n    return 'text'")
    measured = kitchen.measure(steady, pages=pages, rounds=2, paired=True)
    assert {name for name, _ in asked} == {"steady"}
    times = Counter(name for _, name in asked)
    assert times == {
        one.id: 2 + (number < stage.WARM_PAGES) + (number == 0)  # the first is asked as workers start
        for number, one in enumerate(pages)
    }
    assert set(values(measured, "ratio", "steady").values()) == {None}
    assert all(4 <= value < 40 for value in known(measured, "cpu_ms", "steady"))
    assert known(measured, "growth", "steady") == []


def test_progress_is_told_after_each_page_of_each_round(kitchen: Kitchen) -> None:
    told: list[str] = []
    busy = kitchen.adapter("busy", "def extract(page):\n    return 'x'")
    kitchen.measure(busy, pages=[page(0), page(1)], rounds=1, done=told.append)
    assert told == ["warm-up: p0", "warm-up: p1", "round 1: p0", "round 1: p1"]


def test_no_page_two_corpora_and_no_round_are_refused(kitchen: Kitchen) -> None:
    busy = kitchen.adapter("busy", "def extract(page):\n    return 'x'")
    with pytest.raises(UsageError, match="one corpus at a time"):
        kitchen.measure(busy, pages=[page(0), page(1, corpus="other")])
    with pytest.raises(UsageError, match="1 or more"):
        kitchen.measure(busy, rounds=0)
    with pytest.raises(UsageError, match="no page"):
        stage.measure(list, [busy], kitchen.reference, seconds=1, rounds=1, seed=1, timeout_s=9, scratch=kitchen.folder)


def test_no_worker_is_left_behind_when_timing_is_given_up(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Worker] = []
    start = Worker.start

    def noted(self: Worker) -> Greeting:
        begun.append(self)
        return start(self)

    def interrupted(label: str) -> None:
        raise KeyboardInterrupt

    busy = kitchen.adapter("busy", "def extract(page):\n    return 'x'")
    monkeypatch.setattr(Worker, "start", noted)
    with pytest.raises(KeyboardInterrupt):
        kitchen.measure(busy, done=interrupted)
    assert len({id(worker) for worker in begun}) == 2
    assert all(worker._process is None for worker in begun)


def test_the_pinned_reference_parses_pages_and_has_no_ratio_for_an_empty_one(kitchen: Kitchen) -> None:
    declaration = declared(stage.REFERENCE)[0]
    try:
        environment = environments.build(declaration, store.cache_folder() / "environments")
    except environments.Unavailable as reason:
        pytest.skip(f"the reference's environment cannot be built here: {reason}")
    assert environment.pinned
    busy = kitchen.adapter("busy", "def extract(page):\n    burn(2)\n    return 'x'")
    pages = [page(0, b"<html><body><p>text</p></body></html>" * 200), page(1, b""), page(2, b"<!-- only -->")]
    measured = kitchen.measure(busy, reference=(declaration, environment), pages=pages, rounds=2)
    assert measured.reference == "lxml 6.1.3"
    found = values(measured, "ratio", "busy")
    assert found["p0"] is not None
    assert found["p0"] > 1
    assert found["p1"] is None
    assert found["p2"] is None
    assert known(measured, "failed", "busy") == [0, 0, 0]


def test_every_page_has_a_row_for_every_metric(kitchen: Kitchen) -> None:
    busy = kitchen.adapter("busy", "def extract(page):\n    burn(1)\n    return 'x'")
    measured = kitchen.measure(busy, rounds=2)
    rows = list(scores(measured))
    assert len(rows) == 3 * len(METRICS)
    assert {row.metric for row in rows} == {metric.name for metric in METRICS}
    assert {row.scorer for row in rows} == {"speed"}
    assert {row.corpus for row in rows} == {"made"}


def test_an_exponent_tells_work_in_step_with_the_page_from_work_that_grows_with_its_square(kitchen: Kitchen) -> None:
    rivals = {"line": "burn(len(page.html) / 2000)", "square": "burn((len(page.html) / 1500) ** 2)"}
    adapters = [
        kitchen.adapter(name, f"def extract(page):\n    {work}\n    return 'x'") for name, work in rivals.items()
    ]
    body = b"<html><body>" + b"<p>text" * 700 + b"</body></html>"
    measured = kitchen.measure(*adapters, pages=[page(0, body)], rounds=1)
    (line,), (square,) = (known(measured, "growth", name) for name in rivals)
    assert 0.8 < line < 1.2
    assert 1.7 < square < 2.2
    assert known(measured, "growth_reached", "line") == [16]


def test_growth_ends_at_the_first_factor_that_fails(kitchen: Kitchen) -> None:
    frail = kitchen.adapter(
        "frail", "def extract(page):\n    burn(3)\n    assert page.html.count(b'text') < 20\n    return 'x'"
    )
    measured = kitchen.measure(frail, pages=[page(0, b"<html><body><p>text<p>text<p>text</body></html>")], rounds=1)
    assert known(measured, "growth_reached", "frail") == [4]
    assert known(measured, "failed", "frail") == [0]


def test_a_grown_page_repeats_what_stands_in_its_body_and_nothing_else() -> None:
    html = b"<head><title>t</title></head><body class=a>x</body></html>"
    assert growth.grown(page(0, html), 3).html == b"<head><title>t</title></head><body class=a>xxx</body></html>"
    assert growth.grown(page(0, b"bare"), 2).html == b"barebare"
