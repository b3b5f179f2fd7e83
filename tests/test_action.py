"""The action and the workflow: they parse, and the shell steps of the action gate a checkout as docs/ci.md says."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, settings_of_nobody

from benchmark import rooms, store
from benchmark.workers import environments
from benchmark.workers.resolution import declared

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "bench.yml").read_text(encoding="utf-8"))
EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")
STEPS = [step for step in ACTION["runs"]["steps"] if "run" in step]
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "html-text"
version = "0.7.1"
dependencies = ["lxml", "lxml-html-clean"]
[tool.hatch.build.targets.wheel]
packages = ["html_text"]
"""
HALVED = "    cleaned = _cleaned_html_tree(html)\n", "    cleaned = _cleaned_html_tree(html[: len(html) // 2])\n"
"""The one line of the checkout that is changed, and what it becomes: half of each page is lost."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its expressions filled in; KeyError for one that nothing is known of."""
    return EXPRESSION.sub(lambda found: values[found[1]], text)


def steps(
    values: Mapping[str, str], workspace: Path, environ: Mapping[str, str]
) -> list[subprocess.CompletedProcess[str]]:
    """Run the shell steps in their order, as a runner does, until one fails."""
    done = []
    for step in STEPS:
        env = {**environ, **{name: filled(text, values) for name, text in step.get("env", {}).items()}}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done.append(subprocess.run(command, cwd=workspace, env=env, capture_output=True, text=True, check=False))
        if done[-1].returncode:
            break
    return done


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a maintainer's checkout of html-text looks like: the package as it is installed, and a pyproject.toml."""
    declaration = declared(rooms.path("adapters", "html-text"))[0]
    place = environments.build(declaration, store.cache_folder() / "environments").place
    assert place is not None
    (installed,) = place.glob("lib/python*/site-packages/html_text")
    folder = tmp_path / "html-text"
    shutil.copytree(installed, folder / "html_text", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return folder


def run_action(checkout: Path, **inputs: str) -> tuple[list[subprocess.CompletedProcess[str]], Path]:
    """The action in the workspace of a checkout; its steps, and the folder of the runner's files."""
    runner = checkout.parent / "runner"
    left = runner / "boilerbench-run" / "manifest.json"  # of an earlier job, where runners are kept
    left.parent.mkdir(parents=True)
    left.write_text("{}", encoding="utf-8")
    given = {name: str(about.get("default", "")) for name, about in ACTION["inputs"].items()}
    given |= {"adapter": "html-text", "against": "html-text", "corpus": "seeds", "speed-seconds": "0", **inputs}
    values = {f"inputs.{name}": text for name, text in given.items()}
    values |= {"github.action_path": str(ROOT), "runner.temp": str(runner)}
    files = {name: str(runner / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    environ = {**settings_of_nobody(store.cache_folder()), "GITHUB_ACTIONS": "true", **files}
    return steps(values, checkout, environ), runner


def test_a_checkout_with_one_line_changed_fails_the_gate_which_names_the_page_and_tells_github(checkout: Path) -> None:
    source = checkout / "html_text" / "html_text.py"
    text = source.read_text(encoding="utf-8")
    assert text.count(HALVED[0]) == 1
    source.write_text(text.replace(*HALVED), encoding="utf-8")
    done, runner = run_action(checkout)
    assert [one.returncode for one in done] == [0, 0, 0, 1], done[-1].stderr
    (error,) = [line for line in done[-1].stdout.splitlines() if line.startswith("::")]
    assert error.startswith("::error title=html-text==html-text is worse::")
    assert re.search(r"; most on \w{3}", error)
    assert re.search(r"page: \w{3} of seeds: \S+ ", done[-1].stdout)
    outputs = (runner / "GITHUB_OUTPUT").read_text(encoding="utf-8")
    assert re.match(r"rivals=[0-9a-f]{16}\npassed=false\n", outputs)
    summary = (runner / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert summary.startswith("## boilerbench gate failed: `html-text==html-text`\n")
    for path in ("report/report.md", "gate.json"):  # what the last step uploads
        assert (runner / "boilerbench-run" / path).is_file()


def test_a_checkout_that_is_the_release_passes(checkout: Path) -> None:
    done, runner = run_action(checkout, rivals="everything nothing", options="--no-speed --page 0")
    assert [one.returncode for one in done] == [0, 0, 0, 0], done[-1].stderr
    assert "every score is the same: html-text==html-text" in done[-1].stdout
    assert "\npassed=true\n" in (runner / "GITHUB_OUTPUT").read_text(encoding="utf-8")
    assert "| everything |" in (runner / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")


def test_inputs_reach_the_shell_as_values_and_never_as_code() -> None:
    assert [step["name"] for step in STEPS if "${{" in step["run"]] == []
    assert all(step["shell"] == "bash" for step in STEPS)


def test_every_expression_of_the_action_means_something() -> None:
    known = {f"inputs.{name}" for name in ACTION["inputs"]}
    known |= {f"steps.gate.outputs.{name}" for name in ("passed", "best", "report")}
    known |= {"steps.cache.outputs.rivals"}
    known |= {"runner.os", "runner.arch", "runner.temp", "github.action_path", "github.action_ref"}
    assert set(EXPRESSION.findall((ROOT / "action.yml").read_text(encoding="utf-8"))) <= known
    assert all(about.get("description") for about in [*ACTION["inputs"].values(), *ACTION["outputs"].values()])


def test_the_workflow_runs_the_same_targets_as_our_own_ci_and_in_the_same_order() -> None:
    (job,) = WORKFLOW["jobs"].values()
    targets = [step["run"] for step in job["steps"] if "run" in step]
    ours = [
        line for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines() if line.startswith("make ")
    ]
    assert targets == ours == ["make check", "make bench", "make gate", "make test"]


def test_the_example_of_the_docs_is_ten_lines_and_asks_for_inputs_the_action_has() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.strip().splitlines()) <= 10
    (job,) = yaml.safe_load(example)["jobs"].values()
    given = next(step["with"] for step in job["steps"] if "boilerbench" in step["uses"])
    required = {name for name, about in ACTION["inputs"].items() if about.get("required")}
    assert required <= set(given) <= set(ACTION["inputs"])
