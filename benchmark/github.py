"""What GitHub Actions reads of a verdict: the summary of a job, annotations of a run, and outputs of a step.

Sizes and escapes are those of GitHub's documentation of workflow commands: a summary of 1 MiB at most for a step, ten
errors shown for a step, `%`, CR and LF written as %25, %0D and %0A, in a property `:` and `,` too. Ours stay below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from .checks.gate import Verdict
from .records import GateFinding, Results

LARGEST_SUMMARY = 60_000
"""Bytes of a summary, so that a bot may post it as a comment too, where 64 KB are the limit."""
MOST_FINDINGS = 10
"""Findings of one rule that a summary names for each adapter."""
MOST_ANNOTATIONS = 10
"""Annotations of a step that GitHub shows."""
LONGEST_MESSAGE = 1000
"""Characters of an annotation."""
SPECIAL = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*_[]<>|~&$@:"}
"""Signs that Markdown, or what GitHub makes of it, takes for its own, as references, which it does not."""


def summary(verdict: Verdict, results: Results, tables: Mapping[str, str]) -> str:
    """The verdict as Markdown: first whether it passed, then what is worse, then the table of each corpus.

    `tables` are finished Markdown, corpus -> tables. Where all of it would be too large, the end is left out and told.
    """
    parts = [headline(verdict), *_findings(verdict), *_notes(verdict, results)]
    parts += [f"### {_safe(name)}\n\n{text}" for name, text in tables.items()]
    left_out = "… the rest is left out here, see the report"
    kept: list[str] = []
    for part in parts:
        if len("\n\n".join([*kept, part, left_out]).encode()) > LARGEST_SUMMARY:
            kept.append(left_out)
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def headline(verdict: Verdict) -> str:
    """One line of Markdown: passed or not, and what was held against what."""
    worse = list(dict.fromkeys(one.adapter for one in verdict.findings))
    told = "passed" if verdict.passed else f"failed: {', '.join(map(_code, worse))}"
    return f"## boilerbench gate {told}\n\n{_safe(verdict.after)} against {_safe(verdict.before)}"


def errors(verdict: Verdict) -> list[str]:
    """One error for each adapter that is worse, ten at most; the last one counts those that are not shown."""
    by_adapter: dict[str, list[GateFinding]] = {}
    for one in verdict.findings:
        by_adapter.setdefault(one.adapter, []).append(one)
    lines = [_error(f"{name} is worse", _told(found)) for name, found in by_adapter.items()]
    if len(lines) <= MOST_ANNOTATIONS:
        return lines
    rest = len(lines) - MOST_ANNOTATIONS + 1
    return [*lines[: MOST_ANNOTATIONS - 1], _error("and others", f"{rest} more adapters are worse; see the summary")]


def outputs(verdict: Verdict, best: str, report: str) -> str:
    """Lines for the file of outputs: whether it passed, which adapter is best, where the report is."""
    values = {"passed": str(verdict.passed).lower(), "best": best, "report": report}
    return "".join(f"{name}={_one_line(value)}\n" for name, value in values.items())


def best(results: Results) -> str:
    """The adapter with the best first number of the leaderboard on the largest corpus; empty where there is none."""
    ranked = [one for one in results.metrics if one.headline and not one.group and one.direction != "none"]
    corpora = sorted(results.manifest.corpora.items(), key=lambda item: -int(str(item[1]["pages"])))
    if not ranked or not corpora:
        return ""
    rows = {
        row.adapter: row.estimate
        for row in results.summaries
        if (row.corpus, row.metric, row.slice) == (corpora[0][0], ranked[0].name, "all")
        and row.estimate is not None
        and row.adapter not in results.counted_apart
    }
    if not rows:
        return ""
    pick = max if ranked[0].direction == "higher" else min
    return pick(sorted(rows), key=lambda name: rows[name])


def _findings(verdict: Verdict) -> list[str]:
    parts = []
    for name in dict.fromkeys(one.adapter for one in verdict.findings):
        own = [one for one in verdict.findings if one.adapter == name]
        lines = []
        for rule, found in groupby(own, lambda one: one.rule):
            some = list(found)
            lines += [f"- {rule}: {_safe(one.message)}" for one in some[:MOST_FINDINGS]]
            if len(some) > MOST_FINDINGS:
                lines.append(f"- … and {len(some) - MOST_FINDINGS} more of {rule}")
        parts.append(f"### Worse: {_code(name)}\n\n" + "\n".join(lines))
    return parts


def _notes(verdict: Verdict, results: Results) -> list[str]:
    changed = [one.after for one in verdict.held if one.comparison]
    lines = [
        f"{len(verdict.held)} adapters judged, {len(changed)} with other answers or scores",
        f"sandbox: {_safe(results.manifest.sandbox)}",
        *map(_safe, verdict.notes),
    ]
    return ["\n".join(f"- {line}" for line in lines)]


def _told(found: Sequence[GateFinding]) -> str:
    more = f" (and {len(found) - 1} more findings)" if len(found) > 1 else ""
    return f"{found[0].rule}: {found[0].message[:LONGEST_MESSAGE]}{more}"


def _error(title: str, message: str) -> str:
    return f"::error title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def _safe(text: str) -> str:
    """Names of others as text: no markup, no HTML, no link, nobody called."""
    return _printable(text).translate(SPECIAL).replace("www.", "www&#46;")


def _code(name: str) -> str:
    """A name as code, in which nothing but its end means anything, and references are none."""
    return "`" + _printable(name).replace("`", "'") + "`"


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text)
