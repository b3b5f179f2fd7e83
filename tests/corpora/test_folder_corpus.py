"""The user's own folder of pages and bodies."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.corpora import folder
from benchmark.errors import EnvironmentFault, UsageError
from benchmark.records import Gold, Page, Snippets

Write = Callable[..., None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


@pytest.fixture
def write(root: Path) -> Write:
    def write_files(**files: bytes | str) -> None:
        """Keyword `a__b_txt` is the file `a/b.txt`."""
        for keyword, content in files.items():
            stem, _, suffix = keyword.replace("__", "/").partition("_")
            file = root / f"{stem}.{suffix.replace('_', '.')}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    return write_files


def error_of(tap: Callable[[Path], Iterator[Page] | Iterator[Gold]], root: Path) -> str:
    with pytest.raises(UsageError) as caught:
        list(tap(root))
    return str(caught.value)


def test_a_pair_is_a_page_and_its_body(root: Path, write: Write) -> None:
    write(a_html=b"<p>\xe9", a_txt="één\ntwee\n")
    assert list(folder.pages(root)) == [Page("a", "mine", b"<p>\xe9")]
    assert list(folder.golds(root)) == [Gold("a", "één\ntwee\n", provenance="unstated", annotator=None)]


def test_pages_of_sub_folders_are_named_by_their_path_and_sorted_by_it(root: Path, write: Write) -> None:
    write(b__z_html="1", b__z_txt="1", c_htm="2", c_txt="2", b__a_html_gz=gzip.compress(b"3"), b__a_txt="3")
    assert [(page.id, page.html) for page in folder.pages(root)] == [("b/a", b"3"), ("b/z", b"1"), ("c", b"2")]
    assert [(gold.page_id, gold.body) for gold in folder.golds(root)] == [("b/a", "3"), ("b/z", "1"), ("c", "2")]


def test_dots_within_a_name_belong_to_the_id(root: Path) -> None:
    (root / "v1.2.html").write_bytes(b"page")
    (root / "v1.2.txt").write_bytes(b"body")
    assert [page.id for page in folder.pages(root)] == ["v1.2"]
    assert [gold.body for gold in folder.golds(root)] == ["body"]


def test_hidden_and_other_files_are_passed_over(root: Path, write: Write) -> None:
    write(a_html="1", a_txt="1", readme_md="x")
    (root / ".git").mkdir()
    (root / ".git" / "config.txt").write_text("x")
    (root / "._a.html").write_text("x")
    assert [page.id for page in folder.pages(root)] == ["a"]


def test_the_toml_beside_a_page_states_its_facts(root: Path, write: Write) -> None:
    facts = 'url = "https://www.example.org/x"\ncharset = "latin1"\n[attributes]\nlanguage = "fr"\n'
    write(a_html="1", a_txt="1", a_toml=facts)
    (page,) = folder.pages(root)
    assert (page.url, page.charset) == ("https://www.example.org/x", "latin1")
    assert page.attributes == {"site": "example.org", "language": "fr"}


def test_a_stated_site_wins_over_the_host(root: Path, write: Write) -> None:
    write(a_html="1", a_txt="1", a_toml='url = "https://www.example.org/x"\n[attributes]\nsite = "elsewhere"\n')
    assert [page.attributes["site"] for page in folder.pages(root)] == ["elsewhere"]


def test_a_byte_order_mark_and_foreign_line_ends_are_not_part_of_a_body(root: Path, write: Write) -> None:
    write(a_html="1", a_txt=b"\xef\xbb\xbfone\r\ntwo\rthree")
    assert [gold.body for gold in folder.golds(root)] == ["one\ntwo\nthree"]


@pytest.mark.parametrize("tap", [folder.pages, folder.golds])
def test_every_flaw_of_the_layout_is_named_before_anything_is_read(
    root: Path, write: Write, tap: Callable[[Path], Iterator[Page]]
) -> None:
    write(page_html="1", body_txt="1", facts_toml="", twice_html="1", twice_htm="1", twice_txt="1")
    with pytest.raises(UsageError) as caught:
        tap(root)  # not one record was asked for
    message = str(caught.value)
    assert (
        "files missing (3): body.html (for body.txt), facts.html (for facts.toml), page.txt (for page.html)" in message
    )
    assert "more than once (1): twice.html|.htm" in message
    assert "name.html     the page as it was fetched" in message


@pytest.mark.parametrize("tap", [folder.pages, folder.golds])
def test_of_many_missing_files_all_are_named(root: Path, write: Write, tap: Callable[[Path], Iterator[Page]]) -> None:
    write(**{f"p{number:02}_html": "1" for number in range(13)})
    message = error_of(tap, root)
    assert "files missing (13): p00.txt" in message
    assert "p12.txt (for p12.html)" in message


@pytest.mark.parametrize("tap", [folder.pages, folder.golds])
def test_an_empty_folder_shows_what_it_should_hold(root: Path, tap: Callable[[Path], Iterator[Page]]) -> None:
    message = error_of(tap, root)
    assert "it holds no pages" in message
    assert folder.EXPECTED in message


def test_a_folder_that_is_none_is_an_error(root: Path) -> None:
    assert "is not a folder" in error_of(folder.pages, root / "nowhere")


def test_a_body_that_is_not_utf8_is_an_error_naming_the_byte(root: Path, write: Write) -> None:
    write(a_html="1", a_txt=b"caf\xe9 noir")
    message = error_of(folder.golds, root)
    assert "a.txt is not UTF-8 (byte 3:" in message
    assert [page.id for page in folder.pages(root)] == ["a"], "the pages never look into a gold"


def test_lists_of_snippets_beside_a_page_belong_to_its_gold(root: Path, write: Write) -> None:
    lists = 'with = ["a b"]\nwithout = []\n[attributes]\nsite = "x"\n'
    write(a_html="1", a_txt="a b", a_toml=lists, b_html="2", b_txt="b")
    assert [gold.snippets for gold in folder.golds(root)] == [Snippets(("a b",), (), None), Snippets()]
    assert [page.attributes for page in folder.pages(root)] == [{"site": "x"}, {}]


@pytest.mark.parametrize("wrong", ['with = "a"', "without = [1]", 'comments = [" "]', 'withuot = ["a"]'])
def test_lists_of_snippets_that_are_none_are_named(root: Path, write: Write, wrong: str) -> None:
    write(a_html="1", a_txt="a b", a_toml=wrong)
    message = error_of(folder.golds, root)
    assert "did you mean 'without'?" in message or "is no list of texts that are not blank" in message
    assert 'with, without, comments = ["…"]' in message


def test_the_golds_never_look_into_a_page(root: Path, write: Write) -> None:
    write(a_html_gz=b"no gzip", a_txt="body", a_toml='url = "nowhere"')
    assert [gold.body for gold in folder.golds(root)] == ["body"]


def test_a_name_that_is_not_utf8_is_an_error(root: Path, write: Write) -> None:
    try:
        for suffix in (b".html", b".txt"):
            Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9" + suffix)).write_text("1")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    message = error_of(folder.pages, root)
    assert r"names that are not UTF-8 (1): 'caf\udce9'" in message
    message.encode()


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ('uri = "https://example.org"', "unknown key 'uri', did you mean 'url'?"),
        ("attribute = {}", "unknown key 'attribute', did you mean 'attributes'?"),
        ("zzz = 1", "unknown key 'zzz'\n"),
        ("url = 7", "url is not a string: 7"),
        ("charset = []", "charset is not a string: []"),
        ('attributes = "fr"', "attributes is not a table: 'fr'"),
        ("[attributes]\nyear = 2024", "in [attributes] year is not a string: 2024"),
        ('url = "https://example.org"\nurl = ?\n', "(at line 2, column"),
        ('url = "example.org/x"', "the url 'example.org/x' names no host"),
        ('url = "https://[::1/x"', "the url 'https://[::1/x' names no host"),
        (b'url = "\xff"', "is not UTF-8 (byte 7:"),
    ],
)
def test_a_bad_toml_is_an_error_with_file_and_reason(root: Path, write: Write, toml: bytes | str, reason: str) -> None:
    write(a_html="1", a_txt="1", a_toml=toml)
    message = error_of(folder.pages, root)
    assert str(root / "a.toml") in message
    assert reason in message


def test_all_flaws_of_a_toml_are_named_at_once(root: Path, write: Write) -> None:
    write(a_html="1", a_txt="1", a_toml="uri = 1\nurl = 2\n[attributes]\nx = 3\ny = 4\n")
    assert error_of(folder.pages, root).count("\n- ") == 4


@pytest.mark.parametrize(
    "data", [b"", b"<p>plain", gzip.compress(b"<p>page" * 99, mtime=0)[:-9], gzip.compress(b"", mtime=0)[:5]]
)
def test_a_damaged_gzip_file_is_an_error(root: Path, write: Write, data: bytes) -> None:
    write(a_html_gz=data, a_txt="1")
    assert "a.html.gz is not a whole gzip file" in error_of(folder.pages, root)


def test_a_file_the_system_will_not_read_is_no_fault_of_the_user(root: Path, write: Write) -> None:
    write(a_html="1", a_txt="1")
    pages = folder.pages(root)
    (root / "a.html").unlink()
    with pytest.raises(EnvironmentFault, match=r"a\.html cannot be read \(No such file"):
        next(pages)


def test_pages_before_the_slice_are_not_read(root: Path, write: Write) -> None:
    write(a_html_gz=b"damaged", a_txt="1", b_html="2", b_txt="2", c_html_gz=b"damaged", c_txt="3")
    assert [page.id for page in folder.pages(root, 1, 2)] == ["b"]


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("seven")
    for number in range(7):
        (root / f"{number}.html").write_text(f"<p>{number}")
        (root / f"{number}.txt").write_text(str(number))
    return root


@settings(deadline=None)  # a loaded machine's disk is nobody's fault
@given(start=st.integers(0, 9), stop=st.none() | st.integers(0, 9))
def test_a_slice_is_the_slice_of_the_list(seven: Path, start: int, stop: int | None) -> None:
    assert list(folder.pages(seven, start, stop)) == list(folder.pages(seven))[start:stop]


def test_pages_and_golds_stream_in_the_memory_of_a_few_pages(root: Path) -> None:
    count, size = 2_000, 200_000
    (root / "0.html").write_bytes(b"x" * size)
    (root / "0.txt").write_bytes(b"x" * size)
    for number in range(1, count):
        (root / f"{number}.html").hardlink_to(root / "0.html")
        (root / f"{number}.txt").hardlink_to(root / "0.txt")
    # A process of its own: what other tests left for the garbage collector would count here too.
    code = (
        "import sys, tracemalloc; from pathlib import Path; from benchmark.corpora import folder\n"
        "root = Path(sys.argv[1]); tracemalloc.start()\n"
        "print(sum(len(page.html) for page in folder.pages(root)))\n"
        "print(sum(len(gold.body) for gold in folder.golds(root)))\n"
        "print(tracemalloc.get_traced_memory()[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, root], capture_output=True, text=True, check=True)
    pages, golds, peak = map(int, done.stdout.split())
    assert pages == golds == count * size
    assert peak < 4_000_000
