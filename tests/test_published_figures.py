"""Claims about known figures: calls of scrapinghub's benchmark score what is known of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BOILERBENCH = Path(sys.executable).with_name("boilerbench")

# F1, precision and recall that AEB's own evaluator gives these very releases (November 2026); jusText's are also
# those of AEB's published table for 3.0.2.
KNOWN = {
    ("trafilatura@aeb", "2.3.1"): (0.960, 0.942, 0.978),
    ("readability-lxml@aeb", "0.9"): (0.955, 0.935, 0.975),
    ("justext@aeb", "3.0.2"): (0.804, 0.858, 0.756),
}


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aeb") / "run"
    adapters = [word for name, _ in KNOWN for word in ("--adapter", name)]
    command = ["run", "--corpus", "aeb", "--data", str(data), *adapters, "--scorer", "shingle", "--out", str(folder)]
    subprocess.run([BOILERBENCH, *command, "--speed-seconds", "0"], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("name", "version"), KNOWN)
def test_calls_of_scrapinghubs_benchmark_score_as_known_to_three_decimals(run: Path, name: str, version: str) -> None:
    assert json.loads((run / "manifest.json").read_bytes())["adapters"][name]["version"] == version
    rows = json.loads((run / "summary.json").read_bytes())["summaries"]
    estimates = {row["metric"]: row["estimate"] for row in rows if row["adapter"] == name and row["slice"] == "all"}
    found = tuple(round(estimates[f"shingle.{measure}"], 3) for measure in ("f1", "precision", "recall"))
    assert found == KNOWN[name, version]


def test_two_metrics_of_a_published_run_are_held_against_each_other() -> None:
    run = Path(__file__).parents[1] / "results" / "aeb"
    told = [
        subprocess.run([BOILERBENCH, "correlate", run, *pair], check=False, capture_output=True, text=True)
        for pair in (("body.f1", "shingle.f1"), ("body.f1", "body.f1"), ("body.f1", "shingle.f2"))
    ]
    assert [one.returncode for one in told] == [0, 0, 2]
    assert told[1].stdout.startswith("tau-b 1.0000 [1.0000, 1.0000] over 27 adapters")
    assert "did you mean" in told[2].stderr
