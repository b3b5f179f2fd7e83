"""Renders the generated parts of README and docs from the published runs; `--check` only compares.

A generated part stands between `<!-- begin NAME ARGUMENT -->` and `<!-- end -->`; NAME is a function below.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmark import gating, pipeline, rooms
from benchmark.checks import gate
from benchmark.checks.limits import DRIFT, Limits
from benchmark.cli import app
from benchmark.records import APART, CATEGORIES, FAILURES, Metric, Response, Results, Summary
from benchmark.regions import KINDS
from benchmark.reports._provenance import provenance
from benchmark.speed import metrics as speed_metrics
from benchmark.stats.pairs import SIGNIFICANT
from benchmark.store import Run
from benchmark.timing import ROUNDS
from benchmark.workers import declaration
from benchmark.workers.declaration import Declaration
from benchmark.workers.resolution import declared

SHINGLE = ("f1", "precision", "recall")
"""Measures of AEB."""
ROOT = Path(__file__).parents[1]
PART = re.compile(r"(<!-- begin (\w+) ?([^ ]*) -->\n).*?(<!-- end -->)", re.DOTALL)


def leaderboard(corpus: str) -> str:
    """The leaderboard of a published run, with what it was measured on."""
    results = pipeline.results(Run.open(ROOT / "results" / corpus))
    markdown = rooms.load("reports", "markdown")
    return f"{markdown.tables(results, corpus)}\n\n{provenance(results, corpus)}\n"


def short(corpus: str) -> str:
    """The leaderboard of a published run alone, without the named variants and old releases."""
    results = _unnamed(corpus)
    markdown = rooms.load("reports", "markdown")
    return f"{markdown.table(results, corpus)}\n\n{provenance(results, corpus)}\n"


def separated(corpus: str) -> str:
    """Which pairs of extractors are separated, and which are not, named variants and old releases left out."""
    return f"{rooms.load('reports', 'markdown').separation(_unnamed(corpus), corpus)}\n"


def _unnamed(corpus: str) -> Results:
    """The results of a published run without the named variants and old releases."""
    whole = pipeline.results(Run.open(ROOT / "results" / corpus))
    shown = {name: about for name, about in whole.manifest.adapters.items() if not {"@", "="} & set(name)}
    return replace(
        whole,
        manifest=replace(whole.manifest, adapters=shown),
        summaries=tuple(row for row in whole.summaries if row.adapter in shown),
        comparisons=tuple(row for row in whole.comparisons if row.a in shown and row.b in shown),
        outcomes={name: {key: ends[key] for key in ends if key in shown} for name, ends in whole.outcomes.items()},
    )


def figures(_: str) -> str:
    """Figures of others on AEB held against those of the published run."""
    results = pipeline.results(Run.open(ROOT / "results" / "aeb"))
    ours = {(row.adapter, row.metric): row.estimate for row in results.summaries if row.slice == "all"}
    listed = tomllib.loads((ROOT / "docs" / "aeb-figures.toml").read_text(encoding="utf-8"))["figure"]
    lines = [_figure_line(one, [ours.get((one["adapter"], f"shingle.{name}")) for name in SHINGLE]) for one in listed]
    head = ["| adapter | figure | ours | | source |", "|---|---|---|---|---|"]
    return "\n".join([*head, *lines]) + "\n"


def _figure_line(listed: dict[str, Any], found: list[float | None]) -> str:
    """One row: theirs, ours, and whether they agree to three decimals, or why not."""
    theirs = [float(listed[name]) for name in SHINGLE]
    mine = [value or 0.0 for value in found]
    apart = max(abs(round(1000 * one) - round(1000 * other)) for one, other in zip(theirs, mine, strict=True))
    near = "equal" if apart == 0 else "1 apart in the third decimal" if apart == 1 else "**differs, not explained**"
    verdict = near if apart <= 1 and "note" not in listed else listed.get("note", near)
    cells = ["/".join(f"{value:.3f}".lstrip("0") for value in values) for values in (theirs, mine)]
    return f"| `{listed['adapter']}` {listed['version']} | {cells[0]} | {cells[1]} | {verdict} | {listed['source']} |"


def differences(_: str) -> str:
    """Which pages make the difference where a figure of others is not ours, and what makes it go away."""
    sheet = _metrics("aeb-differences")
    head = ["figure", "listed", "ours", "theirs, scored here", "cause taken away", "pages that differ"]
    lines = [
        [
            f"`{row['adapter']}` {row['version']}",
            *(_triple(row[name]) for name in ("figure", "ours")),
            _triple(row["theirs"]) if row["theirs"] else "no page values at hand",
            f"{_triple(row['remade'])} ({row['with']})" if row["remade"] else "–",
            str(len(row["pages"])) if row["theirs"] or row["remade"] else "not known",
        ]
        for row in sheet["rows"]
    ]
    pages = [line for row in sheet["rows"] for line in _page_lines(row)]
    columns = ["adapter", "page", "theirs", "cause taken away", "ours", "what makes the difference"]
    return f"{_table(head, lines)}\n\n{_table(columns, pages)}\n\n{_measured_with(sheet)}\n"


def _triple(values: list[float]) -> str:
    return "/".join(map(_share, values))


NEGLIGIBLE = 1e-9
"""Values closer than this differ by the order of adding alone."""
PAGES_SHOWN = 12
"""Pages of one figure that the table names; where there are more, those that differ most."""


def _page_lines(row: dict[str, Any]) -> list[list[str]]:
    """A line for each page, or where many differ for those that differ most."""
    lines = [
        [
            f"`{row['adapter']}`",
            f"`{page['page']}`" if len(row["pages"]) <= PAGES_SHOWN else f"`{page['page'][:12]}`",
            _page_value(page["theirs"]),
            _page_value(page["remade"], page["remade_outcome"]),
            _page_value(page["ours"], page["outcome"]),
            _page_cause(row, page),
        ]
        for page in row["pages"][:PAGES_SHOWN]
    ]
    left = len(row["pages"]) - len(lines)
    more = [[f"`{row['adapter']}`", f"{left} more, by less", "", "", "", "in `results/metrics/aeb-differences.json`"]]
    return lines + (more if left else [])


def _page_value(values: list[float | None] | None, outcome: str | None = None) -> str:
    """F1 of a page, and how the extraction ended where it did not end well."""
    if values is None:
        return "–"
    return _share(values[0]) + (f" ({outcome})" if outcome not in {None, "", "ok"} else "")


def _page_cause(row: dict[str, Any], page: dict[str, Any]) -> str:
    """What is known of the cause on one page: what made it equal, or that nothing tried did."""
    failed = f"{page['outcome']} here" if page["outcome"] in FAILURES else ""
    if page["remade"] is None or page["remade"] == page["ours"]:
        return failed or "**not explained**"
    if page["theirs"] is None:
        return str(row["with"])
    pairs = zip(page["theirs"], page["remade"], strict=True)
    same = all(one == other or (one and other and abs(one - other) < NEGLIGIBLE) for one, other in pairs)
    return f"{row['with']} gives {'theirs' if same else '**neither**'}"


def _table(head: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *lines])


def timings(_: str) -> str:
    """Every metric of the speed stage with its meaning."""
    lines = [
        [f"`{one.name}`", one.direction, one.aggregate.kind, one.unit, one.summary] for one in speed_metrics.METRICS
    ]
    return f"{_table(['metric', 'better', 'corpus value', 'unit', 'meaning'], lines)}\n"


def least(kind: str) -> str:
    """Which extractors let least of one kind through: by experiment, in the whole field, on real pages."""
    return f"{_least_by_dose(kind)}\n\n{_least_of_all(kind)}\n"


def _least_by_dose(kind: str) -> str:
    """The light field, on pages into which the kind was put."""
    found = pipeline.results(Run.open(ROOT / "results" / "doses"))
    treated = [row for row in found.responses if row.treatment == kind and not row.design]
    highest = max(row.dose for row in treated)
    treated = [row for row in treated if row.dose == highest]
    kept = {row.adapter: row.treated for row in treated if row.metric == "article.recall"}
    leaks_ = [row for row in treated if row.metric == f"regions.leaked.{kind}"]
    shown = [row for row in leaks_ if found.manifest.adapters[row.adapter]["category"] not in APART]
    first, *others = sorted(shown, key=lambda row: (row.treated, -(kept[row.adapter] or 0)))
    rest = ", ".join(f"`{row.adapter}` {_share(row.treated)}{_interval(row)}" for row in others)
    return (
        f"In the [experiment](docs/doses.md) that puts a {kind} (dose {first.dose}) into {first.pairs} pages, of the"
        f" light field: **`{first.adapter}`**. It lets {_share(first.treated)}{_interval(first)} of the {kind}'s words"
        f" through{_never(first)}, and keeps {_share(kept[first.adapter])} of the body. Then {rest}."
    )


def _least_of_all(kind: str) -> str:
    """The whole field on the composed sample, and how many real pages could tell."""
    metric = f"regions.leaked.{kind}"
    sample, real = (_tools(pipeline.results(Run.open(ROOT / "results" / run)), metric) for run in ("composed", "aeb"))
    best = sorted(sample, key=lambda row: (row.estimate, row.adapter))[:5]
    doubt = "Intervals are 95 %, over bodies" if best[0].low is not None else "Too few for an interval or a rank"
    pages = max((row.n for row in real), default=0)
    named = ", ".join(f"`{row.adapter}` {_with_ends(row)}" for row in best)
    return (
        f"Of the whole field, on the {best[0].n} composed pages that have a {kind}: {named}. {doubt}; composed"
        " pages show what an extractor does with it, not which is best on the web. Of the real pages whose regions are"
        " known,"
        f" {pages or 'none'} {'has' if pages < 2 else 'have'} one."
    )


def _tools(results: Results, metric: str) -> list[Summary]:
    """Rows of one metric of the extractors that stand for their tool, where it is defined on any page."""
    abouts = results.manifest.adapters
    return [
        row
        for row in results.summaries
        if (row.metric, row.slice) == (metric, "all")
        and row.estimate is not None
        and pipeline.stands_for_its_tool(row.adapter, abouts[row.adapter])
    ]


def _interval(row: Response) -> str:
    return "" if row.low is None or row.high is None else f" [{_share(row.low)}, {_share(row.high)}]"


def _never(row: Response) -> str:
    """What is known where nothing at all was seen: the largest share of pages that n clean ones leave possible."""
    if row.treated:
        return ""
    possible = 100 * (1 - 0.05 ** (1 / row.pairs))
    return f" (on no page any; that it does on up to {possible:.0f} % of such pages is not excluded at 95 %)"


def commands(_: str) -> str:
    """Every command with its arguments and options, from the code itself."""
    whole = app.generate_docs(output_format="markdown", heading_level=1)
    return f"{whole.partition('**Commands**:')[2].strip()}\n"


def editions(_: str) -> str:
    """Edition, guideline and fingerprints of each published run."""
    head = ["run", "edition", "guideline", "pages", "fingerprint of pages", "of golds"]
    lines = []
    for folder in sorted(file.parent for file in (ROOT / "results").glob("*/manifest.json")):
        manifest = Run.open(folder).manifest()
        for name, about in manifest.corpora.items():
            gold = about["gold"]
            marks = (f"`{about['fingerprint'][:12]}`", f"`{gold['fingerprint'][:12]}`")
            lines.append(
                [
                    folder.name if folder.name == name else f"{folder.name}: {name}",
                    str(manifest.edition),
                    str(gold.get("guideline") or "–"),
                    str(about["pages"]),
                    *marks,
                ]
            )
    return f"{_table(head, lines)}\n"


def source(file: str) -> str:
    """A file of the project, whole."""
    return f"```python\n{(ROOT / file).read_text(encoding='utf-8').strip()}\n```\n"


def adapters(_: str) -> str:
    """Every adapter with each of its variants."""
    lines = [f"| `{one.name}` | {one.input} | {one.form} | {one.summary} |" for one in _declarations()]
    return "\n".join(["| adapter | given | form | call |", "|---|---|---|---|", *lines]) + "\n"


def doses(run: str) -> str:
    """What doses do, from a published experiment."""
    if missing := _unpublished(run):
        return missing
    results = pipeline.results(Run.open(ROOT / "results" / run))
    return f"{rooms.load('reports', 'doses').tables(results)}\n\n{_measured_doses(results, run)}\n"


def answers(run: str) -> str:
    """In words, who lets through what and at which dose, who loses the body, and what it costs in time; with charts."""
    results = pipeline.results(Run.open(ROOT / "results" / run))
    drawn = "\n".join(
        f'<img alt="{name}: change of each measure with the dose, by extractor" src="docs/{name}.svg">'
        for name in _curves(results)
    )
    return f"{rooms.load('reports', 'doses').answers(results)}\n\n{drawn}\n\n{_measured_doses(results, run)}\n"


def dialects(run: str) -> str:
    """What the dialect of the same pages changes, from a published experiment."""
    if missing := _unpublished(run):
        return missing
    results = pipeline.results(Run.open(ROOT / "results" / run))
    report = rooms.load("reports", "doses")
    return f"{report.spoken(results)}\n\n{report.contrasts(results)}\n\n{_measured_doses(results, run)}\n"


def _unpublished(run: str) -> str:
    """Which command makes an experiment, where it is not published yet."""
    command = "publish-in-vivo" if run == "in-vivo" else "publish-doses"
    there = (ROOT / "results" / run).is_dir()
    return "" if there else f"`results/{run}` is not published yet; `make {command}` makes it.\n"


def _measured_doses(results: Results, run: str) -> str:
    told = provenance(results, "doses")
    return "\n\n".join(filter(None, (_rounds_of(Run.open(ROOT / "results" / run)), told)))


def _rounds_of(run: Run) -> str:
    """How many rounds of timing fitted into the time box of an experiment; empty where it was not timed."""
    if not run.has("speed/scores.parquet"):
        return ""
    scores = run.scores("speed/scores.parquet")
    rounds = sorted({int(value) for value in scores.loc[scores["metric"] == "speed.rounds", "value"].dropna()})
    if not rounds:
        return ""
    fitted = str(rounds[0]) if len(rounds) == 1 else f"{rounds[0]} to {rounds[-1]}"
    return f"Of {ROUNDS} rounds of timing, {fitted} fitted into the time box."


def _curves(results: Results) -> dict[str, bytes]:
    """SVG of the dose curves of each treatment, by name."""
    return {
        name: svg
        for file, svg in rooms.load("reports", "charts").render(results).items()
        if (name := Path(file).stem).startswith("doses-")
    }


def drills(run: str) -> str:
    """What came of the invariance drills of a published run."""
    return f"{rooms.load('reports', 'doses').drills(pipeline.results(Run.open(ROOT / 'results' / run)))}\n"


def realism(_: str) -> str:
    """What can be counted on composed and real pages, with distances from one half of AEB."""
    sheet = _metrics("realism")
    rows = [row for row in sheet["rows"] if row["feature"] != "ranks"]
    sets = list(dict.fromkeys(row["set"] for row in rows))
    cells = {(row["feature"], row["set"]): row for row in rows}
    head = ["", *(f"{name} ({cells['bytes', name]['pages']})" for name in sets)]
    lines = [
        [feature_row["meaning"], *(_quartiles(cells[feature, name]) for name in sets)]
        for feature, feature_row in {row["feature"]: row for row in rows}.items()
    ]
    (ranks,) = (row for row in sheet["rows"] if row["feature"] == "ranks")
    bodies_, _ = ranks["clusters"]
    edition = f", edition {ranks['edition']}" if "edition" in ranks else ""
    told = (
        f"Kendall's tau-b of {ranks['adapters']} extractors between the composed sample ({bodies_} bodies{edition}) "
        f"and half B of AEB ({ranks['clusters'][1]} sites), both by `body.f1`: {_share(ranks['tau'])} "
        f"[{_share(ranks['low'])}, {_share(ranks['high'])}]."
    )
    table = "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---", *["--:"] * len(sets)], *lines])
    return f"{table}\n\n{told}\n\n{_measured_with(sheet)}\n"


def _quartiles(row: dict[str, Any]) -> str:
    values = (
        ["`" + "` `".join(row["quartiles"][:5]) + "`"]
        if row["feature"] == "tags"
        else [f"{one:,.0f}" if one >= 100 else f"{one:.3g}" for one in row["quartiles"]]
    )
    return f"{' / '.join(values)}; {_share(row['distance'])}"


def field(_: str) -> str:
    """Every adapter once, by category."""
    unnamed = [one for one in _declarations() if "@" not in one.name]
    ordered = sorted(unnamed, key=lambda one: (CATEGORIES.index(one.category), one.name))
    rows = [
        (one.category, f"`{one.name}`", _measured(one), one.licence or "–", f"{one.runtime} {one.requires}".strip())
        for one in ordered
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(["| category | adapter | measures | licence | runs on |", "|---|---|---|---|---|", *lines]) + "\n"


def _measured(one: Declaration) -> str:
    """Distribution and version."""
    wanted = one.distribution or ""
    pins = [pin for pin in one.dependencies if re.split(r"[\[=]", pin)[0] == wanted or pin.startswith(f"{wanted}@")]
    return " ".join(re.split(r"==|(?<=.)@", pins[0])) if pins else "–"


def names(_: str) -> str:
    """Names of all adapters, by category."""
    unnamed = [one for one in _declarations() if "@" not in one.name]
    groups = {name: [f"`{one.name}`" for one in unnamed if one.category == name] for name in CATEGORIES}
    return "\n".join(f"- {len(group)} {name}s: {', '.join(group)}" for name, group in groups.items()) + "\n"


def _declarations() -> list[Declaration]:
    return [one for name in rooms.names("adapters") for one in declared(rooms.path("adapters", name))]


def keys(_: str) -> str:
    """What an adapter may say of itself."""
    said = inspect.getsource(declaration).partition('"""What an adapter may say of itself:\n')[2].partition('"""')[0]
    return f"```\n{inspect.cleandoc(said)}\n```\n"


def scorers(_: str) -> str:
    """Every metric with its meaning."""
    metrics = [metric for name in rooms.names("scorers") for metric in rooms.load("scorers", name).METRICS]
    lines = [
        f"| `{one.name}` | {one.direction} | {one.aggregate.kind} | {one.unit}, {one.low:g} to {one.high:g} "
        f"| {_failed(one)} | {one.summary} |"
        for one in metrics
    ]
    head = ["| metric | better | corpus value | unit, range | a failed page | meaning |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *lines]) + "\n"


def _failed(metric: Metric) -> str:
    if metric.failure_as_empty:
        return "as an empty answer"
    return "left out" if metric.on_failure is None else f"{metric.on_failure:g}"


def kinds(_: str) -> str:
    """Every kind of text with its role and meaning."""
    lines = [f"| {kind.role} | `{name}` | {kind.summary} |" for name, kind in KINDS.items()]
    return "\n".join(["| role | kind | what belongs to it |", "|---|---|---|", *lines]) + "\n"


def consistency(corpus: str) -> str:
    """How far two readings of the pages of an overlay agree, by kind and class."""
    sheet = _datasheet(corpus)
    rows = [
        *[(f"`{name}`", one) for name, one in sheet["kinds"].items()],
        ("all kinds told apart", sheet["all kinds"]),
        *[(f"class {name}", one) for name, one in sheet["classes"].items()],
        ("all classes told apart", sheet["all classes"]),
    ]
    lines = [
        f"| {name} | {' / '.join(map(str, one['labelled']))} | {_share(one['kappa'])} | {one['agreed']:.2%} |"
        for name, one in rows
    ]
    head = ["| kind or class | words, first / second reading | Cohen's kappa | agreed |", "|---|--:|--:|--:|"]
    return "\n".join([*head, *lines, "", _made(sheet)]) + "\n"


def confusion(corpus: str) -> str:
    """Which kinds two readings gave to the same words, the commonest first."""
    lines = [f"| `{one}` | `{other}` | {words} |" for one, other, words in _datasheet(corpus)["confused"]]
    return "\n".join(["| one reading | the other | words |", "|---|---|--:|", *lines]) + "\n"


def bodies(corpus: str) -> str:
    """The main regions of each page of an overlay held against the body that the corpus itself gives."""
    listed = tomllib.loads((ROOT / "docs" / f"{corpus}-bodies.toml").read_text(encoding="utf-8"))["page"]
    reasons = {one["id"]: one for one in listed}
    head = ["| page | site | words: main, optional, boilerplate | P | R | F1 of the body | whose text holds, and why |"]
    lines = [_body_line(page, reasons.get(page["page"])) for page in _datasheet(corpus)["pages"]]
    return "\n".join([*head, "|---|---|--:|--:|--:|--:|---|", *lines]) + "\n"


def _body_line(page: dict[str, Any], reason: dict[str, Any] | None) -> str:
    same = page["precision"] == page["recall"] == 1
    verdict = "the same words" if same else "**differs, not explained**"
    if reason and not same:
        verdict = f"{reason['holds']}: {reason['why']}" + (" (erratum)" if reason.get("erratum") else "")
    words = ", ".join(str(page["words"][role]) for role in ("main", "optional", "boilerplate"))
    figures_ = " | ".join(_share(page[name]) for name in ("precision", "recall", "article_f1"))
    return f"| `{page['page'][:12]}` | {page['site']} | {words} | {figures_} | {verdict} |"


def errata(corpus: str) -> str:
    """Pages of a corpus whose own body holds what it should not, with the whole of their ids."""
    listed = tomllib.loads((ROOT / "docs" / f"{corpus}-bodies.toml").read_text(encoding="utf-8"))["page"]
    return "\n".join(f"- `{one['id']}`: {one['why']}" for one in listed if one.get("erratum")) + "\n"


def correlations(arguments: str) -> str:
    """Rank correlations of pairs of metrics in a published run: `CORPUS:METRIC:METRIC,METRIC…`, one line each."""
    corpus, first, others = arguments.split(":")
    run = Run.open(ROOT / "results" / corpus)
    rows = [(other, pipeline.correlate(run, first, other, corpus)) for other in others.split(",")]
    lines = [
        f"| `{first}` ({found.clusters[0]} sites) | `{other}` ({found.clusters[1]} sites) | {found.adapters} "
        f"| {_share(found.tau)} [{_share(found.low)}, {_share(found.high)}] |"
        for other, found in rows
    ]
    head = ["| measure | and | extractors | Kendall's tau-b [95 % interval] |", "|---|---|--:|--:|"]
    return "\n".join([*head, *lines]) + "\n"


def leaks(corpus: str) -> str:
    """Share of each kind of boilerplate that each extractor lets through, with the number of pages that have it."""
    whole = pipeline.results(Run.open(ROOT / "results" / corpus))
    shown = [name for name, about in whole.manifest.adapters.items() if pipeline.stands_for_its_tool(name, about)]
    rows = {(row.adapter, row.metric): row for row in whole.summaries if (row.corpus, row.slice) == (corpus, "all")}
    boilerplate = [name for name, kind in KINDS.items() if kind.role == "boilerplate"]
    pages = {kind: max(rows[name, f"regions.leaked.{kind}"].n for name in shown) for kind in boilerplate}
    columns = [kind for kind in boilerplate if pages[kind]]
    head = ["adapter", *(f"`{kind}` ({pages[kind]})" for kind in columns), "main text lost"]
    lines = []
    for name in sorted(shown, key=lambda one: -(rows[one, "article.f1"].estimate or 0)):
        metrics = [*(f"regions.leaked.{kind}" for kind in columns), "regions.lost.main"]
        lines.append([name, *(_with_ends(rows[name, metric]) for metric in metrics)])
    table = [head, ["---", *["--:"] * (len(head) - 1)], *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table) + "\n"


def stress(corpus: str) -> str:
    """What metrics read when golds of a corpus are disturbed, with the number of pages where that is not all of them.

    One row for each share of which more is better; precisions and recalls, and what does not change at all (for lack of
    snippets, say), stand in the file only.
    """
    whole = _stress()
    if corpus not in whole["corpora"]:
        return f"`{corpus}` was not on the disk where `results/metrics/stress.json` was made.\n"
    disturbances, about = whole["disturbances"], whole["corpora"][corpus]
    declared = [metric for name in about["scorers"] for metric in rooms.load("scorers", name).METRICS]
    shown = [one for one in declared if one.direction == "higher" and _tells(one.name, about["readings"])]
    head = ["metric", *(name.replace("_", " ") for name in disturbances)]
    lines = []
    for metric in shown:
        found = about["readings"][metric.name]
        lines.append([f"`{metric.name}`", *(_reading(*found[name], about["pages"]) for name in disturbances)])
    table = [head, ["---", *["--:"] * len(disturbances)], *lines]
    made = whole["made"]
    written = ", ".join(f"{name} {number}" for name, number in made["libraries"].items())
    return (
        "\n".join(f"| {' | '.join(cells)} |" for cells in table)
        + f"\n\n{about['pages']} pages; boilerbench {made['boilerbench']}, {written}, {made['machine']['python']}; "
        f"{made['created'][:10]}.\n"
    )


def _tells(metric: str, readings: dict[str, Any]) -> bool:
    values = {value for value, _ in readings.get(metric, {}).values()}
    return len(values) > 1 and not {"precision", "recall"} & set(re.split(r"[._]", metric))


def _reading(value: float | None, pages: int, whole: int) -> str:
    return _share(value) + (f" ({pages})" if pages not in {0, whole} else "")


def disturbances(_: str) -> str:
    """Every disturbance of a gold and what it does."""
    return "\n".join(f"- *{name.replace('_', ' ')}*: {said}" for name, said in _stress()["disturbances"].items()) + "\n"


def ranked(corpus: str) -> str:
    """Kendall's tau-b of all pairs of measures that a run's extractors were ranked by: below tau, above intervals."""
    about = _stress()["correlations"][corpus]
    measures = about["measures"]
    found = {(one["first"], one["second"]): one for one in about["pairs"]}
    lines = []
    for row, left in enumerate(measures):
        cells = [
            "" if row == column else _share(found[above, left]["tau"]) if row > column else _ends(found[left, above])
            for column, above in enumerate(measures)
        ]
        lines.append([f"`{left}`", *cells])
    head = ["", *(f"`{name}`" for name in measures)]
    table = [head, ["---", *["--:"] * len(measures)], *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table) + "\n"


def _ends(pair: dict[str, Any]) -> str:
    return f"{_share(pair['low'])} – {_share(pair['high'])}"


def _stress() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "results" / "metrics" / "stress.json").read_text(encoding="utf-8"))
    return found


def _with_ends(row: Summary) -> str:
    ends = "" if row.low is None or row.high is None else f" [{_share(row.low)}, {_share(row.high)}]"
    return _share(row.estimate) + ends


def parity(_: str) -> str:
    """Values of peers held against ours, one line for each peer, measure and system."""
    sheet = _metrics("parity")
    lines = [
        f"| {row['peer']} | {row['measure']} | {row['system']} | {row['equal']} of {row['values']} "
        f"| {row['furthest']:.1e} | {row['published']} | {row['ours']} |"
        for row in sheet["rows"]
        if "peer" in row
    ]
    head = [
        "| peer | measure | system | equal to the last bit | furthest apart | published | ours |",
        "|---|---|---|--:|--:|---|---|",
    ]
    return "\n".join([*head, *lines, "", _measured_with(sheet)]) + "\n"


def random_cases(_: str) -> str:
    """Random texts over small alphabets scored by us and by a reference, one line for each measure."""
    lines = [
        f"| {row['measure']} | {row['reference']} | {row['equal']:,} of {row['cases']:,} | {row['long']:,} "
        f"| {row['longest']} |"
        for row in _metrics("parity")["rows"]
        if "cases" in row
    ]
    head = ["| measure | reference | equal to the last bit | with a side of over 64 tokens | most tokens |"]
    return "\n".join([*head, "|---|---|--:|--:|--:|", *lines]) + "\n"


def peer_speed(_: str) -> str:
    """CPU time of ours beside that of reference implementations."""
    sheet = _metrics("peer-speed")
    lines = [
        f"| {row['work']} | {row['path']} | {row['reference']} {row.get('reference_version') or ''} | {row['pairs']} "
        f"| {row['reference_s']:.3g} | {row['ours_s']:.3g} | {row['ratio']:.3g}× | {_yes(row['equal'])} |"
        for row in sheet["rows"]
    ]
    head = ["| work | path | reference | pairs | reference, s | ours, s | ratio | equal values |"]
    return "\n".join([*head, "|---|---|---|--:|--:|--:|--:|---|", *lines, "", _measured_with(sheet)]) + "\n"


def gate_limits(_: str) -> str:
    """What the gate lets pass where nothing else is asked."""
    limits = Limits()
    lines = [
        ["the mean of a judged share falls", f"more than {_share(limits.mean)}"],
        ["a judged share of one page falls", f"more than {_share(limits.page)}"],
        ["times as slow as what is timed beside it", f"{limits.slower:g}"],
        ["times as slow as what is pinned", f"{limits.slower * DRIFT:.3g}"],
        [
            "more memory, both at once",
            f"{limits.hungrier:g} MB and {gate.SMALLEST_GROWTH:.0%} of what there was",
        ],
        ["slower, in reference parses, below which nothing is judged", f"{gate.SMALLEST_EXCESS:g}"],
        ["times that a suspicion is measured again", f"{gating.AGAIN}"],
    ]
    return f"{_table(['what', 'limit'], lines)}\n"


def gate_repeats(_: str) -> str:
    """How often the gate was wrong about time and memory when the same was measured again and again."""
    if not (ROOT / "results" / "metrics" / "gate-repeats.json").is_file():
        return "Not published yet.\n"
    sheet = _metrics("gate-repeats")
    made, slower, hungrier = sheet["made"], sheet["slower"], sheet["hungrier"]
    alarms = [f"{one['rule']} of {one['adapter']}, by {one['worse_by']:.2f}" for one in sheet["false_alarms"]]
    lines = [
        ["repeats", str(sheet["repeats"])],
        ["judgements of time or memory", str(sheet["judgements"])],
        ["suspected after one measurement", str(sheet["suspected"])],
        ["false alarms after measuring again", "; ".join([str(len(alarms)), *alarms])],
        [f"copies {slower['times']:g} times as slow that were caught", f"{slower['caught']} of {sheet['tried']}"],
        [f"copies {hungrier['mb']:g} MB hungrier that were caught", f"{hungrier['caught']} of {sheet['tried']}"],
    ]
    where = made["machine"]
    provenance = (
        f"boilerbench {made['boilerbench']} at {made['revision']}; {where['processor']}, {where['cores']} cores, "
        f"{where['python']}; load {sheet['load'][0]:g} to {sheet['load'][1]:g}; {made['created'][:10]}."
    )
    return f"{_table(['counted', ''], lines)}\n\n{provenance}\n"


def _yes(value: object) -> str:
    return "–" if value is None else "yes" if value is True else "**no**" if value is False else str(value)


def _metrics(name: str) -> dict[str, Any]:
    sheet: dict[str, Any] = json.loads((ROOT / "results" / "metrics" / f"{name}.json").read_text(encoding="utf-8"))
    return sheet


def _measured_with(sheet: dict[str, Any]) -> str:
    made = sheet["made"]
    packages = ", ".join(f"{name} {number}" for name, number in made["packages"].items())
    where = made["machine"]
    return (
        f"boilerbench {made['boilerbench']}; {packages}; {where['processor']}, {where['cores']} cores, "
        f"{where['python']}; {made['created'][:10]}."
    )


def _datasheet(corpus: str) -> dict[str, Any]:
    sheet: dict[str, Any] = json.loads((ROOT / "results" / "overlays" / f"{corpus}.json").read_text(encoding="utf-8"))
    return sheet


def _made(sheet: dict[str, Any]) -> str:
    made = sheet["made"]
    libraries = f"selectolax {made['libraries']['selectolax']}"
    return f"boilerbench {made['boilerbench']}, {libraries}, {made['machine']['python']}; {made['created'][:10]}."


def _share(value: float | None) -> str:
    return "–" if value is None else re.sub(r"^(-?)0\.", r"\1.", f"{value:.3f}")


def _alarms(row: dict[str, Any], bar: str) -> str:
    """A share of false alarms with its error; a dash where the simulation that is published did not count them."""
    return f"{_share(row[f'alarms{bar}'])} ± {_share(row[f'error{bar}'])}" if f"alarms{bar}" in row else "–"


def _quantile_coverage(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each scenario and number of sites: coverage of each quantile, and without the rule for sites."""
    kinds = list(dict.fromkeys(row["quantile"] for row in rows))
    lines: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        lines.setdefault((row["scenario"], row["clusters"]), []).append(_held(row, ""))
    for row in rows:
        if row["quantile"] in kinds[1:]:
            lines[row["scenario"], row["clusters"]].append(_held(row, "loose_"))
    head = [*(f"{kind}: coverage" for kind in kinds), *(f"{kind} without the rule" for kind in kinds[1:])]
    return [
        f"| pages | sites | {' | '.join(head)} |",
        f"|---|--:{'|--:' * len(head)}|",
        *(f"| {scenario} | {sites} | {' | '.join(cells)} |" for (scenario, sites), cells in lines.items()),
    ]


def _held(row: Mapping[str, Any], which: str) -> str:
    """Coverage where there is an interval, and in how many samples there is one where not in all."""
    if row[f"{which}coverage"] is None:
        return "–"
    shown = row[f"{which}shown"]
    told = f"{_share(row[f'{which}coverage'])} ± {_share(row[f'{which}error'])}"
    return told if shown > 0.9995 else f"{told}, in {shown:.1%}"


def coverage(_: str) -> str:
    """What the simulation of intervals and tests found."""
    found = json.loads((ROOT / "results" / "statistics" / "coverage.json").read_text(encoding="utf-8"))
    blocks = [
        [
            "| scenario | sites | coverage | width | wide | drawn: coverage | width | wide |",
            "|---|--:|--:|--:|--:|--:|--:|--:|",
            *(
                f"| {row['scenario']} | {row['clusters']} | {_share(row['coverage'])} ± {_share(row['error'])} | "
                f"{_share(row['width'])} | {row['wide']:.1%} | {_share(row['counts_coverage'])} | "
                f"{_share(row['counts_width'])} | {row['counts_wide']:.1%} |"
                for row in found["intervals"]
            ),
        ],
        _quantile_coverage(found["quantiles"]),
        [
            '| sites | equal adapters | beside worse ones | any false "separated" among the equal '
            f"| any adjusted p ≤ {_share(SIGNIFICANT)} |",
            "|--:|--:|--:|--:|--:|",
            *(
                f"| {row['clusters']} | {row['equal']} | {row['worse']} "
                f"| {_alarms(row, '')} | {_alarms(row, '_at_level')} |"
                for row in found["alarms"]
            ),
        ],
        [
            "| sites | δ | called equivalent where δ apart | where equal |",
            "|--:|--:|--:|--:|",
            *(
                f"| {row['clusters']} | {row['delta']:g} | {_share(row['called_at_delta'])} | "
                f"{_share(row['called_at_0'])} |"
                for row in found["equivalence"]
            ),
        ],
        [
            "| sites | adapters | tau-b: coverage | interval too low | too high | width | mean error |",
            "|--:|--:|--:|--:|--:|--:|--:|",
            *(
                f"| {row['clusters']} | {row['adapters']} | {_share(row['coverage'])} ± {_share(row['error'])} | "
                f"{_share(row['below'])} | {_share(row['above'])} | {_share(row['width'])} | {_share(row['bias'])} |"
                for row in found["ranks"]
            ),
        ],
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


MAKERS = {
    one.__name__: one
    for one in (
        *(kinds, leaderboard, source, adapters, field, figures, keys, names, scorers, short),
        *(consistency, confusion, bodies, errata, correlations, leaks, coverage, parity, random_cases, peer_speed),
        *(stress, disturbances, ranked, separated, doses, answers, dialects, drills, realism),
        *(commands, differences, editions, gate_limits, gate_repeats, least, timings),
    )
}


def rendered(text: str) -> str:
    """A document with its generated parts made anew."""
    return PART.sub(lambda part: f"{part[1]}{MAKERS[part[2]](part[3])}{part[4]}", text)


def documents() -> Iterator[tuple[Path, str]]:
    """Every document with generated parts, and those that are generated whole, as they should read."""
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        yield file, rendered(file.read_text(encoding="utf-8"))
    yield ROOT / "docs" / "report.schema.json", rooms.load("reports", "json").published_schema().decode()
    for name, svg in _curves(pipeline.results(Run.open(ROOT / "results" / "doses"))).items():
        yield ROOT / "docs" / f"{name}.svg", svg.decode()


def main() -> int:
    """Render, or with `--check` name the documents that are out of date."""
    stale = []
    for file, fresh in documents():
        if not file.is_file() or fresh != file.read_text(encoding="utf-8"):
            stale.append(str(file.relative_to(ROOT)))
            if "--check" not in sys.argv:
                file.write_text(fresh, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"out of date: {', '.join(stale)}; type: make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
