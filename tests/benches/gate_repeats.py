"""How often the gate raises a false alarm about speed or memory, and how often it misses a real loss.

A script run by hand; it writes its counts into `results/metrics/gate-repeats.json`, from which docs/ci.md is rendered:

    .venv/bin/python tests/benches/gate_repeats.py --repeats 300
    make docs

Each repeat times an adapter and a copy of it on two bundled pages anew. The gate holds both against what is pinned,
which is measured anew every twenty repeats, and the copy against the original beside it; whatever it reports is a
false alarm. As often a copy that was made slower, and one that was made hungrier, is held against the original beside
it; a loss that is not reported, or not alone, is a miss. Time boxes are short, and other work on the machine makes it
the harder test.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmark import gating, machine, pipeline, store
from benchmark.plan import Plan, find_corpus
from benchmark.records import GateFinding
from benchmark.speed import stage
from benchmark.store import Run

ORIGINAL, COPY = "html-text", "copy"
"""An adapter, and what its copies are called."""
ROOT = Path(__file__).parents[2]
HEADER = ROOT / "benchmark" / "adapters" / "html_text.py"
PUBLISHED = ROOT / "results" / "metrics" / "gate-repeats.json"
PINNED_ANEW = 20
"""After so many repeats another measurement is pinned, and the worse copies are judged."""
SLOWER = 1.5
HUNGRIER_MB = 100
COPIES = {
    "same": """
def extract(page):
    return html_text.extract_text(page.text)
""",
    "speed": f"""
def extract(page):
    begun = time.process_time()
    text = html_text.extract_text(page.text)
    spent = time.process_time() - begun
    while time.process_time() < begun + {SLOWER} * spent:
        pass
    return text
""",
    "memory": f"""
HELD = b"x" * ({HUNGRIER_MB} * 10**6)

def extract(page):
    return html_text.extract_text(page.text)
""",
}
"""Rule of the gate -> code that breaks it, and nothing else; `same` breaks none."""


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int) -> None:
        """Say nothing."""

    def step(self, label: str) -> None:
        """Say nothing."""

    def note(self, line: str) -> None:
        """Say nothing."""


def copied(folder: Path, code: str) -> str:
    """A copy of the original with other code below its header; its path."""
    header = HEADER.read_text(encoding="utf-8").rpartition("# ///\n")
    folder.mkdir()
    file = folder / f"{COPY}.py"
    file.write_text(f'{header[0]}{header[1]}"""A copy."""\nimport time\nimport html_text\n{code}', encoding="utf-8")
    shutil.copy(HEADER.with_suffix(".txt"), file.with_suffix(".txt"))
    return str(file)


def begin(folder: Path, code: str) -> Run:
    """A run of the original and a copy with answers and scores, not timed yet."""
    adapters = (ORIGINAL, copied(folder.with_name(f"{folder.name}-adapter"), code))
    run = pipeline.extract(Plan((find_corpus("seeds", None),), adapters, ("body",), limit=2), folder, Silent())
    pipeline.score(run, Silent())
    pipeline.summarize(run)
    return run


def repeat(options: argparse.Namespace, folder: Path, say: Callable[[str], object]) -> dict[str, object]:
    """All repeats; what came of them."""
    runs = {rule: begin(folder / rule, code) for rule, code in COPIES.items()}
    same = runs.pop("same")
    beside = gating.Wish(adapter=COPY, against=ORIGINAL)
    alarms, loads = list[GateFinding](), list[float]()
    judged, suspected, caught, tried = 0, 0, Counter[str](), 0
    begun, number = time.monotonic(), 0
    while number < options.repeats and time.monotonic() < begun + options.at_most:
        number += 1
        pipeline.speed(same, Silent(), options.seconds)
        if number % PINNED_ANEW == 1:
            gating.pin(same, folder / "pinned", Silent(), speed=True)
        verdicts = [gating.gate(same, Run(folder / "pinned"), gating.Wish(), Silent())]
        verdicts.append(gating.gate(same, None, beside, Silent()))
        judged += sum(2 * len(verdict.held) for verdict in verdicts)
        for verdict in verdicts:
            suspected += len([line for line in verdict.notes if "looked" in line]) + len(verdict.findings)
            alarms += verdict.findings
            for one in verdict.findings:
                say(f"false alarm in repeat {number}: {one.adapter} against {verdict.before}: {one.message}\n")
        if number % PINNED_ANEW == 0:
            tried += 1
            for rule, run in runs.items():
                pipeline.speed(run, Silent(), options.seconds)
                found = [one.rule for one in gating.gate(run, None, beside, Silent()).findings]
                caught[rule] += found == [rule]
            say(f"repeat {number}: {len(alarms)} alarms, {suspected} suspicions, {dict(caught)} of {tried} caught\n")
        loads.append(os.getloadavg()[0])
    return {
        "repeats": number,
        "judgements": judged,
        "suspected": suspected,
        "false_alarms": [{"adapter": one.adapter, "rule": one.rule, "worse_by": one.worse_by} for one in alarms],
        "tried": tried,
        "slower": {"times": SLOWER, "caught": caught["speed"]},
        "hungrier": {"mb": HUNGRIER_MB, "caught": caught["memory"]},
        "box_seconds": options.seconds,
        "load": [round(min(loads), 1), round(max(loads), 1)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=1.0, help="time box of each timing")
    parser.add_argument("--at-most", type=float, default=float("inf"), help="seconds after which no repeat is begun")
    parser.add_argument("--out", type=Path, default=PUBLISHED, help="file to write")
    options = parser.parse_args()

    gating.AGAIN_SECONDS = options.seconds
    stage.FRESH_STARTS = 1  # the gate does not judge start-up, which would be most of the time of a short repeat

    def say(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    about = machine.circumstances(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        counts = repeat(options, Path(folder), say)
    store.write_json(options.out, {**counts, "made": about})
    say(f"wrote {options.out}\n")
    sys.exit(1 if counts["false_alarms"] else 0)


if __name__ == "__main__":
    main()
