"""What people who look at single pages ask: blocks to annotate, golds, lint, agreement, and why a score is low."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from . import diff, diffsheet, goldfiles, machine, overlays, rooms, store
from .annotate import blocks as annotation_blocks
from .annotate import ranges
from .annotate.blocks import Block
from .annotate.sampling import Candidate, balanced, boilerplate_share, language_of
from .annotate.selections import Pointer
from .checks import lint
from .compose import experiment
from .compose.page import gold_by_construction, page_of, parse_id
from .errors import UsageError
from .plan import Corpus, corpora_at_hand, find_corpus, read_plan
from .records import GUIDELINE, Extraction, Gold, Page
from .regions import KINDS, resolve, visible_text
from .stats import agreement
from .store import Run
from .text import decode, plain, tokens

ADJUDICATED = "adjudicated"
"""Folder of the readings that settle where the others differ."""
EXPLAINED = ("article", "body", "regions")
"""Scorers whose headline values stand at the head of a diff."""


def find_page(corpus: Corpus, page_id: str) -> Page:
    """The page of that id; UsageError with the nearest ids where there is none."""
    ids = []
    page: Page
    for page in corpus.reader().pages(corpus.folder):
        if page.id == page_id:
            return page
        ids.append(page.id)
    near = difflib.get_close_matches(page_id, ids, n=3, cutoff=0.4) or ids[:3]
    raise UsageError(f"corpus {corpus.name!r} has no page {page_id!r}; it has, for example, {', '.join(near)}")


def blocks_of(page: Page) -> list[Block]:
    """The blocks of a page, numbered as annotations number them."""
    return annotation_blocks.blocks(decode(page.html, page.charset))


def sample_of(corpus: Corpus, number: int, seed: int) -> list[Candidate]:
    """Pages of a corpus to annotate, chosen by the balanced rule; the corpus' own golds say what is boilerplate."""
    bodies = {gold.page_id: gold.body for gold in corpus.golds()}
    return balanced([_candidate(page, bodies[page.id]) for page in corpus.reader().pages(corpus.folder)], number, seed)


def _candidate(page: Page, body: str) -> Candidate:
    html = decode(page.html, page.charset)
    visible = visible_text(html)
    share, site = boilerplate_share(visible, body), page.attributes.get("site", page.id)
    return Candidate(page.id, site, language_of(html, body), len(tokens(visible)), share)


def gold_of(page: Page, annotation: str) -> str:
    """The TOML of the gold that an annotation of a page's blocks makes; UsageError for all that is wrong with it."""
    regions = ranges.regions_of(decode(page.html, page.charset), ranges.parse(annotation))
    facts = {
        "page": page.id,
        "sha256": page.sha256,
        "language": page.attributes.get("language", ""),
        "page_type": page.attributes.get("page_type", ""),
        "annotator": "",
        "guideline": GUIDELINE,
        "provenance": "",
    }
    return goldfiles.write(facts, regions)


def composed(page_id: str) -> tuple[Page, str, str]:
    """A composed page by its id, the TOML of its gold and its gold body; UsageError for an id that spells none."""
    spec = parse_id(page_id)
    page, gold = page_of(spec), gold_by_construction(spec)
    return page, _gold_toml(page, gold), gold.body + "\n"


def write_sample(root: Path) -> int:
    """Write the bundled sample of composed pages below a root, where the corpus `composed` reads it; how many.

    What an earlier sample left is removed first.
    """
    pages, golds = root / "seeds" / "composed", root / "goldens" / "composed"
    for place in (pages, golds):
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():
            old.unlink()
    specs = experiment.sample()
    for spec in specs:
        page, toml, body = composed(spec.id)
        store.write(pages / f"{page.id}.html", page.html)
        store.write(pages / f"{page.id}.toml", _page_toml(page).encode())
        store.write(golds / f"{page.id}.toml", toml.encode())
        store.write(golds / f"{page.id}.txt", body.encode())
    return len(specs)


def _page_toml(page: Page) -> str:
    labels = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in page.attributes.items())
    return f'url = "{page.url}"\ncharset = "{page.charset}"\n\n[attributes]\n{labels}'


def _gold_toml(page: Page, gold: Gold) -> str:
    """The gold's regions as selectors and quotes on the page, as an annotation makes them."""
    pointer = Pointer(annotation_blocks.read(decode(page.html, page.charset)))
    placed: list[goldfiles.Placed] = []
    for number, stretch in groupby(range(len(gold.tokens)), key=lambda place: gold.tokens[place].region):
        places = list(stretch)
        placed.append((gold.regions[number], pointer.selections(places[0], places[-1] + 1)))
    facts = {
        "page": page.id,
        "sha256": page.sha256,
        "language": page.attributes["language"],
        "page_type": page.attributes["page_type"],
        "annotator": str(gold.annotator),
        "guideline": GUIDELINE,
        "provenance": gold.provenance,
    }
    return goldfiles.write(facts, placed)


def annotated(corpus: Corpus) -> set[str]:
    """Ids of the pages of a corpus that regions are laid over."""
    return overlays.covered(corpus.name)


def lint_all(data: Path | None) -> tuple[list[lint.Finding], dict[str, int]]:
    """All that is wrong with bundled pages and golds, and with overlays, held against their pages where these are.

    With it corpus -> overlays of which only the files could be looked at, since the corpus is not on this disk.
    """
    root = store.bundled()
    findings = lint.lint(root)
    here = corpora_at_hand(data)
    unseen: dict[str, int] = {}
    for name in sorted(place.name for place in (root / "goldens" / "overlays").glob("[!.]*") if place.is_dir()):
        if name in here:
            corpus = find_corpus(name, data)
            findings += lint_overlays(name, {page.id: page for page in corpus.reader().pages(corpus.folder)})
        else:
            findings += lint_overlays(name, None)
            unseen[name] = len(overlays.covered(name))
    return findings, unseen


def lint_overlays(corpus: str, pages: Mapping[str, Page] | None) -> list[lint.Finding]:
    """All that is wrong with the overlays of a corpus, held against its pages by id where they are given."""
    findings = []
    for page_id in sorted(overlays.covered(corpus)):
        if pages is not None and page_id not in pages:
            findings.append(lint.no_such_page(corpus, page_id))
        findings += lint.lint_overlay(store.bundled(), corpus, page_id, (pages or {}).get(page_id))
    return findings


def diff_of(run: Run, page_id: str, adapter: str, *, colour: bool, width: int) -> str:
    """One page with one answer of a run, marked word by word; UsageError for what the run does not hold."""
    marks, answer, scores = marked_answer(run, page_id, adapter)
    return diffsheet.render(marks, answer, scores, colour=colour, width=width)


def marked_answer(run: Run, page_id: str, adapter: str) -> tuple[diff.Diff, Extraction, dict[str, float | None]]:
    """One page held against one answer of a run, the answer, and its headline values; UsageError as for `diff_of`."""
    plan, manifest = read_plan(run), run.manifest()
    if adapter not in manifest.adapters:
        near = difflib.get_close_matches(adapter, manifest.adapters, n=3, cutoff=0.4) or list(manifest.adapters)
        raise UsageError(f"{run.folder} has no answers of {adapter!r}; it has those of {', '.join(near)}")
    holders = [row["corpus"] for row in run.pages() if row["page_id"] == page_id]
    corpus = next((one for one in plan.corpora if one.name in holders), None)
    if corpus is None:
        raise UsageError(
            f"{run.folder} has no page {page_id!r}; `boilerbench blocks` and its pages.parquet know the ids"
        )
    if not corpus.has_pages:
        raise UsageError(
            f"{run.folder} was scored by golds without pages, so there is nothing to mark; "
            "score the answers with --gold and the corpus itself"
        )
    page = find_page(corpus, page_id)
    gold = next(gold for gold in corpus.golds() if gold.page_id == page_id)
    answer = next(row for row in run.extractions(adapter, corpus.name) if row.page_id == page_id)
    text = plain(answer.text, answer.form) if answer.text else ""
    return diff.marked(decode(page.html, page.charset), gold, text), answer, _headline_scores(gold, text)


def _headline_scores(gold: Gold, text: str) -> dict[str, float | None]:
    """What the scorers that a diff explains say in short tables, where they say anything."""
    scores: dict[str, float | None] = {}
    for module in (rooms.load("scorers", name) for name in EXPLAINED):
        values = module.against(gold)(text)
        scores |= {
            one.name: values[one.name] for one in module.METRICS if one.headline and values[one.name] is not None
        }
    return scores


def agreement_of(first: Path, second: Path, corpus: Corpus) -> agreement.Agreement:
    """How far two folders of annotations agree on the pages that both hold, word by word."""
    names = [{file.stem for file in folder.glob("*.txt")} for folder in (first, second)]
    common = sorted(names[0] & names[1])
    if not common:
        raise UsageError(
            f"{first} and {second} hold no annotation of the same page; expected files <page-id>.txt in both"
        )
    readings = {name: [_reading(corpus, folder / f"{name}.txt") for folder in (first, second)] for name in common}
    return _agreement(readings)


def _agreement(readings: Mapping[str, Sequence[Sequence[str]]]) -> agreement.Agreement:
    return agreement.agreement(readings, {name: kind.role for name, kind in KINDS.items()})


def datasheet(corpus: Corpus) -> dict[str, object]:
    """What can be said of the regions laid over a corpus: its pages, how far readings agree, and the corpus' bodies.

    Repeat consistency is that of the two raw readings in `goldens/annotations/<corpus>/`. The main regions of a page
    are held against the corpus' own body: `precision` and `recall` are `body.precision` and `body.recall` of the main
    text, `article_f1` is the headline measure of the corpus' body as if it were an answer, where optional text that it
    holds costs nothing. Pages that were not read twice are named, and left out of all this. UsageError where the corpus
    has no page with regions that was.
    """
    covered = overlays.covered(corpus.name)
    twice = {page: files for page, files in _readings(corpus.name).items() if page in covered and len(files) == 2}
    if not twice:
        raise UsageError(
            f"corpus {corpus.name!r} has {len(covered)} pages with regions, none of them read twice; a datasheet takes "
            f"some that are, with two readings below {store.bundled() / 'goldens' / 'annotations' / corpus.name}"
        )
    found = _agreement({page: [_reading(corpus, file) for file in files] for page, files in twice.items()})
    sites = {page.id: page.attributes.get("site", "") for page in corpus.reader().pages(corpus.folder)}
    golds = [gold for gold in corpus.golds() if gold.page_id in twice]
    return {
        "corpus": corpus.name,
        "readings": sorted({file.parent.name for files in twice.values() for file in files}),
        "read once": sorted(covered - set(twice)),
        "words": found.overall.tokens,
        "all kinds": _measures(found.overall),
        "kinds": {name: _measures(one) for name, one in found.kinds.items()},
        "all classes": _measures(found.overall_classes),
        "classes": {name: _measures(one) for name, one in found.classes.items()},
        "confused": [list(row) for row in confused(found)],
        "pages": [{"page": gold.page_id, "site": sites[gold.page_id], **_against_body(gold)} for gold in golds],
    }


def _readings(corpus: str) -> dict[str, list[Path]]:
    """Page -> its raw readings, two at most, in the order of their readers' names."""
    found: dict[str, list[Path]] = {}
    folder = store.bundled() / "goldens" / "annotations" / corpus
    for file in sorted(folder.glob("[!.]*/*.txt")):
        if file.parent.name != ADJUDICATED:
            found.setdefault(file.stem, []).append(file)
    return {page: files[:2] for page, files in sorted(found.items())}


def write_datasheet(corpus: Corpus, file: Path) -> None:
    """Write the datasheet of a corpus as JSON, with when and by what it was made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    store.write_json(file, {**datasheet(corpus), "made": machine.circumstances(store.PACKAGE.parent)})


def _measures(one: agreement.Measures) -> dict[str, object]:
    return {"kappa": one.kappa, "agreed": one.agreed, "labelled": list(one.labelled)}


def _against_body(gold: Gold) -> dict[str, object]:
    roles = [KINDS[gold.regions[token.region].kind].role for token in gold.tokens]
    main = [
        token.text
        for token, role in zip(gold.tokens, roles, strict=True)
        if role == "main" and gold.regions[token.region].copy_of is None
    ]
    ours = rooms.load("scorers", "body").against(gold)(" ".join(main))
    theirs = rooms.load("scorers", "article").against(gold)(gold.body)
    return {
        "words": {role: roles.count(role) for role in ("main", "optional", "boilerplate")},
        "main": len(main),
        "body": len(tokens(gold.body)),
        "precision": ours["body.precision"],
        "recall": ours["body.recall"],
        "article_f1": theirs["article.f1"],
    }


def confused(found: agreement.Agreement) -> list[tuple[str, str, int]]:
    """Pairs of kinds that two readings gave the same words, the commonest first."""
    return list(agreement.disagreements(found.confusion))


def _reading(corpus: Corpus, file: Path) -> list[str]:
    """The kind of each visible word of a page, as one annotation says."""
    page = find_page(corpus, file.stem)
    html = decode(page.html, page.charset)
    try:
        placed = ranges.regions_of(html, ranges.parse(file.read_text(encoding="utf-8")))
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from error
    return [placed[token.region][0].kind for token in resolve(html, placed).tokens]
