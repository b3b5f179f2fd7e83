"""Claims about the program that runs adapters written in JavaScript, started here by hand on pipes of its own."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from benchmark import text
from benchmark.workers import frames

NODE = shutil.which("node")
PROGRAM = Path(frames.__file__).parent / "hosts" / "node.mjs"
# A child of Popen cannot choose which numbers its pipes have, and the host wants them at 3 and 4.
LAUNCHER = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""

pytestmark = pytest.mark.skipif(NODE is None, reason="no node on this machine")


class Host:
    """The program at the other end of two pipes."""

    def __init__(self, process: subprocess.Popen[bytes], requests: BinaryIO, answers: BinaryIO, printed: Path) -> None:
        self.process = process
        self.requests = requests
        self.answers = answers
        self.printed = printed

    def hear(self) -> tuple[dict[str, Any], str] | None:
        """The next answer; None if the program has ended instead."""
        frame = frames.read(self.answers)
        return frame and (frame[0], frame[1].decode("utf-8"))

    def ask(
        self, html: bytes = b"<p>hello", url: str | None = None, charset: str | None = None
    ) -> tuple[dict[str, Any], str]:
        """Give a page, of which an answer is expected."""
        self.requests.write(frames.pack({"url": url, "charset": charset}, html))
        self.requests.flush()
        answer = self.hear()
        assert answer is not None, self.printed.read_text(encoding="utf-8")
        return answer


Start = Callable[..., Host]


@contextmanager
def started(config: dict[str, Any], folder: Path, blocking: bool = True) -> Iterator[Host]:
    assert NODE is not None
    with ExitStack() as stack:
        requests, to_host = os.pipe()
        from_host, answers = os.pipe()
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 16) for end in (requests, answers)]
        for end in (requests, answers):
            os.close(end)
        for end in theirs:
            os.set_blocking(end, blocking)
        ours = (stack.enter_context(os.fdopen(to_host, "wb")), stack.enter_context(os.fdopen(from_host, "rb")))
        printed = folder / "printed"
        with printed.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, *map(str, theirs), NODE, str(PROGRAM), json.dumps(config)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=theirs,
                cwd=folder,
            )
        stack.enter_context(process)
        stack.callback(process.kill)
        for end in theirs:
            os.close(end)
        yield Host(process, *ours, printed)


@pytest.fixture
def unheard(tmp_path: Path) -> Iterator[Start]:
    """Starts an adapter; its hello is still to be heard."""
    with ExitStack() as stack:

        def make(body: str, *, blocking: bool = True, **changes: str | None) -> Host:
            adapter = tmp_path / "adapter.mjs"
            adapter.write_text(body, encoding="utf-8")
            package = tmp_path / "node_modules" / "@rival" / "extractor"
            package.mkdir(parents=True)
            (package / "package.json").write_text('{"version": "1.2.3", "type": "module", "exports": "./index.js"}')
            (package / "index.js").write_text("export const shout = (words) => words.toUpperCase();")
            config = {
                "adapter": str(adapter),
                "function": "extract",
                "distribution": "@rival/extractor",
                "manifest": str(tmp_path),
                **changes,
            }
            return stack.enter_context(started(config, tmp_path, blocking))

        yield make


@pytest.fixture
def start(unheard: Start) -> Start:
    """Starts an adapter that says hello."""

    def make(body: str, *, blocking: bool = True, **changes: str | None) -> Host:
        host = unheard(body, blocking=blocking, **changes)
        hello = host.hear()
        assert hello is not None
        assert "error" not in hello[0]
        return host

    return make


ECHO = "export const extract = (page) => page.text;"

# Hello -------------------------------------------------------------------------------------------------------


def test_hello_names_the_protocol_the_release_and_the_runtime(unheard: Start) -> None:
    hello = unheard(ECHO).hear()
    assert hello is not None
    assert hello[0]["protocol"] == 1
    assert hello[0]["version"] == "1.2.3"
    assert hello[0]["runtime"].startswith("Node ")
    assert hello[0]["import_ns"] > 0


def test_an_adapter_that_measures_no_package_has_no_release(unheard: Start) -> None:
    hello = unheard(ECHO, distribution=None).hear()
    assert hello is not None
    assert hello[0]["version"] is None


@pytest.mark.parametrize(
    ("body", "changes", "message"),
    [
        ("import 'no-such-package';", {}, "Error: Cannot find package 'no-such-package' imported from …/adapter.mjs"),
        ("export const extract = ;", {}, "SyntaxError: Unexpected token ';'"),
        ("throw new RangeError('too\\n  late');", {}, "RangeError: too late"),
        ("throw 'a string';", {}, "string: a string"),
        (ECHO, {"function": "extract_fast"}, "TypeError: the adapter exports no function extract_fast"),
        (ECHO, {"distribution": "absent"}, "Error: ENOENT: no such file or directory, open '…/node_modules/absent/"),
    ],
)
def test_an_adapter_that_cannot_be_loaded_says_so_and_ends(
    unheard: Start, body: str, changes: dict[str, str], message: str
) -> None:
    host = unheard(body, **changes)
    hello = host.hear()
    assert hello is not None
    assert hello[0]["error"].startswith(message)
    assert host.process.wait(timeout=60) == 0


# Answers -----------------------------------------------------------------------------------------------------


def test_an_answer_comes_back_with_its_costs(start: Start) -> None:
    header, answer = start("export const extract = (page) => page.html.toString() + ' wörld';").ask()
    assert (header["outcome"], header["error"], header["none"], answer) == ("ok", None, False, "<p>hello wörld")
    assert header["wall_ns"] > 0
    assert header["cpu_ns"] > 0
    assert header["decode_ns"] == 0
    if sys.platform == "linux":
        assert header["peak_rss_bytes"] is None


def test_packages_are_found_beside_the_adapter(start: Start) -> None:
    body = "import { shout } from '@rival/extractor'; export const extract = (page) => shout(page.text);"
    assert start(body).ask()[1] == "<P>HELLO"


def test_an_adapter_may_be_asynchronous(start: Start) -> None:
    body = """export async function extract(page) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return page.text;
    }"""
    header, answer = start(body).ask()
    assert (header["outcome"], answer) == ("ok", "<p>hello")
    assert header["wall_ns"] > 15_000_000


def test_the_adapter_is_told_bytes_address_and_charset_and_nothing_else(start: Start) -> None:
    body = """export const extract = (page) =>
      JSON.stringify([Object.keys(page).sort(), page.url, page.charset, page.html.buffer.byteLength]);"""
    host = start(body)
    names = ["charset", "html", "text", "url"]
    assert json.loads(host.ask(b"xyz", "http://a.example/", "utf-8")[1]) == [names, "http://a.example/", "utf-8", 3]
    assert json.loads(host.ask(b"")[1]) == [names, None, None, 0]


@pytest.mark.parametrize(
    ("body", "outcome", "message"),
    [
        ("return null", "empty", None),
        ("return undefined", "empty", None),
        ("return ''", "empty", None),
        ("return ' \\n\\u2003\\x1c'", "empty", None),
        ("return '\\ufeff'", "ok", None),  # as in Python, no white space
        ("return page.html", "error", "TypeError: extract() returned object, not string or null"),
        ("return 5", "error", "TypeError: extract() returned number, not string or null"),
        ("throw new Error('no\\n way')", "error", "Error: no way"),
        ("return Promise.reject(new RangeError('later'))", "error", "RangeError: later"),
        ("throw new (class Lost extends Error {})('way')", "error", "Lost: way"),
        ("throw new DOMException('odd', 'SyntaxError')", "error", "SyntaxError: odd"),
        ("throw 'words'", "error", "string: words"),
        ("throw undefined", "error", "undefined: undefined"),
        ("throw new Error('at 0x7ffe12345678 in ' + process.cwd() + '/a')", "error", "Error: at 0x… in …/a"),
        ("const f = () => f() + 1; return f()", "error", "RangeError: Maximum call stack size exceeded"),
        ("return 'x'.repeat(2 ** 30)", "error", "RangeError: Invalid string length"),
        ("return Buffer.from(new ArrayBuffer(2 ** 43))", "oom", "RangeError: Array buffer allocation failed"),
    ],
)
def test_every_way_to_answer_is_a_row(start: Start, body: str, outcome: str, message: str | None) -> None:
    host = start(f"export function extract(page) {{ {body}; }}")
    header, answer = host.ask()
    assert (header["outcome"], header["error"]) == (outcome, message)
    assert header["none"] == (outcome in {"error", "oom"} or body.endswith(("null", "undefined")))
    assert outcome == "ok" or not answer.strip()
    assert host.ask()[0]["outcome"] == outcome  # and the program lives on


def test_a_long_message_is_cut_between_characters(start: Start) -> None:
    error = start("export function extract() { throw new Error('\\u{1f600}'.repeat(600) + '\\ud800'); }").ask()[0][
        "error"
    ]
    assert error == "Error: " + "😀" * 493


def test_half_a_surrogate_pair_becomes_the_replacement_character(start: Start) -> None:
    assert start("export const extract = () => 'a\\ud800b';").ask()[1] == "a\ufffdb"


@pytest.mark.parametrize("blocking", [True, False])
def test_a_page_and_an_answer_of_20_megabytes_pass_through(start: Start, blocking: bool) -> None:
    html = b"x" * (20 << 20)
    assert (
        len(start("export const extract = (page) => page.html.toString();", blocking=blocking).ask(html)[1]) == 20 << 20
    )


def test_what_an_adapter_prints_does_not_reach_the_answer(start: Start) -> None:
    body = """console.log('while imported');
    export function extract() {
      for (const print of [console.log, console.error]) print('noise'.repeat(200_000));
      return 'clean';
    }"""
    host = start(body)
    assert [host.ask()[1] for _ in range(2)] == ["clean", "clean"]
    assert host.printed.stat().st_size > 4_000_000


def test_cpu_time_of_children_counts(start: Start) -> None:
    body = """import { execFileSync } from "node:child_process";
    const burn = "const end = Date.now() + 400; while (Date.now() < end);";
    export const extract = () => String(execFileSync(process.execPath, ["-e", burn])) + "done";"""
    header, answer = start(body).ask()
    assert answer == "done"
    if sys.platform == "linux":
        assert header["cpu_ns"] > 150_000_000


# Endings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", ["", "setInterval(() => {}, 10);"])
def test_the_end_of_the_requests_ends_the_program(start: Start, left: str) -> None:
    host = start(f"{left} {ECHO}")
    host.ask()
    host.requests.close()
    assert host.process.wait(timeout=60) == 0
    assert host.hear() is None


def test_a_promise_that_nobody_waits_for_ends_the_program_on_its_own_page(start: Start) -> None:
    body = """export function extract(page) {
      if (page.text === 'bad') Promise.reject(new Error('left behind'));
      return page.text;
    }"""
    host = start(body)
    assert host.ask(b"good")[1] == "good"
    host.requests.write(frames.pack({"url": None, "charset": None}, b"bad"))
    host.requests.flush()
    assert host.hear() is None
    assert host.process.wait(timeout=60) == 1
    assert "left behind" in host.printed.read_text(encoding="utf-8")


def test_an_error_in_a_timer_ends_the_program_between_frames(start: Start) -> None:
    body = """export async function extract(page) {
      setTimeout(() => { throw new Error('too late'); }, 50);
      if (page.text === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
      return page.text;
    }"""
    host = start(body)
    assert host.ask(b"first")[1] == "first"
    host.requests.write(frames.pack({"url": None, "charset": None}, b"wait"))
    host.requests.flush()
    assert host.answers.read() == b""
    assert host.process.wait(timeout=60) == 1


def test_an_answer_that_can_never_come_ends_the_program(start: Start) -> None:
    host = start("export const extract = () => new Promise(() => {});")
    begun = time.monotonic()
    host.requests.write(frames.pack({"url": None, "charset": None}, b""))
    host.requests.flush()
    assert host.hear() is None
    assert host.process.wait(timeout=60) != 0
    assert time.monotonic() - begun < 30


# Decoding ----------------------------------------------------------------------------------------------------

WORDS = {
    "utf-8": "naïve “quotes” 🙂 漢字",
    "utf-16be": "naïve 🙂 漢字",
    "utf-16le": "naïve 🙂 漢字",
    "gbk": "网页正文，提取。鎔",
    "gb18030": "网页正文，提取。𠀀",
    "big5": "網頁正文，擷取。",
    "euc-jp": "本文抽出、カタカナ",
    "iso-2022-jp": "本文抽出、カタカナ",
    "shift_jis": "本文抽出、ｶﾅ①テ",
    "euc-kr": "본문 추출, 갂 똠방각하 뷁 햏 힣 €",
}
PRAGMA = b"<meta http-equiv=content-type content="
HEADS = [
    b"<meta charset=koi8-r>",
    b'<META CHARSET="KOI8-R"/>',
    b"<meta\tname=x charset\n=\f' koi8-r '\r>",
    b"<meta charset=koi8-r charset=big5>",
    b'<meta a="b"charset=koi8-r>',
    b"<meta =charset=koi8-r>",
    b"<meta charset=utf-16>",
    b"<meta charset=x-user-defined>",
    b"<meta charset=bogus><meta charset=koi8-r>",
    b"<meta charset><meta charset=koi8-r>",
    b"<metacharset=koi8-r>",
    b"</meta charset=koi8-r>",
    b"<meta charset=koi8-r",
    b"<meta charset='koi8-r",
    b"<meta/charset=koi8-r>",
    b'<!doctype "<meta charset=koi8-r>',
    b"<?php <meta charset=koi8-r> ?><meta charset=cp1253>",
    b"</1 <meta charset=koi8-r>><meta charset=cp1253>",
    b"<!-- <meta charset=koi8-r> --><meta charset=cp1253>",
    b"<!--><meta charset=koi8-r>-->",
    b"<!-- <meta charset=koi8-r>",
    b'<a title="<meta charset=koi8-r>"><meta charset=cp1253>',
    b"<div <meta charset=koi8-r>",
    b"<<meta charset=koi8-r>",
    b"<script>a<b</script><meta charset=koi8-r>",
    PRAGMA + b"'text/html; charset=koi8-r'>",
    PRAGMA + b"\"text/html; charset='koi8-r'\">",
    PRAGMA + b"'text/html; charset=\"koi8-r'><meta charset=cp1253>",
    PRAGMA + b"'charset charset=koi8-r;x'>",
    PRAGMA + b"'charset=koi8-r' charset=cp1253>",
    PRAGMA + b"text/html;charset=>",
    b"<meta content='charset=koi8-r'>",
    b"<?xml version='1.0' encoding = 'koi8-r' ?><html>",
    b'<?xml encoding="utf-16"?>',
    b'<?xml version="1.0" encoding="koi8-r"?><meta charset=cp1253>',
    b' <?xml version="1.0" encoding="koi8-r"?>',
    b'<?xml encoding="koi8-r ?>',
    b" " * 1024 + b"<meta charset=windows-1251>",
    b"<meta charset=koi8-r>".rjust(1024),
    b"<meta charset=koi8-r>".rjust(1025),
]
ODD = [
    b"",
    b"plain ASCII",
    b"\0\0\xff\xfe",
    b"a\xe2\x82b",
    b"caf\xe9 \xc3\xa9 \x80\x99",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    "é…".encode()[:-1],
    "caf…".encode()[:-1],
    b"\xff\xfeh\0\xe9\0",
    b"\xfe\xff\0h\0\xe9",
    b"\xff\xfeh\0\xe9\0\0\xd8!\0\0",
    b"\xef\xbb\xbf\xef\xbb\xbfx",
    b"\xef\xbb\xbf<meta charset=koi8-r>\xff",
    "<?xml version='1.0'?><p>é".encode("utf-16-le"),
    "<?xml version='1.0'?><p>é".encode("utf-16-be"),
    bytes(range(256)),
]
# What some converters do not know of the encoding that they are named after.
RARE = [
    (b"10\x80 \xd6\xd0", "gb2312"),
    (b"\x81\x30\x81\x30", "gbk"),
    (b"\xad\xa1\xa4\xa2\xad\xea\xfc\xe4", "euc-jp"),
    (b'\x1b$B-!$"\x1b(Ba\x1b(I1\x1b(B.', "iso-2022-jp"),
    (b"\x87\x40\x83\x65", "shift_jis"),
    (b"\xb0\xa1\x81\x41\xa2\xe6", "ks_c_5601-1987"),
    (b"anything", "iso-2022-kr"),
    (b"", "iso-2022-kr"),
]
LABELS = [
    "",
    "bogus",
    "utf-7",
    "koi8-r\xa0",
    "\vkoi8-r",
    "\u212aoi8-r",
    '"utf-8"',
    "\t\n\f\r KOI8-R ",
    *text._ENCODINGS,
]


def pages() -> Iterator[tuple[bytes, str | None]]:
    yield from ((html, None) for html in ODD)
    yield from RARE
    yield from (
        (html, None) for head in HEADS for html in (head, head + b"\xff\xc4", b"\xc4" + head, head + "é".encode())
    )
    yield from ((b"ends in \xc4\xe9", label) for label in LABELS if text._ENCODINGS.get(label) not in text._MULTIBYTE)
    yield from (
        (bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100)), name) for name in text._LABELS if is_single(name)
    )
    for name, words in WORDS.items():
        html = words.encode(text._MULTIBYTE.get(name) or text._UNICODE[name])
        yield from ((html, label) for label, meant in text._ENCODINGS.items() if meant == name)


def is_single(name: str) -> bool:
    return name not in text._UNICODE and name not in text._MULTIBYTE and name != "replacement"


def test_text_is_the_same_as_in_python(start: Start) -> None:
    host = start(ECHO)
    differing = []
    for html, charset in pages():
        expected, found = text.decode(html, charset), host.ask(html, charset=charset)[1]
        if found != expected:
            differing.append((html, charset, expected, found))
    assert differing == []


def test_every_korean_syllable_is_read(start: Start) -> None:
    syllables = "".join(map(chr, range(0xAC00, 0xD7A4)))
    assert start(ECHO).ask(syllables.encode("cp949"), charset="euc-kr")[1] == syllables


def test_decoding_is_timed_once(start: Start) -> None:
    host = start("export const extract = (page) => String(page.text === page.text) + page.text.length;")
    host.ask()
    header, answer = host.ask("é".encode() * (4 << 20))
    assert answer == f"true{4 << 20}"
    assert 0 < header["decode_ns"] <= header["cpu_ns"]


def test_the_program_needs_nothing_but_node() -> None:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    imported = [line.rpartition(" from ")[2].strip('";') for line in lines if line.startswith("import ")]
    assert imported
    assert all(module.startswith("node:") for module in imported)
