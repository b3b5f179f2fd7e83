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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import platformdirs

from .errors import EnvironmentFault, UsageError
from .records import (
    FORMAT,
    Aggregate,
    Comparison,
    Drill,
    Extraction,
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
SCRATCH = ".boilerbench-scratch"
"""Folder of a run in which workers may write."""


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
        for place in ("", "extractions/*/", "report/", "speed/"):
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
        self._write_table(name, _score_schema(), map(asdict, rows))

    def has(self, name: str) -> bool:
        """Whether a file of the run is there."""
        return (self.folder / name).is_file()

    def scores(self, name: str) -> Any:  # noqa: ANN401 - a pandas.DataFrame, imported only where it is needed
        """A long-form table as a pandas frame; text columns are categories."""
        return self._open_table(name).read().to_pandas(categories=["corpus", "page_id", "adapter", "scorer", "metric"])

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
        value = {"summaries": [asdict(row) for row in summaries], "comparisons": [asdict(row) for row in comparisons]}
        write_json(self.folder / "summary.json", value)

    def summary(self) -> tuple[list[Summary], list[Comparison]]:
        """The judged numbers."""
        value = self._read_json("summary.json")
        return [Summary(**row) for row in value["summaries"]], [Comparison(**row) for row in value["comparisons"]]

    def write_doses(self, responses: Sequence[Response], slopes: Sequence[Slope]) -> None:
        """Write what doses do."""
        value = {"responses": [asdict(row) for row in responses], "slopes": [asdict(row) for row in slopes]}
        write_json(self.folder / "doses.json", value)

    def write_drills(self, drills: Sequence[Drill]) -> None:
        """Write what came of invariance drills."""
        write_json(self.folder / "drills.json", [asdict(row) for row in drills])

    def drills(self) -> list[Drill]:
        """What came of invariance drills; empty for a run without."""
        return [Drill(**row) for row in self._read_json("drills.json")] if self.has("drills.json") else []

    def doses(self) -> tuple[list[Response], list[Slope]]:
        """What doses do; empty for a run that is no experiment."""
        if not self.has("doses.json"):
            return [], []
        value = self._read_json("doses.json")
        return [Response(**row) for row in value["responses"]], [Slope(**row) for row in value["slopes"]]

    def write_report(self, files: Mapping[str, bytes]) -> list[str]:
        """Write the files of one report; their paths relative to the run."""
        for name, content in files.items():
            write(self.folder / "report" / name, content)
        return [f"report/{name}" for name in files]

    def write_file(self, name: str, content: bytes) -> None:
        """Write any other file of the run."""
        write(self.folder / name, content)

    # publishing -----------------------------------------------------------------------------------------------

    def publish(self, target: Path) -> None:
        """Copy all that may be shown of a run: numbers and hashes, never text of pages or extractions.

        What an earlier publication left in the target is removed. UsageError for a run that is not summarised, or a
        target that holds something else.
        """
        if not self.has("summary.json"):
            raise UsageError(
                f"{self.folder} is not finished: no summary.json; type: boilerbench summarize {self.folder}"
            )
        if target.exists() and any(target.iterdir()) and not (target / "manifest.json").is_file():
            raise UsageError(f"{target} holds something that is no run; give an empty folder or an earlier publication")
        with explained(target):
            for name in PUBLISHED:
                (target / name).unlink(missing_ok=True)
        for name in PUBLISHED:
            if self.has(name):
                write(target / name, (self.folder / name).read_bytes())

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


def _missing(path: Path) -> UsageError:
    return UsageError(f"{path} is missing; run the stage that writes it first (see `boilerbench --help`)")


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
    """The run below a folder that was begun last."""
    found = [path.parent for path in folder.glob("*/manifest.json")]
    if not found:
        raise UsageError(f"no run below {folder}; give the folder of a run, or make one: boilerbench run")
    return max(map(Run.open, found), key=lambda run: (run.manifest().created, run.folder.name))
