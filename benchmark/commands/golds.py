"""Golds: whether they are sound, and how far two readers of the same pages agree."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..plan import find_corpus
from ..terminal import say


def agreement(
    first: Annotated[Path, Parameter(help="Folder of annotations, <page-id>.txt.")],
    second: Annotated[Path, Parameter(help="Another reading of the same pages.")],
    *,
    corpus: Annotated[str, Parameter(help="Corpus of the pages.")] = "seeds",
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
) -> int:
    """Say how far two readings of the same pages agree, word by word: per kind, per class, and what was confused."""
    from .. import desk

    found = desk.agreement_of(first, second, find_corpus(corpus, data))
    rows = [("all kinds", found.overall), *found.kinds.items(), ("all classes", found.overall_classes)]
    for name, measures in [*rows, *found.classes.items()]:
        kappa, alpha = (f"{value:.3f}" if value is not None else "–" for value in (measures.kappa, measures.alpha))
        say(
            f"{name:<14} kappa {kappa:>6}  alpha {alpha:>6}  agreed on {measures.agreed:.1%} of {measures.tokens} words"
        )
    for one, other, words in desk.confused(found):
        say(f"{words:>6} words: {one} or {other}")
    return 0


def datasheet(
    corpus: Annotated[str, Parameter(help="Corpus that regions are laid over.")],
    *,
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
    out: Annotated[Path, Parameter(help="File to write.")],
) -> int:
    """Write down what can be said of the regions laid over a corpus, as JSON for `docs/render.py`.

    Each page with the size of its classes, how far the two readings agree by kind, what was confused, and how far the
    main regions agree with the corpus' own bodies.
    """
    from .. import desk

    desk.write_datasheet(find_corpus(corpus, data), out)
    say(f"wrote {out}")
    return 0


def lint(*, data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None) -> int:
    """Check golds and pages: hashes, selectors, coverage, agreement with the body; exit 1 where anything is wrong.

    Regions laid over pages of other corpora are held against the pages where the corpus is on this disk.
    """
    from .. import desk

    findings, unseen = desk.lint_all(data)
    for finding in findings:
        say(str(finding))
    for corpus, pages in unseen.items():
        say(
            f"note: {pages} overlays of {corpus} were not held against their pages: the corpus is not on this disk; "
            "give the folder above it, --data FOLDER or $BOILERBENCH_DATA"
        )
    say(f"{len(findings)} findings")
    return 1 if findings else 0
