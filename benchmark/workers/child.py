"""Runs inside a competitor's environment: loads one adapter and answers pages over a private pipe.

Started by script path with one argument, a JSON object (see `supervisor.Worker`). It gets bytes, URL and declared
charset of a page and nothing else. Standard library only, and no syntax newer than Python 3.7.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import platform
import re
import resource
import sys
import time
import types
from typing import Any, BinaryIO, Callable, Dict, List, Optional, Tuple

ERROR_LENGTH = 500
"""Longest error message kept, in characters."""

Extract = Callable[[Any], Optional[str]]


class PageView:
    """What an adapter may know of a page; `text` is decoded on first use, and the time it takes is noted."""

    def __init__(self, html: bytes, url: Optional[str], charset: Optional[str]) -> None:
        self.html = html
        self.url = url
        self.charset = charset
        self.decode_ns = 0
        self.given = "bytes"
        self._text: Optional[str] = None

    @property
    def text(self) -> str:
        """The page decoded by the rules of the Encoding standard."""
        if self._text is None:
            from benchmark.text import decode  # not at the top: most adapters take the bytes and never need it

            start = time.process_time_ns()
            self._text = decode(self.html, self.charset)
            self.given = "text"
            self.decode_ns = time.process_time_ns() - start
        return self._text


def main() -> None:
    """Serve pages until the supervisor closes the pipe."""
    config = json.loads(sys.argv[1])
    open_package(config["package"])
    from benchmark.workers import frames

    requests = os.fdopen(config["read_fd"], "rb")
    answers = os.fdopen(config["write_fd"], "wb")
    memory = PeakMemory()
    extract = introduce(config, answers, frames)
    while extract is not None:
        frame = frames.read(requests)
        if frame is None:
            return
        header, html = frame
        result, text = answer(extract, PageView(html, header.get("url"), header.get("charset")), memory)
        answers.write(frames.head({**result, "request": header.get("request")}, len(text)))
        answers.write(text)
        answers.flush()


def introduce(config: Dict[str, Any], answers: BinaryIO, frames: types.ModuleType) -> Optional[Extract]:
    """Load the adapter and say hello: its version and import time, or why it cannot be loaded."""
    extract: Optional[Extract] = None
    start = time.perf_counter_ns()
    try:
        extract = load_adapter(config["adapter"], config["function"], config["command"])
        import_ns = time.perf_counter_ns() - start
        version = bound_version(config["distribution"], config["module"])
        runtime = "Python %s" % platform.python_version()
        hello: Dict[str, Any] = {"protocol": 1, "version": version, "runtime": runtime, "import_ns": import_ns}
    except BaseException as error:  # noqa: BLE001 - a competitor may raise anything, SystemExit too, while it is imported
        extract = None
        hello = {"error": describe(error)}
    answers.write(frames.pack(hello))
    answers.flush()
    return extract


def load_adapter(file: str, function: str, command: Optional[List[str]]) -> Extract:
    """The function of an adapter file that extracts; the file is loaded by path, so its name shadows nothing."""
    spec = importlib.util.spec_from_file_location("boilerbench_adapter", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    extract = getattr(module, function)
    if command is None:
        return extract  # type: ignore[no-any-return]
    return lambda page: extract(page, command)


def bound_version(distribution: Optional[str], module: Optional[str]) -> Optional[str]:
    """Version of the distribution, once it is sure that the imported module is really its own.

    Two distributions install a module called `readability`; the wrong one would be timed as the right one.
    """
    if distribution is None or module is None:
        return None
    found = installed(distribution)
    spec = importlib.util.find_spec(module)
    if spec is None:
        raise ImportError("%s installs no module %s" % (distribution, module))
    version, files = found
    if spec.origin and files and os.path.realpath(spec.origin) not in set(map(os.path.realpath, files)):
        raise ImportError("the module %s at %s is not part of %s" % (module, spec.origin, distribution))
    return version


def installed(distribution: str) -> Tuple[str, List[str]]:
    """Version and files of an installed distribution."""
    try:
        from importlib import metadata
    except ImportError:  # Python 3.7
        return installed_by_hand(distribution)
    found = metadata.distribution(distribution)
    return found.version, [str(found.locate_file(file)) for file in found.files or ()]


def installed_by_hand(distribution: str) -> Tuple[str, List[str]]:
    """The same from the folders `name-version.dist-info`, for Pythons that do not know of them."""
    wanted = re.sub(r"[-_.]+", "_", distribution).lower()
    for folder in filter(os.path.isdir, sys.path):
        for entry in os.listdir(folder):
            name, _, version = entry[: -len(".dist-info")].partition("-")
            if entry.endswith(".dist-info") and re.sub(r"[-_.]+", "_", name).lower() == wanted:
                with open(os.path.join(folder, entry, "RECORD"), encoding="utf-8") as record:
                    return version, [os.path.join(folder, line.split(",")[0]) for line in record]
    raise ImportError("No package metadata was found for " + distribution)


def answer(extract: Extract, page: PageView, memory: PeakMemory) -> Tuple[Dict[str, Any], bytes]:
    """Run one extraction: a header with outcome and costs, and the text as UTF-8 bytes."""
    memory.forget()
    begun, ended = clocks(), None
    payload, error, outcome = None, None, "ok"
    try:
        text = checked(extract(page))
        ended = clocks()
        payload = None if text is None else encoded(text)
        outcome = "ok" if text and text.strip() else "empty"
    except MemoryError as reason:
        error, outcome = describe(reason), "oom"
    except BaseException as reason:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a competitor are its errors, not ours
        error, outcome = describe(reason), "error"
    ended = ended or clocks()
    header = {
        "outcome": outcome,
        "error": error,
        "none": payload is None,
        "wall_ns": ended[0] - begun[0],
        "cpu_ns": ended[1] - begun[1],
        "decode_ns": page.decode_ns,
        "input": page.given,
        "peak_rss_bytes": memory.read(),
    }
    return header, payload or b""


def clocks() -> Tuple[int, int]:
    """Wall time, and CPU time of this process and of the children it has waited for; nanoseconds."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    reaped = int((children.ru_utime + children.ru_stime) * 1e9)
    return time.perf_counter_ns(), time.process_time_ns() + reaped


def checked(text: object) -> Optional[str]:
    """The answer, if it is one."""
    if text is not None and not isinstance(text, str):
        raise TypeError("extract() returned %s, not str or None" % type(text).__name__)
    return text


def encoded(text: str) -> bytes:
    """The answer as UTF-8; half of a surrogate pair becomes U+FFFD, as a browser would show it."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode("utf-8")


def describe(error: BaseException) -> str:
    """Type and message on one line, without what changes from run to run and machine to machine."""
    if isinstance(error, RecursionError):
        return "RecursionError: maximum recursion depth exceeded"  # what it goes on to say depends on where it struck
    message = " ".join(str(error).split())
    message = re.sub(r"0x[0-9a-fA-F]{6,}", "0x…", message)
    for place in (os.getcwd(), sys.prefix, sys.base_prefix):
        message = message.replace(place, "…")
    return ("%s: %s" % (type(error).__name__, message))[:ERROR_LENGTH]


class PeakMemory:
    """The largest memory of this process during one call, as the kernel keeps it.

    The two files are opened once, before a competitor is loaded: opening them anew cost more than reading them. Asking
    getrusage costs a quarter of that, but it never tells less than the launcher had before it became this process.
    """

    def __init__(self) -> None:
        self.status = opened("/proc/self/status", os.O_RDONLY)
        self.clear_refs = opened("/proc/self/clear_refs", os.O_WRONLY)
        self.forget()
        self.floor = highest()

    def forget(self) -> None:
        """Reset the kernel's high-water mark (proc(5), clear_refs), so that the peak belongs to one page."""
        if self.clear_refs is not None:
            os.write(self.clear_refs, b"5")

    def read(self) -> Optional[int]:
        """Highest resident set since `forget`, in bytes; None where the system does not say."""
        if self.status is None:
            return None
        told = highest()
        if told > self.floor:
            return told
        _, _, rest = os.pread(self.status, 4096, 0).partition(b"VmHWM:")
        return int(rest.split()[0]) * 1024 if rest else None


def highest() -> int:
    """Highest resident set of this process and of what it was before, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def opened(path: str, flags: int) -> Optional[int]:
    """A file descriptor, or None where there is no such file or no right to it."""
    try:
        return os.open(path, flags | os.O_CLOEXEC)
    except OSError:
        return None


def open_package(folder: str) -> None:
    """Make our few standard-library-only modules importable here without running the package's front door.

    The folder is named outright, so neither a stray `benchmark/` nor the user's packages can take its place.
    """
    sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(os.path.abspath(__file__))]
    package = types.ModuleType("benchmark")
    package.__path__ = [folder]
    sys.modules["benchmark"] = package


if __name__ == "__main__":
    main()
