"""What GitHub Actions is told: few, whole and escaped lines, and a summary of a bounded size."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from benchmark import github
from benchmark.checks.gate import Verdict
from benchmark.records import GateFinding, Manifest, Metric, Results, Summary

NOWHERE = Manifest("r", 1, 1, "0", None, "", 1, {}, {}, "full", {}, {"c": {"pages": 2}, "small": {"pages": 1}}, {})
RESULTS = Results(
    NOWHERE,
    (Metric("toy.f1", "a share", headline=True),),
    tuple(
        Summary("c", "all", name, "toy.f1", 2, 0, 0, 2, value) for name, value in (("a", 0.5), ("b", 0.7), ("z", None))
    ),
    (),
    {},
)


def verdict(*findings: GateFinding) -> Verdict:
    return Verdict("baseline", "run", (), findings, ("speed and memory are not judged: no times are pinned",))


def worse(adapter: str, message: str = "told") -> GateFinding:
    return GateFinding("page", adapter, message, "c")


def test_each_worse_adapter_has_one_annotation_however_many_findings_it_has() -> None:
    lines = github.errors(verdict(worse("a", "first"), worse("a", "second"), worse("b")))
    assert lines == [
        "::error title=a is worse::page: first (and 1 more findings)",
        "::error title=b is worse::page: told",
    ]
    assert github.errors(verdict()) == []


def test_no_more_annotations_than_github_shows_and_the_last_counts_the_rest() -> None:
    lines = github.errors(verdict(*(worse(f"a{number}") for number in range(30))))
    assert len(lines) == 10
    assert lines[-1] == "::error title=and others::21 more adapters are worse; see the summary"


def test_what_could_end_a_command_or_begin_another_is_escaped() -> None:
    (line,) = github.errors(verdict(worse("a,b:c%\r\n::set-output", "100 %\n::error::x")))
    assert line == "::error title=a%2Cb%3Ac%25%0D%0A%3A%3Aset-output is worse::page: 100 %25%0A::error::x"


def test_outputs_are_one_line_each() -> None:
    assert github.outputs(verdict(), "a\nreport=b", "x") == "passed=true\nbest=a report=b\nreport=x\n"


def test_the_best_is_taken_from_the_largest_corpus_and_among_extractors() -> None:
    assert github.best(RESULTS) == "b"
    apart = replace(NOWHERE, adapters={"b": {"category": "floor"}})
    assert github.best(replace(RESULTS, manifest=apart)) == "a"
    assert github.best(replace(RESULTS, summaries=())) == ""


def test_a_summary_says_the_verdict_first_then_what_is_worse_and_the_level_of_the_sandbox() -> None:
    told = github.summary(verdict(worse("a")), RESULTS, {"c": "| table |"})
    assert told.startswith("## boilerbench gate failed: `a`\n")
    assert told.index("### Worse") < told.index("sandbox: full") < told.index("### c")
    assert github.summary(verdict(), RESULTS, {}).startswith("## boilerbench gate passed\n")


@pytest.mark.parametrize("rows", [10, 5000])
def test_a_summary_is_never_larger_than_a_comment_may_be(rows: int) -> None:
    findings = [worse(f"a{number}", "é" * 400) for number in range(rows)]
    told = github.summary(verdict(*findings), RESULTS, {"c": "| x |\n" * rows})
    assert len(told.encode()) <= github.LARGEST_SUMMARY
    assert ("left out" in told) == (rows == 5000)


def test_names_of_others_stay_text() -> None:
    hostile = "<script>alert(1)</script> \\[x](https://evil.example) www.evil.example @everybody `a` **b** \x1b\n# c"
    told = github.summary(verdict(worse("trafilatura@fast`\n[x](javascript:y)", hostile)), RESULTS, {})
    assert "\x1b" not in told
    assert "### Worse: `trafilatura@fast'�[x](javascript:y)`\n" in told
    page = MarkdownIt().enable(["table", "strikethrough"]).parse(told)
    within = [token for line in page for token in line.children or ()]
    kinds = {token.type for token in [*page, *within]}
    assert kinds <= {
        *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "code_inline"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "text_special"),
    }
    assert not re.search(r"://|www\.|@", told.replace("`trafilatura@fast'", "")), "GitHub links these where they stand"
    shown = "".join(token.content for token in within if token.type in {"text", "text_special"})
    assert "<script>alert(1)</script> \\[x](https://evil.example) www.evil.example @everybody `a` **b** �" in shown
