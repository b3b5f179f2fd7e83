"""The records that flow from stage to stage; each is made in one place and read only downstream.

Standard library only, and no syntax newer than Python 3.7: the worker that runs inside a competitor's
environment imports this file too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Dict, Iterable, Mapping, Optional, Tuple

FORMAT = 1
"""Number of the file format of a run; a run of another format is refused by name."""

EDITION = 3
"""Number of the edition of bundled pages and golds; scores of two editions are not comparable."""

FORMS = ("text", "html", "markdown")
"""What an adapter may hand back; `text.plain` makes the three comparable."""

CATEGORIES = ("extractor", "converter", "floor", "model")
"""What an adapter is: a main-content extractor; a converter of whole pages; a floor to compare with; an extractor whose
weights are published apart from it."""

QUANTILES = {"median": 0.5, "p95": 0.95, "p99": 0.99}
"""Aggregates that are a quantile of the pages: the share of the pages that do not exceed it."""

APART = ("converter", "floor")
"""Categories that are not ranked among extractors."""

OUTCOMES = ("ok", "empty", "error", "timeout", "oom", "crash")
"""How one extraction can end, from best to worst."""

GUIDELINE = "1"
"""Version of the annotation guideline that new golds follow."""

CLUSTERS_NEEDED = 20
"""Below so many independent clusters there is no interval and no rank: bootstrap intervals are too short there."""

SEPARATED = 0.043
"""Adjusted p values up to this separate two adapters; below the .05 that is meant, for what the adjustment for many
pairs may lack (`stats/pairs.py`)."""

CARRIED_BY_ONE = 1.2
"""Below so many carriers (see `Summary.carriers`) one cluster makes over nine tenths of the deviation of a value."""

DELTA = 0.01
"""Differences smaller than this do not matter unless told otherwise, for shares between 0 and 1: one point of F1."""

FAILURES = ("error", "timeout", "oom", "crash")
"""The outcomes that count as a failure; an empty answer is a bad answer, not a failure."""


BULKY = {"bulky": True}
"""Metadata of fields that a document of the whole results leaves out: values page by page stand in scores.parquet."""


@dataclass(frozen=True)
class Page:
    """One web page as a crawler stored it: all that a competitor may know, plus labels it never sees."""

    id: str
    """Name of the page within its corpus; never sent to a worker."""
    corpus: str
    """Name of the corpus the page belongs to."""
    html: bytes
    """The page's bytes as they were received."""
    url: Optional[str] = None
    """Address the page was fetched from, if known."""
    charset: Optional[str] = None
    """Character set that the server declared in its Content-Type header, or in which the corpus stores its pages."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Labels for slicing results (site, language, page_type …); never sent to a worker."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, in hex: what a gold is bound to."""
        return hashlib.sha256(self.html).hexdigest()


@dataclass(frozen=True)
class Snippets:
    """Short strings an extraction must or must not hold, as trafilatura's and WCXB's golds list them."""

    present: Optional[Tuple[str, ...]] = None
    """Strings that belong to the body; None where the corpus lists none, which is not a page whose list is empty."""
    absent: Optional[Tuple[str, ...]] = None
    """Strings of boilerplate; None as above."""
    comments: Optional[Tuple[str, ...]] = None
    """Strings of readers' comments; None as above."""


@dataclass(frozen=True)
class Region:
    """An unbroken stretch of one kind of text on a page."""

    kind: str
    """One of the kinds in `regions.KINDS`."""
    part: Optional[str] = None
    """For comments: `text` (what readers wrote), `meta` (names, dates, counters) or `ui` (buttons); else None."""
    copy_of: Optional[int] = None
    """Number of the earlier region of the same kind that this one repeats, counted from 0; None for an original."""


@dataclass(frozen=True)
class PageToken:
    """One visible token of a page and where it stands."""

    text: str
    """The token as `text.tokens` gives it."""
    region: int
    """Number of its region in the gold's `regions`."""
    line: int
    """Number of the text block it stands in, counted from 0: what a reader in text mode sees as one line."""
    unit: int
    """Number of the text node or alternative text it begins in."""
    block: str
    """Type of the block: paragraph, heading, list, table, quote or code."""


@dataclass(frozen=True)
class Gold:
    """What a reader says is the body of one page."""

    page_id: str
    """The page this gold belongs to."""
    body: str
    """The body as plain text, one block (paragraph, heading, list item …) per line."""
    optional: Tuple[int, ...] = ()
    """Which lines of the body, counted from 0, may be kept or left out without reward or penalty."""
    regions: Tuple[Region, ...] = ()
    """Regions of the page in document order; empty where only the body is known."""
    tokens: Tuple[PageToken, ...] = ()
    """All visible tokens of the page in document order, each in one region; empty without regions."""
    snippets: Snippets = Snippets()
    """Strings that must or must not appear, where the corpus has them."""
    page_sha256: Optional[str] = None
    """SHA-256 of the page's bytes when it was annotated; None where the corpus does not say."""
    annotator: Optional[str] = None
    """Who or what read the page."""
    guideline: Optional[str] = None
    """Version of the guideline the annotator followed."""
    provenance: str = "human"
    """human, model, composed, silver or circular, or unstated for a user's own; see docs/goldens.md."""
    region_annotator: Optional[str] = None
    """Who or what read the regions, where they were laid over a gold body of others."""
    region_provenance: Optional[str] = None
    """Provenance of such regions."""


@dataclass(frozen=True)
class Extraction:
    """What one adapter made of one page; a failure is an Extraction too."""

    page_id: str
    """The page that was given."""
    adapter: str
    """Full name of the adapter: name, @variant and ==release."""
    version: Optional[str]
    """Version of the competitor as its own environment reports it."""
    text: Optional[str]
    """The answer, or None when there was none."""
    form: str
    """Form of the answer: text, html or markdown."""
    outcome: str
    """One of OUTCOMES."""
    error: Optional[str] = None
    """Type and message of the exception, or how the process ended; None unless it failed."""

    @property
    def failed(self) -> bool:
        """Whether the outcome is one of FAILURES."""
        return self.outcome in FAILURES


@dataclass(frozen=True)
class Predictions:
    """Answers that were given elsewhere, as a file holds them: what a service returned, or an old run's output."""

    name: str
    """What gave them: as the file says, or the file's own name."""
    version: Optional[str]
    """Its version, where the file states one."""
    texts: Mapping[str, Optional[str]]
    """Page id -> the answer; None where there was none."""
    urls: Mapping[str, str] = field(default_factory=dict)
    """Page id -> address of the page, where the file states it."""


@dataclass(frozen=True)
class Aggregate:
    """How the values of single pages become the value of a corpus."""

    kind: str = "mean"
    """mean, geometric (mean), median, p95, p99 or max: of the pages where the metric is defined. harmonic:
    harmonic mean of the corpus values of the metrics in `of`. pooled: sum of the metric of[0] over the
    sum of the metric of[1]."""
    of: Tuple[str, ...] = ()
    """Full names of the metrics that a harmonic or pooled value is made from."""


@dataclass(frozen=True)
class Metric:
    """What a scorer declares about one of its numbers; nothing downstream knows a metric by name."""

    name: str
    """Full name, `<scorer>.<measure>`, for example `body.f1`."""
    summary: str
    """One line that says what the number means."""
    direction: str = "higher"
    """Which way is better: higher, lower, or none for a number that only informs."""
    unit: str = "share"
    """Unit of the value: share, count, ns, bytes …"""
    low: float = 0.0
    """Lowest possible value."""
    high: float = 1.0
    """Highest possible value; infinity where there is no limit."""
    on_failure: Optional[float] = 0.0
    """Value of a page whose extraction failed; None where the peer's definition leaves such a page out."""
    aggregate: Aggregate = Aggregate()
    """How page values become a corpus value."""
    headline: bool = False
    """Whether short tables show it."""
    group: str = ""
    """Which short table shows it: the leaderboard where empty, else a table of that name."""
    failure_as_empty: bool = False
    """Whether a failed page has the value of an empty answer in place of `on_failure`: for counts that hang on the
    page, such as how much there was to find, and for measures of peers to whom a failure is an empty text."""


@dataclass(frozen=True)
class Score:
    """One number about one extraction: a row of the long-form table."""

    corpus: str
    """Corpus of the page."""
    page_id: str
    """The page that was scored."""
    adapter: str
    """Full name of the adapter."""
    scorer: str
    """Name of the scorer; `cost` for time and memory."""
    metric: str
    """Full name of the metric."""
    value: Optional[float]
    """The value; None where the metric is undefined on this page."""


@dataclass(frozen=True)
class Summary:
    """One number about one adapter on one slice of a corpus, with what is known of its uncertainty."""

    corpus: str
    """Corpus the pages belong to."""
    slice: str
    """`all`, or `attribute=value` for the pages that share that attribute."""
    adapter: str
    """Full name of the adapter."""
    metric: str
    """Full name of the metric."""
    n: int
    """Pages on which the metric is defined for this adapter."""
    undefined: int
    """Pages on which it is not."""
    failed: int
    """Pages on which the adapter failed."""
    clusters: int
    """Independent clusters (sites) among the pages."""
    estimate: Optional[float]
    """Value over the slice; None where no page defines it."""
    low: Optional[float] = None
    """Lower end of the 95 % interval; None below 20 clusters, for a maximum, and where an end cannot be told."""
    high: Optional[float] = None
    """Upper end of the 95 % interval."""
    rank_low: Optional[int] = None
    """Best rank not excluded: 1 + number of adapters significantly better."""
    rank_high: Optional[int] = None
    """Worst rank not excluded: n - number of adapters significantly worse."""
    carriers: Optional[float] = None
    """How many clusters carry the spread: (sum of u²)² / sum of u⁴, where u is how far a cluster moves the value. All
    of them where all deviate alike, 1 where one makes the whole deviation; None where there is no interval."""


@dataclass(frozen=True)
class Comparison:
    """The paired difference between two adapters on one metric."""

    corpus: str
    """Corpus the pages belong to."""
    metric: str
    """Full name of the metric."""
    a: str
    """Adapter on the left of the minus sign."""
    b: str
    """Adapter on the right of the minus sign."""
    clusters: int
    """Clusters that hold pages of both."""
    difference: float
    """Estimate of a less estimate of b."""
    p_adjusted: Optional[float] = None
    """Family-wise adjusted p value; None below 20 clusters."""
    separated: Optional[bool] = None
    """Whether the difference is told from zero: an adjusted p of at most SEPARATED; None below 20 clusters."""
    delta: Optional[float] = None
    """Differences smaller than this do not matter; None for a metric that is no share between 0 and 1."""
    equivalent: Optional[bool] = None
    """Whether the difference is shown to be smaller than delta, at 5 % for this pair alone; None below 20 clusters and
    where the two differ on none."""
    error: Optional[float] = None
    """Standard error of the difference between clusters, four digits; None below 20 clusters."""
    clusters_needed: Optional[int] = None
    """Clusters on which a true difference of delta is found with a chance of .8; None as for `error`, and where the
    two differ nowhere."""
    pages_needed: Optional[int] = None
    """The same in pages, with as many pages to a cluster as here."""


@dataclass(frozen=True)
class Response:
    """What one dose does to one measure of one extractor."""

    adapter: str
    """Name of the extractor."""
    treatment: str
    """Treatment with its variant."""
    dialect: str
    """Dialect of the pages."""
    design: str
    """Design of the pages; empty for all of them together."""
    dose: int
    """Amount of the treatment."""
    metric: str
    """Name of the measure."""
    pairs: int
    """Pairs that define it on both pages."""
    plain: Optional[float]
    """Mean over the pairs' plain pages; of times the geometric mean."""
    treated: Optional[float]
    """Mean over the pairs' treated pages."""
    change: Optional[float]
    """Mean of treated - plain; of times the geometric mean of treated / plain."""
    low: Optional[float]
    """Lower end of its 95 % interval over bodies; None below 20 bodies."""
    high: Optional[float]
    """Upper end."""


@dataclass(frozen=True)
class Contrast:
    """What the dialect of the same pages changes in one measure of one extractor."""

    adapter: str
    """Name of the extractor."""
    dialect: str
    """Dialect of the pages."""
    against: str
    """Dialect they are held against."""
    treatment: str
    """Treatment of both with its variant; empty for plain pages."""
    dose: int
    """Its amount; 0 for plain pages."""
    metric: str
    """Name of the measure."""
    pairs: int
    """Pairs of pages, of the same body, design and dose, that define it in both dialects."""
    value: Optional[float]
    """Mean over those in `dialect`."""
    reference: Optional[float]
    """Mean over those in `against`."""
    change: Optional[float]
    """Mean of value - reference."""
    low: Optional[float]
    """Lower end of its 95 % interval over bodies; None below 20 bodies."""
    high: Optional[float]
    """Upper end."""


@dataclass(frozen=True)
class Slope:
    """How one measure changes each time the dose doubles, and where F1 has lost half.

    F1 and leakage saturate: a straight line through doses would say of 200 comments what the first ten did, or of the
    first ten what 200 did. Over the logarithm of 1 + dose the responses are near to straight lines.
    """

    adapter: str
    """Name of the extractor."""
    treatment: str
    """Treatment with its variant."""
    dialect: str
    """Dialect of the pages."""
    metric: str
    """Name of the measure."""
    highest: int
    """Highest dose of the experiment."""
    slope: Optional[float]
    """Mean over pairs of each pair's least-squares slope over log2(1 + dose), through the plain page, that of leakage
    through the treated pages alone; of times the factor by which they grow."""
    low: Optional[float]
    """Lower end of its 95 % interval over bodies."""
    high: Optional[float]
    """Upper end."""
    half_dose: Optional[float]
    """Lowest dose at which the mean F1 is half of the plain pages' or less, between two doses on the straight line of
    1/F1; None for other measures, and where no dose of the experiment does that."""
    half_low: Optional[float] = None
    """Lower end of its 95 % interval over bodies; None below 20 bodies, and where it lies above the highest dose."""
    half_high: Optional[float] = None
    """Upper end; None also where it lies above the highest dose, which is so if there is a lower end and no upper."""


@dataclass(frozen=True)
class Drill:
    """Whether an extractor's answer stays the same where the page is written otherwise."""

    adapter: str
    """Name of the extractor."""
    drill: str
    """What was changed."""
    must_hold: bool
    """Whether a change of the answer is a fault, or only a sensitivity that is worth knowing."""
    pages: int
    """Pages compared."""
    changed: int
    """Pages whose text was not the same."""
    f1: Optional[float]
    """Mean change of the page's F1; None where it is undefined."""


@dataclass(frozen=True)
class PageEntry:
    """What every extractor made of one page, in numbers: a line of the index of pages."""

    corpus: str
    """Corpus of the page."""
    page_id: str
    """The page."""
    attributes: Mapping[str, str]
    """Its labels (site, language, page_type …)."""
    values: Mapping[str, Mapping[str, Optional[float]]]
    """metric -> adapter -> value, of the headline metrics of quality, then of leakage by kind, navigation, player and
    comments first. A metric that this page defines for no adapter is left out."""
    outcomes: Mapping[str, str]
    """adapter -> outcome, of those whose outcome is not ok."""
    measure: Optional[str]
    """The headline metric that `disagreement` and `worst` are told of: of those that say which way is better the one
    that is defined on most pages of the corpus, of several the first."""
    disagreement: Optional[float]
    """Standard deviation of that measure over the extractors (those not counted apart), a failure with the value it
    has in `values`; None where it has less than two values."""
    worst: Optional[str]
    """Extractor with the worst value of that measure, of several the first by name; None where none has a value."""
    viewed: bool = False
    """Whether `Results.views` holds a view of the page."""


@dataclass(frozen=True)
class Passage:
    """Words of a page in a row, of one kind, that fared alike within every single answer."""

    text: str
    """The words as printed, with the punctuation and white space behind them."""
    kind: str
    """Of which kind they are."""
    words: int
    """Number of its tokens."""


@dataclass(frozen=True)
class PageLine:
    """A line of a page that holds a token."""

    number: int
    """Number of the line, counted from 1, as `boilerbench blocks` and `boilerbench diff` number them."""
    passages: Tuple[Passage, ...]
    """Its passages; their texts make up the line."""


@dataclass(frozen=True)
class Tally:
    """How many words of one kind fared badly in one way."""

    state: str
    """lost, leaked, repeated, doubtful, moved or invented."""
    kind: str
    """Kind of the words; empty for what has none."""
    words: int
    """Number of tokens: of the page where they were lost or leaked, else of the answer."""
    of: int
    """All tokens of that kind on the page (of the main text: without copies), or all of the answer."""
    blocks: Mapping[str, int]
    """Lost words by type of block; empty for the rest."""


@dataclass(frozen=True)
class AnswerLine:
    """A line of an answer that holds invented words."""

    number: int
    """Number of the line in the answer, counted from 1."""
    parts: Tuple[Tuple[str, str], ...]
    """Text and state, kept or invented."""


@dataclass(frozen=True)
class PageAnswer:
    """One adapter's answer, held against the page."""

    adapter: str
    """Full name of the adapter."""
    version: Optional[str]
    """Version of the competitor."""
    outcome: str
    """One of OUTCOMES."""
    error: Optional[str]
    """Type and message of the exception, or how the process ended; None unless it failed."""
    words: int
    """Number of tokens of the answer."""
    states: Tuple[Tuple[str, int], ...]
    """What became of the page's passages, in their order, as runs: a state (kept, lost, leaked, left out, repeated or
    doubtful) and how many passages in a row are in it."""
    tallies: Tuple[Tally, ...]
    """What went wrong, most words first."""
    invented: Tuple[AnswerLine, ...]
    """Lines that hold invented words, from the first on."""
    invented_left: int = 0
    """How many more such lines there are."""


@dataclass(frozen=True)
class PageView:
    """A page's text, and what became of it in every answer."""

    corpus: str
    """Corpus of the page."""
    page_id: str
    """The page."""
    url: Optional[str]
    """Address it was fetched from, if known."""
    lines: Tuple[PageLine, ...]
    """Its lines that hold a token, in document order."""
    roles: Mapping[str, str]
    """Kind -> role (main, optional or boilerplate), of the kinds on this page, most words first."""
    answers: Tuple[PageAnswer, ...]
    """Every adapter's, in the run's order."""
    astray: int = 0
    """Words of the gold's body that stand nowhere on the page, so that nobody can keep them."""
    note: str = ""
    """Why there is nothing to see, where that is so: the page or its gold is no longer what was extracted."""


@dataclass(frozen=True)
class GateFinding:
    """One respect in which an adapter is worse than what it is held against."""

    rule: str
    """Which limit was passed: mean, page, undefined, failure, adapter, speed or memory."""
    adapter: str
    """Full name of the adapter that is worse."""
    message: str
    """The finding in one sentence."""
    corpus: str = ""
    """Corpus of the pages; empty for an adapter that is missing."""
    metric: str = ""
    """Full name of the metric; empty for a failure and for an adapter that is missing."""
    pages: Tuple[str, ...] = ()
    """The pages that show it, the worst first."""
    before: Optional[float] = None
    """Value that it is held against; None where there is none."""
    after: Optional[float] = None
    """Value now."""
    worse_by: Optional[float] = None
    """Loss, above 0 whichever way is better; of times a ratio, 2 for twice as slow; of memory MB."""
    limit: Optional[float] = None
    """Loss that is let pass."""
    low: Optional[float] = None
    """Lower end of the 95 % interval of the mean paired difference, over sites; None below 20 of them."""
    high: Optional[float] = None
    """Upper end."""
    holds: Optional[bool] = None
    """Whether the loss of a mean is told from zero at 5 %, so that it is to be expected on other pages too; None below
    20 sites, and for everything that is no mean."""


@dataclass(frozen=True)
class Report:
    """A finished report."""

    name: str
    """Name of the file in `reports/` that made it."""
    files: Tuple[str, ...]
    """Paths written, relative to the run's folder."""


@dataclass(frozen=True)
class Manifest:
    """Everything needed to say what a run was and to do it again; written before the first page."""

    run: str
    """Name of the run."""
    format: int
    """File format, see FORMAT."""
    edition: int
    """Edition of bundled pages and golds, see EDITION."""
    boilerbench: str
    """Version of this program."""
    revision: Optional[str]
    """Git revision of the checkout, with `+dirty` where files differed; None for an installed wheel."""
    created: str
    """UTC time at which the run began, ISO 8601."""
    seed: int
    """Seed of everything random."""
    machine: Mapping[str, object]
    """Processor, cores, memory, system, Python: for reading times, never for comparing quality."""
    libraries: Mapping[str, str]
    """Versions of the libraries that scores depend on."""
    sandbox: str
    """Confinement level that was really applied to workers."""
    options: Mapping[str, object]
    """Options that can change an extraction (timeout, page filter …)."""
    corpora: Dict[str, Mapping[str, object]]
    """Per corpus: page count, fingerprint of ids and bytes, and once scored the fingerprint of the golds."""
    adapters: Dict[str, Mapping[str, object]]
    """Per adapter: version as the worker reports it, form, environment fingerprint, or why it is unavailable."""


@dataclass(frozen=True)
class Results:
    """All that a report may show about one run."""

    manifest: Manifest
    """What the run was."""
    metrics: Tuple[Metric, ...]
    """Declarations of every metric that has a summary."""
    summaries: Tuple[Summary, ...]
    """One row per corpus, slice, adapter and metric."""
    comparisons: Tuple[Comparison, ...]
    """One row per corpus, headline metric and pair of adapters."""
    outcomes: Mapping[str, Mapping[str, Mapping[str, int]]]
    """corpus -> adapter -> outcome -> number of pages."""
    pages: Tuple[Score, ...] = ()
    """Headline values page by page, of corpora with too few clusters for an interval."""
    responses: Tuple[Response, ...] = ()
    """What each dose of an experiment does to each measure."""
    slopes: Tuple[Slope, ...] = ()
    """How each measure changes with the dose."""
    contrasts: Tuple[Contrast, ...] = ()
    """What the dialect of the same pages changes."""
    drills: Tuple[Drill, ...] = ()
    """What changes answers that should stay the same."""
    entries: Tuple[PageEntry, ...] = field(default=(), metadata=BULKY)
    """Every page in numbers; corpus by corpus, those first on which extractors disagree most."""
    views: Iterable[PageView] = field(default=(), metadata=BULKY)
    """Views of the pages whose entry says `viewed`, in the order of corpora; each is made when it is asked for."""
    unviewed: Mapping[str, str] = field(default_factory=dict, metadata=BULKY)
    """Corpus -> why none of its pages has a view: it is not on this disk, or the run was published without texts."""

    bundled: Tuple[str, ...] = ()
    """Corpora whose pages come with the program; they are shown apart from those that were found elsewhere."""

    @property
    def counted_apart(self) -> Tuple[str, ...]:
        """Adapters that do not try to find the main content; they are compared with each other only."""
        abouts = self.manifest.adapters.items()
        return tuple(name for name, about in abouts if about.get("category") in APART)
