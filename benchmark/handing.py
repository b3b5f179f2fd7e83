"""Answers given elsewhere -> Extraction, as if an adapter had given them here; and Extraction -> files of others."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from . import rooms
from .errors import UsageError
from .plan import HandedIn, Plan, corpora_at_hand, find_corpus, refuse
from .progress import Progress
from .reading import listed, read_bytes, shown_name
from .records import FAILURES, Extraction, Page, Predictions
from .store import Run, Shard
from .text import plain

MISSING = "no prediction"
"""Error of a page for which no answer was handed in."""

Place = tuple[str, str]
"""Corpus and page id."""
Hashes = Mapping[str, Mapping[str, str]]
"""Corpus -> page id -> SHA-256 of the page's bytes."""


@dataclass(frozen=True)
class Placed:
    """Handed-in answers with the pages that they are answers to."""

    handed: HandedIn
    """Where they come from."""
    predictions: Predictions
    """What stands there."""
    answers: Mapping[Place, str | None]
    """Page -> its answer; a page without one is no key."""
    about: Mapping[str, object]
    """What the manifest says of them."""


# answers in ---------------------------------------------------------------------------------------------------


def gather(plan: Plan, known: Hashes, wanted: Hashes, progress: Progress) -> list[Placed]:
    """Read all answers that were handed in, and find for each the page it belongs to.

    `known` are all pages of the run's corpora, `wanted` those that the run is about. An answer belongs to the page
    whose id it bears, or else to every page whose bytes have that SHA-256: WCEB names pages so. One UsageError for all
    that is wrong: answers of which none belongs to a page, two to one page, and unless the plan allows them pages
    without an answer and answers to no page.
    """
    complaints: list[str] = []
    places = _places(known)
    placed = []
    for handed in plan.handed:
        predictions = handed.read()
        found, twice, extra = _matched(predictions, places)
        missing = [one for corpus, hashes in wanted.items() for one in hashes if (corpus, one) not in found]
        problems = _problems(plan, missing, twice, extra) if found else _strangers(plan, known, predictions)
        if problems:
            complaints.append(
                "\n".join([f"cannot use {handed.file} on {', '.join(known)}:", *(f"- {one}" for one in problems)])
            )
            continue
        placed.append(Placed(handed, predictions, found, _about(handed, predictions)))
        for note in _notes(found, missing, extra):
            progress.note(f"{handed.name}: {note}")
    refuse(complaints)
    return placed


def _places(known: Hashes) -> Mapping[str, Sequence[Place]]:
    """Id, or SHA-256 where it is no id -> the pages it means."""
    by_hash: dict[str, list[Place]] = defaultdict(list)
    by_id: dict[str, list[Place]] = defaultdict(list)
    for corpus, hashes in known.items():
        for page_id, sha256 in hashes.items():
            by_id[page_id].append((corpus, page_id))
            by_hash[sha256].append((corpus, page_id))
    return {**by_hash, **by_id}


def _matched(
    predictions: Predictions, places: Mapping[str, Sequence[Place]]
) -> tuple[dict[Place, str | None], list[str], list[str]]:
    """The answer to each page; ids of pages that have two; names of answers to no page."""
    found: dict[Place, str | None] = {}
    twice, extra = [], []
    for name, text in predictions.texts.items():
        for place in places.get(name, ()):
            if place in found:
                twice.append(place[1])
            found[place] = text
        if name not in places:
            extra.append(name)
    return found, twice, extra


def _problems(plan: Plan, missing: Sequence[str], twice: Sequence[str], extra: Sequence[str]) -> list[str]:
    problems = listed("answers given twice, by id and by SHA-256 of the page; leave one out", twice)
    if not plan.allow_missing:
        problems += listed("pages without an answer; with --allow-missing each counts as a failure", missing)
    if not plan.ignore_extra:
        problems += listed("answers to no page; with --ignore-extra they are left out", extra)
    return problems


def _strangers(plan: Plan, known: Hashes, predictions: Predictions) -> list[str]:
    """What to say of answers none of which belongs to a page."""
    if not predictions.texts:
        return ["it holds no answer"]
    theirs = shown_name(next(iter(predictions.texts)))
    ours = next((page_id for hashes in known.values() for page_id in hashes), "none")
    others = {name: _shared(plan, name, predictions) for name in corpora_at_hand(plan.data) if name not in known}
    return [
        f"no id is that of a page, or its SHA-256: one is {theirs!r}, where pages are called like {ours!r}",
        *(
            f"{shared} of its {len(predictions.texts)} ids are of corpus {name!r}; "
            f"type: boilerbench score --gold {name} --predictions …"
            for name, shared in others.items()
            if shared
        ),
    ]


def _shared(plan: Plan, name: str, predictions: Predictions) -> int:
    """How many of the ids mean a page of a corpus; 0 where it cannot be read."""
    try:
        corpus = find_corpus(name, plan.data)
        pages: Iterator[Page] = corpus.reader().pages(corpus.folder)
        ids = {one for page in pages for one in (page.id, page.sha256)}
    except UsageError:
        return 0
    return sum(one in ids for one in predictions.texts)


def _about(handed: HandedIn, predictions: Predictions) -> dict[str, object]:
    """What the manifest says: no runtime, environment or sandbox, since nothing was run, and no folder of a machine."""
    return {
        "version": predictions.version,
        "summary": f"answers given elsewhere, handed in as {handed.format}",
        "category": "extractor",
        "form": handed.form,
        "predictions": {
            "file": handed.file.name,
            "format": handed.format,
            "sha256": _fingerprint(handed.file),
            "answers": len(predictions.texts),
        },
    }


def _fingerprint(place: Path) -> str:
    """SHA-256 of a file; of a folder, of the names and bytes of its files."""
    if place.is_file():
        return hashlib.sha256(read_bytes(place)).hexdigest()
    digest = hashlib.sha256()
    for file in sorted(one for one in place.rglob("*") if one.is_file()):
        name = file.relative_to(place).as_posix().encode("utf-8", "surrogateescape")
        digest.update(name + b"\0" + hashlib.sha256(read_bytes(file)).digest())
    return digest.hexdigest()


def _notes(found: Mapping[Place, str | None], missing: Sequence[str], extra: Sequence[str]) -> Iterator[str]:
    """What was let pass, and what looks like a mistake although it may be none."""
    if missing:
        yield f"{len(missing)} pages have no answer and count as failures"
    if extra:
        yield f"{len(extra)} answers to no page are left out"
    if not any(text and text.strip() for text in found.values()):
        yield "every answer is empty"


def write(run: Run, placed: Placed, corpus: str, ranges: Sequence[tuple[int, int]], ids: Sequence[str]) -> None:
    """Store the answers to one corpus in parts, as an adapter's are stored; `ranges` are the places of the `ids`."""
    name = placed.handed.name
    order = iter(ids)
    for number, (start, stop) in enumerate(ranges):
        rows = [_row(placed, (corpus, page_id)) for page_id in islice(order, stop - start)]
        run.write_part(Shard(name, corpus, number, start, stop), rows, [], {"predictions": placed.about["predictions"]})


def _row(placed: Placed, place: Place) -> Extraction:
    handed, version = placed.handed, placed.predictions.version
    if place not in placed.answers:
        return Extraction(place[1], handed.name, version, None, handed.form, "error", MISSING)
    text = placed.answers[place]
    outcome = "ok" if text and plain(text, handed.form).strip() else "empty"
    return Extraction(place[1], handed.name, version, text, handed.form, outcome)


# answers out --------------------------------------------------------------------------------------------------


def export(run: Run, adapter: str, form: str, corpus: str | None = None) -> tuple[dict[str, bytes], int]:
    """The files of one adapter's answers in a format of `formats/`, and the number of failures among them.

    All formats hold plain text, so markup is taken off as for scoring. None can say that a page failed: a failure
    becomes null, an empty answer, so that every page is there, as AEB's evaluator demands. `corpus` may be left out
    where the run has one. UsageError for an adapter, corpus or format that is not there.
    """
    name = _only_corpus(run, corpus)
    about = run.manifest().adapters[adapter]
    rows = list(run.extractions(adapter, name))
    if len(rows) < len(run.page_hashes(name)):
        raise UsageError(
            f"{run.folder} is not finished; type: boilerbench extract --resume --out {run.folder}"
            if run.has("plan.json")
            else f"{run.folder} keeps no texts: it is a published run; give the one that it was made from"
        )
    texts = {row.page_id: None if row.text is None else plain(row.text, row.form) for row in rows}
    urls = {row["page_id"]: row["url"] for row in run.pages() if row["corpus"] == name and row["url"]}
    version = None if about.get("version") is None else str(about["version"])
    files: dict[str, bytes] = rooms.load("formats", form).write(Predictions(adapter, version, texts, urls))
    return files, sum(row.outcome in FAILURES for row in rows)


def _only_corpus(run: Run, corpus: str | None) -> str:
    known = list(run.manifest().corpora)
    if corpus is None and len(known) == 1:
        return known[0]
    if corpus not in known:
        given = "several corpora" if corpus is None else f"no corpus {corpus!r}"
        raise UsageError(f"{run.folder} has {given}; name one of {', '.join(known)}: --corpus CORPUS")
    return corpus
