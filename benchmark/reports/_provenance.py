"""How a run was measured, as Markdown: versions, machine, corpora and golds, and who was left out."""

from __future__ import annotations

from collections.abc import Mapping

from ..records import Results
from ._boards import WHOLE, amount, options_of, pages_of, require_corpus, sources
from ._foreign import UNKNOWN
from ._markup import escape, pipe_table


def provenance(results: Results, corpus: str) -> str:
    """One line of Markdown: what was measured, with which versions, on which machine and when.

    UsageError for a corpus that the results do not hold.
    """
    require_corpus(results, corpus)
    manifest = results.manifest
    facts = manifest.corpora.get(corpus, {})
    pages = amount(pages_of(results, corpus), "page")
    parts = [
        f"{escape(corpus)}: {pages}, fingerprint {_short(facts.get('fingerprint'))}",
        f"gold: {_gold(facts)}",
        f"{_program(results)}, edition {manifest.edition}",
        _versions(manifest.libraries),
        _machine(manifest.machine),
        escape(manifest.created[:10]),
    ]
    return "; ".join(part for part in parts if part) + "."


def measured(results: Results) -> str:
    manifest = results.manifest
    facts = [
        ("began", escape(manifest.created)),
        ("program", f"{_program(results)}, edition {manifest.edition}, run format {manifest.format}"),
        ("machine", _machine(manifest.machine)),
        ("libraries", _versions(manifest.libraries)),
        ("sandbox", escape(manifest.sandbox)),
        (
            "options",
            ", ".join(f"{escape(name)} {escape(value)}" for name, value in options_of(results).items()),
        ),
        ("seed", str(manifest.seed)),
    ]
    lines = [f"- {name}: {value or UNKNOWN}" for name, value in facts]
    blocks = [
        "## How this was measured",
        "\n".join(lines),
        _corpora(results),
        _handed_in(results),
        _unavailable(results),
    ]
    if any(row.slice != WHOLE for row in results.summaries):
        blocks.append("Slices of the corpora are in `summary.csv`.")
    return "\n\n".join(block for block in blocks if block)


def _corpora(results: Results) -> str:
    lines = []
    for name, facts in sorted(results.manifest.corpora.items()):
        gold = facts.get("gold")
        prints = [
            _short(facts.get("fingerprint")),
            _short(gold.get("fingerprint") if isinstance(gold, Mapping) else None),
        ]
        pages = facts.get("pages")
        lines.append([escape(name), *prints, _gold(facts), UNKNOWN if pages is None else escape(str(pages))])
    return pipe_table(["corpus", "fingerprint", "gold fingerprint", "gold", "pages"], lines, left=4) if lines else ""


def _handed_in(results: Results) -> str:
    """Which answers were not given here, and the file they stood in."""
    lines = []
    for name, facts in sorted(results.manifest.adapters.items()):
        source = facts.get("predictions")
        if isinstance(source, Mapping):
            file, form, sha256 = (escape(str(source.get(key))) for key in ("file", "format", "sha256"))
            lines.append(f"- {escape(name)}: {file}, format {form}, sha256 {_short(sha256)}")
    return "\n".join(["Answers given elsewhere and handed in, so without times:", "", *lines]) if lines else ""


def _unavailable(results: Results) -> str:
    lines = []
    for name, facts in sorted(results.manifest.adapters.items()):
        if "unavailable" in facts:
            remedy = f" (remedy: {escape(str(facts['remedy']))})" if facts.get("remedy") else ""
            lines.append(f"- {escape(name)}: {escape(str(facts['unavailable']))}{remedy}")
    return "\n".join(["Unavailable, so not measured:", "", *lines]) if lines else ""


def _program(results: Results) -> str:
    manifest = results.manifest
    revision = "" if manifest.revision is None else f" at {escape(_shortened(manifest.revision))}"
    return f"boilerbench {escape(manifest.boilerbench)}{revision}"


def _shortened(revision: str) -> str:
    """First twelve characters of a Git revision, with the mark of a changed checkout kept."""
    commit, plus, mark = revision.partition("+")
    return commit[:12] + plus + mark


def _machine(machine: Mapping[str, object]) -> str:
    memory = machine.get("memory_bytes")
    facts = [
        ("", machine.get("processor"), ""),
        ("", machine.get("cores"), " cores"),
        ("", f"{memory / 2**30:.1f}" if isinstance(memory, int) else None, " GiB"),
        ("", machine.get("system"), ""),
        ("Python ", machine.get("python"), ""),
    ]
    return ", ".join(f"{before}{escape(str(fact))}{after}" for before, fact, after in facts if fact is not None)


def _versions(libraries: Mapping[str, str]) -> str:
    return ", ".join(f"{escape(name)} {escape(version)}" for name, version in sorted(libraries.items()))


def _gold(facts: Mapping[str, object]) -> str:
    """Where the golds of a corpus come from: `human 4, guideline 1`."""
    gold = facts.get("gold")
    if not isinstance(gold, Mapping):
        return UNKNOWN
    parts = [f"{escape(str(source))} {pages}" for source, pages in sorted(sources(facts).items())]
    regions = gold.get("regions")
    if isinstance(regions, Mapping):
        parts += [f"regions {escape(str(source))} {pages}" for source, pages in sorted(regions.items())]
    parts += [f"guideline {escape(str(gold['guideline']))}"] if gold.get("guideline") is not None else []
    return ", ".join(parts) or UNKNOWN


def _short(fingerprint: object) -> str:
    return UNKNOWN if fingerprint is None else escape(str(fingerprint)[:12])
