"""Scores and times of composed pages -> what each dose does, page by page beside the plain page (`stats/responses`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .compose.page import parse_id, treatment
from .errors import UsageError
from .store import Run

if TYPE_CHECKING:
    import pandas as pd

QUALITY = ("article.f1", "article.precision", "article.recall")
"""Measures of quality that are told of every dose; beside them the leakage of the treatment's own kind."""
TIMES = ("speed.cpu_ms", "speed.peak_rss_mb")
"""Measures that are compared by ratios."""


def respond(run: Run) -> None:
    """Work out the responses of an experiment and write them; UsageError where the run's pages are none."""
    from .stats import responses

    table = measurements(run)
    seed = run.manifest().seed
    run.write_doses(responses.responses(table, TIMES, seed), responses.slopes(table, TIMES, seed))
    # What a dose does is told above; a mean over plain and treated pages would say nothing.
    run.write_summary([], [])


def measurements(run: Run) -> pd.DataFrame:
    """The tidy table of an experiment: adapter, design, body, dialect, treatment, dose, metric, value.

    A plain page stands once, with the dose 0; leakage is that of the kinds that the experiment's treatments add.
    """
    import pandas as pd

    pages = _pages(run)
    added = {f"regions.leaked.{treatment(name.partition('.')[0]).KIND}" for name in set(pages["treatment"]) if name}
    tables = [run.scores(name) for name in ("scores.parquet", "speed/scores.parquet") if run.has(name)]
    scores = pd.concat(tables, ignore_index=True).astype({"page_id": str, "adapter": str, "metric": str})
    wanted = scores[scores["metric"].isin({*QUALITY, *added, *TIMES})]
    table = wanted.merge(pages, on="page_id")
    own = table["treatment"].map(
        lambda name: f"regions.leaked.{treatment(name.partition('.')[0]).KIND}" if name else None
    )
    other = table["metric"].str.startswith("regions.leaked.") & (own != table["metric"]) & (table["dose"] > 0)
    columns = ["adapter", "design", "body", "dialect", "treatment", "dose", "metric", "value"]
    tidy: pd.DataFrame = table.loc[~other, columns].reset_index(drop=True)
    return tidy


def _pages(run: Run) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for row in run.pages():
        spec = parse_id(row["page_id"])
        if len(spec.doses) > 1:
            raise UsageError(f"{row['page_id']} has several treatments; a response is told of one at a time")
        only = spec.doses[0] if spec.doses else None
        name = f"{only.treatment}{'.' if only.variant else ''}{only.variant}" if only else ""
        rows.append((row["page_id"], spec.design, spec.body, spec.dialect, name, only.amount if only else 0))
    return pd.DataFrame(rows, columns=["page_id", "design", "body", "dialect", "treatment", "dose"])
