"""The only file that knows paths and file formats: where things lie, and how they are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import platformdirs

from .errors import EnvironmentFault, UsageError
from .records import (
    FORMAT,
    Aggregate,
    Comparison,
    Contrast,
    Drill,
    Extraction,
    GateFinding,
    Manifest,
    Metric,
    Page,
    Response,
    Score,
    Slope,
    Summary,
)

PACKAGE = Path(__file__).parent
ROWS_PER_GROUP = 50_000
"""Rows held in memory before they go to disk."""
PUBLISHED = (
    "manifest.json",
    "metrics.json",
    "summary.json",
    "doses.json",
    "drills.json",
    "pages.parquet",
    "extractions.parquet",
    "scores.parquet",
    "costs.parquet",
    "speed/scores.parquet",
    "speed/metrics.json",
    "speed/pytest-benchmark.json",
)
"""What a published run consists of, as far as its stages have run."""
DRAFT = ".boilerbench-draft-"
"""How names of files begin that are not whole yet; nobody else's begin so, since leftovers are removed."""
NEVER_PINNED = ("plan.json", "summary.json")
"""Files that runs have, on their way and at their end, and pinned runs have not."""
SCRATCH = ".boilerbench-scratch"
"""Folder of a run in which workers may write."""


WRITTEN_BY = {
    "pages.parquet": "run --resume --out",
    "extractions.parquet": "run --resume --out",
    "costs.parquet": "run --resume --out",
    "scores.parquet": "score",
    "metrics.json": "score",
    "summary.json": "summarize",
}
"""File of a run -> what to type before its folder where it is missing."""


SUMMARY_SHARES = ("corpus", "slice", "adapter")
"""Fields that neighbouring summaries have in common, written once for all of them."""
PAIR_SHARES = ("corpus", "metric", "delta", "a")
"""The same of comparisons."""


@dataclass(frozen=True)
class Shard:
    """A stretch of pages for one adapter: the unit of work, of resuming and of files."""

    adapter: str
    """Full name of the adapter."""
    corpus: str
    """Name of the corpus the pages are from."""
    number: int
    """Number of the part file among this adapter's."""
    start: int
    """Index of the first page in the corpus' order."""
    stop: int
    """Index behind the last page."""


def bundled() -> Path:
    """The folder that holds `seeds/` and `goldens/`: the copy inside an installed wheel, else the checkout."""
    inside = PACKAGE / "bundled"  # first: beside an installed package may stand folders of anybody
    return inside if inside.is_dir() else PACKAGE.parent


def cache_folder() -> Path:
    """Where environments and corpora of this user are kept: $BOILERBENCH_CACHE, else the system's cache folder."""
    given = os.environ.get("BOILERBENCH_CACHE")
    return Path(given) if given else platformdirs.user_cache_path("boilerbench")


def models_folder() -> Path:
    """Where weights that are published apart are looked for: $BOILERBENCH_MODELS, else below the user's cache."""
    given = os.environ.get("BOILERBENCH_MODELS")
    return Path(given) if given else cache_folder() / "models"


def corpus_folder(name: str, data: Path | None) -> Path:
    """Where an external corpus lies: below `--data`, $BOILERBENCH_DATA, or the user's cache; UsageError if nowhere."""
    given = os.environ.get("BOILERBENCH_DATA")
    roots = [root for root in (data, Path(given) if given else None, cache_folder() / "corpora") if root]
    for root in roots:
        if (root / name).is_dir():
            return root / name
    tried = ", ".join(str(root / name) for root in roots)
    raise UsageError(
        f"corpus {name!r} is not on this disk; looked for {tried}. Put a copy in its upstream layout there, "
        f"or name the folder above it: --data FOLDER"
    )


@contextlib.contextmanager
def explained(what: Path) -> Iterator[None]:
    """Turn what the disk says into a message that tells what to do."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise EnvironmentFault(
                f"no space left while writing {what}; what was finished is kept. "
                f"Free some space and run the same command again, `run` and `extract` with --resume"
            ) from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise EnvironmentFault(
                f"cannot write {what}: {error.strerror}. Give a folder you own: --out FOLDER"
            ) from error
        raise EnvironmentFault(
            f"cannot write {what}: {error.strerror or error}. Give another folder: --out FOLDER"
        ) from error


def write(path: Path, content: bytes) -> None:
    """Write a file whole: readers see the old one or the new one, never a part."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=DRAFT, delete=False) as draft:
            try:
                draft.write(content)
                draft.flush()
                os.fsync(draft.fileno())
                Path(draft.name).chmod(0o644)
                Path(draft.name).replace(path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise


def write_json(path: Path, value: object) -> None:
    """Write JSON that people can read and git can compare."""
    write(path, (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())


class Run:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def open(cls, folder: Path) -> Run:
        """A run that is on disk; UsageError where the folder holds none or one of another format."""
        run = cls(folder)
        if not (folder / "manifest.json").is_file():
            raise UsageError(
                f"{folder} holds no run (no manifest.json); give the folder that `boilerbench run` printed"
            )
        manifest = run._read_json("manifest.json")
        found = manifest.get("format") if isinstance(manifest, dict) else None
        if found != FORMAT:
            raise UsageError(f"{folder} has run format {found}; this boilerbench reads format {FORMAT}. Run it again")
        return run

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other programs from writing this run; UsageError where one is at it. The lock ends with the process."""
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            if not _lock(folder):
                raise UsageError(f"another boilerbench writes {self.folder}; wait for it, or give another --out")
            yield
        finally:
            os.close(folder)

    # manifest -------------------------------------------------------------------------------------------------

    def write_manifest(self, manifest: Manifest) -> None:
        """Write or replace the manifest."""
        write_json(self.folder / "manifest.json", asdict(manifest))

    def manifest(self) -> Manifest:
        """The manifest as it stands on disk."""
        try:
            return Manifest(**self._read_json("manifest.json"))
        except TypeError as error:
            raise UsageError(f"{self.folder / 'manifest.json'} is not as it was written: {error}") from error

    def strangers(self) -> list[str]:
        """Files that a run would overwrite, or take for its own, in a folder that holds no run yet."""
        later = [*PUBLISHED, "plan.json", "extractions", "report"]  # the page table comes before the manifest
        return [name for name in later if name != "pages.parquet" and (self.folder / name).exists()]

    @property
    def scratch(self) -> Path:
        """Where workers of this run may write; removed when the stage ends."""
        return self.folder / SCRATCH

    def clear_scratch(self) -> None:
        """Remove what workers and half-written files, also those of a killed run, left behind."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        for place in ("", "extractions/*/", "report/", "report/pages/*/", "speed/"):
            for draft in self.folder.glob(f"{place}{DRAFT}*"):
                with contextlib.suppress(OSError):  # it is only litter, and a fault worth telling may be on its way
                    draft.unlink()

    # pages ----------------------------------------------------------------------------------------------------

    def write_pages(self, pages: Iterable[Page]) -> None:
        """Write ids, hashes and labels of the pages; never their text."""
        rows = (
            {
                "corpus": page.corpus,
                "page_id": page.id,
                "sha256": page.sha256,
                "bytes": len(page.html),
                "url": page.url,
                "attributes": list(page.attributes.items()),
            }
            for page in pages
        )
        self._write_table("pages.parquet", _page_schema(), rows)

    def pages(self) -> Iterator[dict[str, Any]]:
        """Rows of the page table, in the order of extraction; `attributes` is a dict."""
        for row in self._read_table("pages.parquet"):
            yield {**row, "attributes": dict(row["attributes"])}

    def page_hashes(self, corpus: str) -> dict[str, str]:
        """Page id -> SHA-256 of the bytes that were extracted, of one corpus."""
        return {row["page_id"]: row["sha256"] for row in self.pages() if row["corpus"] == corpus}

    # extractions ----------------------------------------------------------------------------------------------

    def write_part(
        self, shard: Shard, extractions: Sequence[Extraction], costs: Sequence[Score], about: Mapping[str, object]
    ) -> None:
        """Store one shard; its small manifest comes last and says that the part is complete."""
        lines = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in extractions)
        write(self._part(shard).with_suffix(".jsonl"), lines.encode("utf-8", "surrogatepass"))
        prices = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in costs)
        write(self._part(shard).with_suffix(".costs.jsonl"), prices.encode())
        write_json(self._part(shard).with_suffix(".json"), {**asdict(shard), **about})

    def has_part(self, shard: Shard, about: Mapping[str, object]) -> bool:
        """Whether this very shard, with this very environment, is complete on disk."""
        manifest = self._part(shard).with_suffix(".json")
        return manifest.is_file() and json.loads(manifest.read_bytes()) == {**asdict(shard), **about}

    def extractions(self, adapter: str, corpus: str) -> Iterator[Extraction]:
        """All rows of one adapter on one corpus, in the corpus' order."""
        for part in self._parts(adapter):
            if json.loads(part.read_bytes())["corpus"] == corpus:
                with part.with_suffix(".jsonl").open(encoding="utf-8", errors="surrogatepass") as lines:
                    for line in lines:
                        yield Extraction(**json.loads(line))

    def extraction_costs(self) -> Iterator[Score]:
        """Costs noted while extracting, of every part."""
        for folder in sorted((self.folder / "extractions").iterdir()):
            for part in self._parts(unquote(folder.name)):
                with part.with_suffix(".costs.jsonl").open(encoding="utf-8") as lines:
                    for line in lines:
                        yield Score(**json.loads(line))

    def write_outcomes(self, manifest: Manifest) -> None:
        """Write how each extraction ended and the hash of its text: what may be published of them."""
        rows = (
            {
                "corpus": corpus,
                "page_id": row.page_id,
                "adapter": adapter,
                "outcome": row.outcome,
                "sha256": hashlib.sha256((row.text or "").encode()).hexdigest(),
            }
            for corpus in manifest.corpora
            for adapter in manifest.adapters
            for row in self.extractions(adapter, corpus)
        )
        self._write_table("extractions.parquet", _hash_schema(), rows)

    def outcomes(self) -> Iterator[dict[str, Any]]:
        """Rows of corpus, page_id, adapter, outcome and sha256, as `write_outcomes` left them."""
        return self._read_table("extractions.parquet")

    def _part(self, shard: Shard) -> Path:
        return self._adapter_folder(shard.adapter) / f"part-{shard.number:05d}"

    def _parts(self, adapter: str) -> list[Path]:
        return sorted(self._adapter_folder(adapter).glob("part-?????.json"))

    def _adapter_folder(self, adapter: str) -> Path:
        return self.folder / "extractions" / quote(adapter, safe="@=+")

    # scores ---------------------------------------------------------------------------------------------------

    def write_scores(self, name: str, rows: Iterable[Score]) -> None:
        """Write a long-form table, row group by row group, so that its size does not matter."""
        self._write_table(name, _score_schema(), map(vars, rows))  # flat rows, and many

    def has(self, name: str) -> bool:
        """Whether a file of the run is there."""
        return (self.folder / name).is_file()

    def scores(self, name: str, metrics: Collection[str] | None = None) -> Any:  # noqa: ANN401
        """A long-form table as a pandas frame; text columns are categories. With `metrics` only rows of those."""
        table = self._open_table(name)
        found = table.read() if metrics is None else _rows_of(table, metrics)
        return found.to_pandas(categories=["corpus", "page_id", "adapter", "scorer", "metric"])

    def score_rows(self, name: str) -> Iterator[Score]:
        """The rows of a long-form table in their order, never all of them at once."""
        return (Score(**row) for row in self._read_table(name))

    def write_metrics(self, name: str, metrics: Sequence[Metric]) -> None:
        """Write declarations of metrics; an infinite bound becomes null."""
        rows = [{**asdict(metric), "high": None if metric.high == float("inf") else metric.high} for metric in metrics]
        write_json(self.folder / name, rows)

    def metrics(self, name: str) -> list[Metric]:
        """Declarations of metrics as `write_metrics` left them."""
        return [
            Metric(
                **{
                    **row,
                    "high": float("inf") if row["high"] is None else row["high"],
                    "aggregate": Aggregate(row["aggregate"]["kind"], tuple(row["aggregate"]["of"])),
                }
            )
            for row in self._read_json(name)
        ]

    # summary and reports --------------------------------------------------------------------------------------

    def write_summary(self, summaries: Sequence[Summary], comparisons: Sequence[Comparison]) -> None:
        """Write the judged numbers."""
        parts = {"summaries": _grouped(summaries, SUMMARY_SHARES), "comparisons": _grouped(comparisons, PAIR_SHARES)}
        text = ",\n".join(f'"{name}": [{",".join(lines)}\n]' for name, lines in parts.items())
        write(self.folder / "summary.json", f"{{{text}}}\n".encode())

    def summary(self) -> tuple[list[Summary], list[Comparison]]:
        """The judged numbers."""
        value = self._read_json("summary.json")
        try:
            return (
                [Summary(**row) for row in _ungrouped(value["summaries"])],
                [Comparison(**row) for row in _ungrouped(value["comparisons"])],
            )
        except (TypeError, KeyError, AttributeError) as error:
            path = self.folder / "summary.json"
            raise UsageError(f"{path} is not as it was written: {error}; type: boilerbench summarize") from error

    def write_doses(
        self, responses: Sequence[Response], slopes: Sequence[Slope], contrasts: Sequence[Contrast] = ()
    ) -> None:
        """Write what doses and dialects do."""
        value = {
            "responses": [asdict(row) for row in responses],
            "slopes": [asdict(row) for row in slopes],
            "contrasts": [asdict(row) for row in contrasts],
        }
        write_json(self.folder / "doses.json", value)

    def write_drills(self, drills: Sequence[Drill]) -> None:
        """Write what came of invariance drills."""
        write_json(self.folder / "drills.json", [asdict(row) for row in drills])

    def drills(self) -> list[Drill]:
        """What came of invariance drills; empty for a run without."""
        return [Drill(**row) for row in self._read_json("drills.json")] if self.has("drills.json") else []

    def doses(self) -> tuple[list[Response], list[Slope], list[Contrast]]:
        """What doses and dialects do; empty for a run that is no experiment.

        UsageError for a file of an earlier form.
        """
        if not self.has("doses.json"):
            return [], [], []
        value = self._read_json("doses.json")
        try:
            return (
                [Response(**row) for row in value["responses"]],
                [Slope(**row) for row in value["slopes"]],
                [Contrast(**row) for row in value["contrasts"]],
            )
        except (TypeError, KeyError) as error:
            path = self.folder / "doses.json"
            raise UsageError(f"{path} is not as it was written: {error}; type: boilerbench dose again") from error

    def write_report(
        self,
        files: Mapping[str, bytes] | Iterable[tuple[str, bytes]],
        out: Path | None = None,
        *,
        whole: Iterable[str] = (),
    ) -> list[str]:
        """Write the files of one report, each as soon as it is made; their paths, relative to the run if below it.

        Of the folders that this report writes as a `whole` nothing old is left; not in `out`, which is not ours.
        """
        for folder in () if out else (self.folder / "report" / name for name in whole):
            with explained(folder):
                if folder.exists():
                    shutil.rmtree(folder)
        written = []
        for name, content in files.items() if isinstance(files, Mapping) else files:
            write((out or self.folder / "report") / name, content)
            written.append(str(out.absolute() / name) if out else f"report/{name}")
        return written

    def write_file(self, name: str, content: bytes) -> None:
        """Write any other file of the run."""
        write(self.folder / name, content)

    # publishing -----------------------------------------------------------------------------------------------

    def publish(self, target: Path) -> None:
        """Copy all that may be shown of a run: numbers and hashes, never text of pages or extractions.

        What an earlier publication left in the target is removed. UsageError for a run that is not summarised, or a
        target that holds something else, such as a run whose answers would be left without their tables.
        """
        if not self.has("summary.json"):
            raise UsageError(
                f"{self.folder} is not finished: no summary.json; type: boilerbench summarize {self.folder}"
            )
        _refuse_other_things(target)
        if (target / "plan.json").exists():
            raise UsageError(
                f"{target} is a run of its own; give an empty folder or an earlier publication, as results/NAME"
            )
        with explained(target):
            for name in PUBLISHED:
                (target / name).unlink(missing_ok=True)
        for name in PUBLISHED:
            if self.has(name):
                write(target / name, (self.folder / name).read_bytes())

    def pin(self, target: Path, metrics: Sequence[Metric], timed: Sequence[Metric], times: Sequence[Score]) -> None:
        """Write what later runs are held against: pages, outcomes, the values of some metrics, and times.

        What an earlier pinning left in the target is removed. UsageError for a target that holds something else.
        """
        refuse_pinning(target)
        pinned = Run(target)
        with explained(target):
            for name in PUBLISHED:
                if name != "manifest.json":  # which says that the folder is ours, should this be interrupted
                    (target / name).unlink(missing_ok=True)
        pinned.write_manifest(self.manifest())
        for name in ("pages.parquet", "extractions.parquet"):
            write(target / name, (self.folder / name).read_bytes())
        wanted = {metric.name for metric in metrics}
        rows = (Score(**row) for row in self._read_table("scores.parquet") if row["metric"] in wanted)
        pinned.write_scores("scores.parquet", rows)
        pinned.write_metrics("metrics.json", metrics)
        if timed:
            pinned.write_scores("speed/scores.parquet", times)
            pinned.write_metrics("speed/metrics.json", timed)

    def write_findings(self, verdict: Mapping[str, object]) -> None:
        """Write what the gate found."""
        write_json(self.folder / "gate.json", verdict)

    def findings(self) -> list[GateFinding]:
        """What the gate found when it last judged this run; empty where it did not."""
        if not self.has("gate.json"):
            return []
        rows = self._read_json("gate.json")["findings"]
        return [GateFinding(**{**row, "pages": tuple(row["pages"])}) for row in rows]

    # formats --------------------------------------------------------------------------------------------------

    def _read_json(self, name: str) -> Any:  # noqa: ANN401 - JSON
        path = self.folder / name
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError as error:
            raise _missing(path) from error
        except ValueError as error:
            raise UsageError(f"{path} is not JSON: {error}") from error

    def _read_table(self, name: str) -> Iterator[dict[str, Any]]:
        for batch in self._open_table(name).iter_batches():
            yield from batch.to_pylist()

    def _open_table(self, name: str) -> Any:  # noqa: ANN401 - a pyarrow.parquet.ParquetFile
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.folder / name
        try:
            return pq.ParquetFile(path)
        except FileNotFoundError as error:
            raise _missing(path) from error
        except pa.ArrowInvalid as error:
            raise UsageError(f"{path} is not a Parquet file: {error}; run the stage that writes it again") from error

    def _write_table(self, name: str, schema: Any, rows: Iterable[Mapping[str, Any]]) -> None:  # noqa: ANN401
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.folder / name
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(DRAFT + path.name)
        try:
            with explained(path), pq.ParquetWriter(draft, schema, compression="zstd") as writer:
                for group in _groups(rows):
                    writer.write_table(pa.Table.from_pylist(group, schema))
            with explained(path):
                draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _rows_of(table: Any, metrics: Collection[str]) -> Any:  # noqa: ANN401 - a ParquetFile; a pyarrow.Table
    """The rows of some metrics, read group by group, so that only they are ever in memory together."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(sorted(metrics), pa.string())
    groups = map(table.read_row_group, range(table.num_row_groups))
    return pa.concat_tables([group.filter(pc.is_in(group["metric"], value_set=wanted)) for group in groups])


def _missing(path: Path) -> UsageError:
    """What to type where a run was cut short before it came to a file."""
    stage = WRITTEN_BY.get(path.name)
    remedy = f"type: boilerbench {stage} {path.parent}" if stage else "make the run again"
    return UsageError(f"{path} is missing: the run has not come that far, or was cut short; {remedy}")


def refuse_pinning(target: Path) -> None:
    """UsageError for a folder that holds something else than a pinned run, above all for a run of its own."""
    _refuse_other_things(target)
    if any((target / name).exists() for name in NEVER_PINNED):
        raise UsageError(f"{target} is a run of its own, not a pinned one; give another folder")


def _refuse_other_things(target: Path) -> None:
    if target.exists() and any(target.iterdir()) and not (target / "manifest.json").is_file():
        raise UsageError(f"{target} holds something that is no run; give an empty folder or an earlier publication")


def _lock(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    for row in rows:
        group.append(row)
        if len(group) == ROWS_PER_GROUP:
            yield group
            group = []
    yield group


def _grouped(records: Sequence[Summary | Comparison], shared: tuple[str, ...]) -> Iterator[str]:
    """Records as JSON objects, one for each run of equal `shared` fields; a row of the other fields is one line."""
    for values, group in groupby(records, attrgetter(*shared)):
        rows = list(group)
        own = [field.name for field in fields(rows[0]) if field.name not in shared]
        head = json.dumps(dict(zip(shared, values, strict=True)) | {"columns": own}, ensure_ascii=False)
        lines = [json.dumps(attrgetter(*own)(row), ensure_ascii=False, allow_nan=False) for row in rows]
        yield f'\n{head[:-1]}, "rows": [\n' + ",\n".join(lines) + "]}"


def _ungrouped(groups: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The fields of each record; a group without rows is a record written field by field, as the first runs did."""
    for group in groups:
        if "rows" not in group:
            yield group
            continue
        shared = {name: value for name, value in group.items() if name not in {"columns", "rows"}}
        for row in group["rows"]:
            yield shared | dict(zip(group["columns"], row, strict=True))


def _score_schema() -> Any:  # noqa: ANN401 - a pyarrow.Schema, imported only where it is needed
    import pyarrow as pa

    text = [(field.name, pa.string()) for field in fields(Score) if field.name != "value"]
    return pa.schema([*text, ("value", pa.float64())])


def _page_schema() -> Any:  # noqa: ANN401
    import pyarrow as pa

    text = [(name, pa.string()) for name in ("corpus", "page_id", "sha256", "url")]
    return pa.schema([*text, ("bytes", pa.int64()), ("attributes", pa.map_(pa.string(), pa.string()))])


def _hash_schema() -> Any:  # noqa: ANN401
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in ("corpus", "page_id", "adapter", "outcome", "sha256")])


def newest_run(folder: Path) -> Run:
    """The run below a folder that was begun last, of those that this boilerbench can read."""
    readable: list[Run] = []
    refused: list[str] = []
    for path in sorted(folder.glob("*/manifest.json")):
        try:
            readable.append(Run.open(path.parent))
        except UsageError as error:
            refused.append(str(error))
    if not readable:
        why = "".join(f"\n  {line}" for line in refused)
        raise UsageError(f"no run below {folder}; give the folder of a run, or make one: boilerbench run{why}")
    return max(readable, key=lambda run: (run.manifest().created, run.folder.name))
