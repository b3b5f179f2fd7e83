"""Every fault of a page or a gold is found, with its file, its line and a remedy; a good one is left alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.checks import lint as module
from benchmark.checks.lint import Finding, lint
from benchmark.errors import EnvironmentFault
from benchmark.goldfiles import KEYS, Placed, write
from benchmark.records import Region
from benchmark.regions import KINDS, Selection

ROOT = Path(__file__).parents[2]
PAGE = "<h1>Head line</h1>\n<p>one two three four five</p>\n<p>six seven</p><footer>eight nine</footer>"
BODY = "one two three four five\n\nsix seven\n"


def place(kind: str, *selectors: str, part: str | None = None, copy_of: int | None = None) -> Placed:
    return Region(kind, part, copy_of), tuple(Selection(selector) for selector in selectors)


GOOD = [place("title", "h1"), place("main", "p:nth-of-type(1)", "p:nth-of-type(2)"), place("footer", "footer")]


def add(
    root: Path,
    name: str = "a",
    page: str | bytes = PAGE,
    regions: Sequence[Placed] = (),
    body: str = BODY,
    facts: Mapping[str, str] | None = None,
    sidecar: str = 'charset = "utf-8"\n',
) -> None:
    html = page.encode() if isinstance(page, str) else page
    stated = dict.fromkeys(KEYS, "x") | {"page": name, "sha256": hashlib.sha256(html).hexdigest()}
    files = {
        f"seeds/{name}.html": html,
        f"seeds/{name}.toml": sidecar.encode(),
        f"goldens/{name}.toml": write(stated | {"provenance": "model"} | dict(facts or {}), regions).encode(),
        f"goldens/{name}.txt": body.encode(),
    }
    for file, data in files.items():
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_bytes(data)


def found(root: Path) -> list[str]:
    return [str(finding) for finding in lint(root)]


def header(root: Path, number: int) -> int:
    """Line of the region with this number, counted from 1, in the gold of page a."""
    lines = (root / "goldens" / "a.toml").read_text(encoding="utf-8").split("\n")
    return [line for line, text in enumerate(lines, 1) if text == "[[region]]"][number - 1]


def only(root: Path) -> Finding:
    (finding,) = lint(root)
    return finding


def test_good_golds_give_no_finding(tmp_path: Path) -> None:
    add(tmp_path, regions=GOOD)
    add(tmp_path, "b", "<p>something else entirely, without regions, stands here", body="something else")
    assert lint(tmp_path) == []


def test_the_bundled_golds_give_no_finding() -> None:
    assert lint(ROOT) == []


def test_a_root_without_pages_is_a_finding(tmp_path: Path) -> None:
    assert only(tmp_path).message == "it holds no pages"
    assert only(tmp_path / "nowhere").message == "it holds no pages"


def test_each_missing_file_is_a_finding_and_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    for name in ("page", "facts", "gold", "body"):
        add(tmp_path, name, PAGE + name, GOOD, "wrong\n", sidecar="charset = 3\n")
    for file in ("seeds/page.html", "seeds/facts.toml", "goldens/gold.toml", "goldens/body.txt"):
        (tmp_path / file).unlink()
    missing = [finding for finding in lint(tmp_path) if finding.message == "the file is missing"]
    assert [finding.file for finding in missing] == [
        "goldens/body.txt",
        "goldens/gold.toml",
        "seeds/facts.toml",
        "seeds/page.html",
    ]
    rest = {finding.file for finding in lint(tmp_path)} - {finding.file for finding in missing}
    assert rest >= {"goldens/facts.txt", "goldens/gold.txt", "goldens/facts.toml", "goldens/body.toml"}
    assert rest >= {"seeds/page.toml", "seeds/gold.toml", "seeds/body.toml"}


def test_given_documents_hidden_files_and_raw_annotations_are_no_pages(tmp_path: Path) -> None:
    add(tmp_path, regions=GOOD)
    (tmp_path / "seeds" / "document.txt").write_text("x")
    (tmp_path / "seeds" / ".b.html").write_text("x")
    (tmp_path / "goldens" / "annotations").mkdir()
    (tmp_path / "goldens" / "annotations" / "c.txt").write_text("x")
    assert lint(tmp_path) == []


def test_changed_bytes_are_found(tmp_path: Path) -> None:
    add(tmp_path, regions=GOOD)
    (tmp_path / "seeds" / "a.html").write_text(PAGE + "\n")
    finding = only(tmp_path)
    assert (finding.file, finding.line) == ("goldens/a.toml", 2)
    assert hashlib.sha256((PAGE + "\n").encode()).hexdigest() in finding.message


def test_labels_that_differ_between_page_and_gold_are_found(tmp_path: Path) -> None:
    labels = '[attributes]\nlanguage = "fr"\npage_type = "news"\n'
    add(tmp_path, regions=GOOD, facts={"language": "de", "page_type": "news"}, sidecar=labels)
    finding = only(tmp_path)
    assert (finding.file, finding.line) == ("goldens/a.toml", 3)
    assert finding.message == "language is 'de', but 'fr' in seeds/a.toml"


@pytest.mark.parametrize(
    ("sidecar", "line", "said"),
    [
        ("x = ?\n", 1, "not TOML: Invalid value"),
        ("x = " + "[" * 100_000, None, "not TOML: "),
        ("charset = 3\n", None, "charset is no string: 3"),
        ("url = 3\n", None, "url is no string: 3"),
        ("attributes = 3\n", None, "attributes is no table: 3"),
    ],
)
def test_a_bad_toml_beside_a_page_is_found(tmp_path: Path, sidecar: str, line: int | None, said: str) -> None:
    add(tmp_path, regions=GOOD, sidecar=sidecar)
    finding = only(tmp_path)
    assert (finding.file, finding.line) == ("seeds/a.toml", line)
    assert finding.message.startswith(said)


def test_every_flaw_of_a_gold_is_found_with_its_line(tmp_path: Path) -> None:
    add(tmp_path)
    toml = tmp_path / "goldens" / "a.toml"
    toml.write_text(
        toml.read_text() + '[[region]]\nkind = "man"\n[[region]]\nkind = "main"\nat = [{ selectr = "p" }]\n'
    )
    findings = lint(tmp_path)
    assert [(finding.file, finding.line) for finding in findings] == [
        ("goldens/a.toml", line) for line in (8, 8, 10, 10)
    ]
    assert [finding.message for finding in findings if finding.line == 8] == [
        "region 1: at is missing",
        "region 1: unknown kind 'man'",
    ]
    toml.write_text("page = ?\n")
    assert str(only(tmp_path)).startswith("goldens/a.toml:1: not TOML: Invalid value")


def test_files_that_are_not_utf_8_are_found_and_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    add(tmp_path)
    (tmp_path / "goldens" / "a.txt").write_bytes(b"one\ntwo\xff\n")
    (tmp_path / "goldens" / "a.toml").write_bytes(b"\xff")
    (tmp_path / "seeds" / "a.toml").write_bytes(b"\n\n\xff")
    assert [(finding.file, finding.line) for finding in lint(tmp_path)] == [
        ("goldens/a.toml", 1),
        ("goldens/a.txt", 2),
        ("seeds/a.toml", 3),
    ]


@pytest.mark.parametrize(
    ("selection", "message", "remedy"),
    [
        (Selection("p["), "region 2: 'p[' is not a CSS selector", "correct the selector"),
        (Selection(","), "region 2: ',' is not a CSS selector", "correct the selector"),
        (Selection("p.no"), "region 2: 'p.no' matches 0 elements, not one", "exactly one element"),
        (Selection("p"), "region 2: 'p' matches 2 elements, not one", "exactly one element"),
        (Selection("footer", "ten"), "region 2: 'ten' in 'footer' is not there", "quote words that stand"),
        (Selection("body", "e", until="x"), "region 2: 'e … x' in 'body' is not there", "quote words that stand"),
        (Selection("#x", "six"), "region 2: 'six' in '#x' stands there 2 times", "add prefix or suffix"),
        (Selection("body"), "words in several regions, ", "leave them in one"),
        (Selection("#x"), "words in no region: 'eight nine", "add them to a region"),
    ],
)
def test_regions_that_do_not_fit_the_page_are_found(
    tmp_path: Path, selection: Selection, message: str, remedy: str
) -> None:
    page = "<h1>Head</h1><div id=x><p>six seven</p><p>six</p></div><footer>eight nine</footer>"
    add(tmp_path, "a", page, [place("title", "h1"), (Region("main"), (selection,))], "six seven\nsix\n")
    fitting = [one for one in lint(tmp_path) if one.message.startswith(message)]
    assert len(fitting) == 1, found(tmp_path)
    assert remedy in fitting[0].remedy
    assert fitting[0].message.count(remedy) == 0
    assert fitting[0].file == "goldens/a.toml"
    assert fitting[0].line == (None if "no region" in message else header(tmp_path, 2))


def test_regions_without_words_or_out_of_order_are_found(tmp_path: Path) -> None:
    add(tmp_path, page=PAGE + "<hr>", regions=[*GOOD[::-1], place("share", "hr")])
    messages = [finding.message for finding in lint(tmp_path)]
    assert "region 4 (share) holds no word" in messages
    assert sum("stands before" in message for message in messages) == 2
    assert all(finding.line for finding in lint(tmp_path))


def test_every_problem_of_regions_has_a_remedy_of_its_own() -> None:
    assert len(set(module.REMEDIES.values())) == len(module.REMEDIES)


def test_a_flood_of_problems_is_cut_and_counted(tmp_path: Path) -> None:
    add(tmp_path, page="<body>" + "<p>a</p><b>b</b>" * 1_000, regions=[place("main", "p:nth-of-type(1)")], body="a")
    findings = lint(tmp_path)
    assert len(findings) == module.SHOWN + 1 or len(findings) < module.SHOWN
    add(tmp_path, page=PAGE, regions=[place("main", f"#x{number}") for number in range(500)], body="")
    assert any("more problems of regions" in finding.message for finding in lint(tmp_path))
    assert len(lint(tmp_path)) == module.SHOWN + 1


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        (
            "one two three four\nsix seven\n",
            2,
            "(6 words) differs from the main regions (7 words) from word 5 on: 'six",
        ),
        ("six seven\none two three four five\n", 1, "from word 1 on: 'six seven one two three four', not 'one two"),
        ("one two three four five\n", 2, "from word 6 on: '', not 'six seven'"),
        (BODY + "eight\n", 4, "from word 8 on: 'eight', not ''"),
        ("", 1, "(0 words) differs"),
    ],
)
def test_a_body_unlike_the_main_regions_is_found(tmp_path: Path, body: str, line: int, said: str) -> None:
    add(tmp_path, regions=GOOD, body=body)
    finding = only(tmp_path)
    assert (finding.file, finding.line) == ("goldens/a.txt", line)
    assert said in finding.message


def test_the_body_holds_originals_of_main_text_alone(tmp_path: Path) -> None:
    regions = [place("main", "h1"), place("share", "h2"), place("main", "p", copy_of=0)]
    add(tmp_path, page="<h1>One, Two</h1><h2>x</h2><p>one two</p>", regions=regions, body="ONE two")
    assert lint(tmp_path) == []


def test_words_that_the_page_lacks_or_holds_less_often_are_found_line_by_line(tmp_path: Path) -> None:
    add(tmp_path, body="six seven six\neight\n" + " ".join(f"w{number}" for number in range(12)))
    first, second = lint(tmp_path)
    assert (first.file, first.line) == ("goldens/a.txt", 1)
    assert first.message == "words that the page does not hold, or not so often: six"
    assert (second.line, second.message[-7:]) == (3, " w8 w9 …"[-7:])


@pytest.mark.parametrize(
    "mark",
    [
        "p cc-select=true",
        "p mark-selected",
        "p data-label='1'",
        "p __boilernet_label=1",
        "p class='a x-nc-sel2'",
        "p DATA-ANNO-UID=3",
        "marked-text",
    ],
)
def test_a_trace_of_an_annotation_tool_is_found(tmp_path: Path, mark: str) -> None:
    add(tmp_path, page=PAGE + f"\n\n<{mark}>six seven<{mark}>", body="six")
    finding = only(tmp_path)
    assert (finding.file, finding.line) == ("seeds/a.html", 5)
    assert "(2 times)" in finding.message


def test_a_trace_is_found_in_any_encoding(tmp_path: Path) -> None:
    add(tmp_path, page="\ufeff<p mark-selected>six".encode("utf-16-le"), body="six")
    assert "mark-selected" in only(tmp_path).message


@pytest.mark.parametrize("text", ["my-data-label", "data-labelled", "data-label-x", "marked-text", "x-nc-selector"])
def test_what_only_looks_like_a_trace_is_none(tmp_path: Path, text: str) -> None:
    add(tmp_path, page=f"<p class='{text}'>six", body="six")
    assert lint(tmp_path) == []


def test_nearly_equal_pages_are_found_and_others_are_not(tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(100)]
    add(tmp_path, "a", " ".join(words), body="")
    add(tmp_path, "b", " ".join([*words, "new"]), body="")
    add(tmp_path, "c", " ".join(words[:70]), body="")
    add(tmp_path, "d", " ".join(words[::-1]), body="")
    finding = only(tmp_path)
    assert finding.file == "seeds/b.html"
    assert finding.message.startswith("it is nearly seeds/a.html: Jaccard similarity 0.99")


def test_similarity_counts_from_four_fifths_and_pages_without_words_are_never_alike(tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(83)]
    add(tmp_path, "a", " ".join(words), body="")
    add(tmp_path, "b", " ".join(words[:67]), body="")  # 64 of 80 shingles
    add(tmp_path, "empty", "", body="")
    add(tmp_path, "void", "<body>", body="")
    add(tmp_path, "short", "one two", body="")
    assert "similarity 0.80" in only(tmp_path).message
    add(tmp_path, "b", " ".join(words[:66]), body="")
    assert lint(tmp_path) == []
    add(tmp_path, "shorter", "one <b>two</b>", body="")
    assert "similarity 1.00" in only(tmp_path).message


LIST = "<ul><li>a b c d e<li>f<li>a b c d<li>g<li>a b c x y</ul>"


def li(kind: str, first: int, part: str | None = None, copy_of: int | None = None) -> Placed:
    return place(kind, f"li:nth-of-type({first})", part=part, copy_of=copy_of)


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        (
            [
                li("related", 1),
                li("share", 2),
                li("related", 3, copy_of=0),
                li("about", 4),
                li("related", 5, copy_of=0),
            ],
            "region 5 (related) repeats 60% of the words of region 1, not four fifths",
        ),
        (
            [
                li("share", 1),
                li("tags", 2),
                place("related", "li:nth-of-type(3)", "li:nth-of-type(4)"),
                li("related", 5),
            ],
            "region 4 (related) goes on where region 3 of the same kind ends; make the two one region",
        ),
        (
            [place("share", "li:nth-of-type(1)", "li:nth-of-type(3)"), li("tags", 2), li("related", 4), li("tags", 5)],
            "region 1 (share) is cut into 2 pieces by others",
        ),
        (
            [li("title", 1), li("tags", 2), li("title", 3, copy_of=0), li("related", 4), li("tags", 5)],
            "region 3 (title) is called a copy; titles are never copies",
        ),
        (
            [li("tags", 1), li("share", 2), li("tags", 3, copy_of=0), li("about", 4), li("tags", 5, copy_of=2)],
            "region 5 (tags) copies region 3, which is a copy itself",
        ),
        (
            [li("tags", 1), li("comments", 2, "meta"), li("comments", 3, "text"), li("comments", 4), li("tags", 5)],
            "region 4 (comments) has no part; say whether it is text, meta or ui",
        ),
    ],
)
def test_regions_against_the_guideline_are_found(tmp_path: Path, regions: Sequence[Placed], said: str) -> None:
    add(tmp_path, page=LIST, regions=regions, body="")
    (finding,) = lint(tmp_path)
    assert said in str(finding)
    assert (finding.file, finding.line) == ("goldens/a.toml", header(tmp_path, int(said.split()[1])))


def test_neighbours_alike_stay_apart_where_a_copy_points_at_one_of_them(tmp_path: Path) -> None:
    regions = [li("related", 1), li("related", 2), li("related", 3, copy_of=0), li("tags", 4), li("share", 5)]
    add(tmp_path, page=LIST, regions=regions, body="")
    assert lint(tmp_path) == []


def test_findings_are_sorted_and_say_file_line_message_and_remedy(tmp_path: Path) -> None:
    for name in "ba":
        add(tmp_path, name, f"<p data-label>{name} {name * 2} {name * 3}", [place("main", "p", "i")], f"{name}\nzzz\n")
    findings = lint(tmp_path)
    assert [(one.file, one.line) for one in findings] == sorted((one.file, one.line or 0) for one in findings)
    assert all(one.message and one.remedy for one in findings)
    assert str(Finding("f", 3, "m", "r")) == "f:3: m; r"
    assert str(Finding("f", None, "m", "r")) == "f: m; r"


TEXTS = [
    "سلام عليكم يا عالم",
    "汉字和标点。都在！",
    "ภาษาไทยไม่มี",
    "👍🏽 a 👨‍👩‍👧 ok",
    "e\u0301tude a\u0308 \u0301x",
    "हिन्दी में",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_in_any_script_is_compared_word_by_word(tmp_path: Path, text: str) -> None:
    page = f"<meta charset=utf-8><h1>{text}</h1><p>{text} <b>{text}</b> fin</p>"
    regions = [
        (Region("title"), (Selection("h1"),)),
        (Region("main"), (Selection("p", text, suffix=text),)),
        (Region("share"), (Selection("p > b"), Selection("p", "fin", prefix=text))),
    ]
    add(tmp_path, page=page, regions=regions, body=text)
    assert lint(tmp_path) == []
    add(tmp_path, page=page, body=f"nonsense {text} {text} {text}")
    assert only(tmp_path).message.endswith(": nonsense")


@pytest.mark.parametrize(
    "page", ["", " ", "<frameset><frame>", "<script>", "<body>", "\0", "<template>a", b"\xff\xfe\xff"]
)
def test_a_page_without_text_gives_findings_not_failures(tmp_path: Path, page: str | bytes) -> None:
    add(tmp_path, page=page, regions=[place("main", "body"), place("share", "p")], body="word")
    messages = [finding.message for finding in lint(tmp_path)]
    assert "region 1 (main) holds no word" in messages
    assert "words that the page does not hold, or not so often: word" in messages


@given(st.binary(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_no_file_makes_lint_fail(tmp_path_factory: pytest.TempPathFactory, page: bytes, toml: str, body: str) -> None:
    root = tmp_path_factory.mktemp("lint", numbered=True)
    add(root, page=page, body=body.encode("utf-8", "replace").decode())
    (root / "goldens" / "b.toml").write_bytes(toml.encode("utf-8", "replace"))
    (root / "seeds" / "b.toml").write_bytes(toml.encode("utf-8", "replace"))
    assert all(isinstance(finding, Finding) for finding in lint(root))
    shutil.rmtree(root)


@pytest.mark.parametrize("element", ["<p>word", "<b>word</b> ", "<p data-label=1>word", "汉"])
def test_a_page_of_1_mb_is_read_in_a_few_seconds(tmp_path: Path, element: str) -> None:
    page = "<meta charset=utf-8><body>" + element * (1_000_000 // len(element.encode()))
    add(tmp_path, page=page, regions=[place("main", "body")], body="汉 word")
    begun = time.monotonic()
    assert any("differs from the main regions" in finding.message for finding in lint(tmp_path))
    assert time.monotonic() - begun < 15


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_cannot_be_read_is_the_machines_fault(tmp_path: Path) -> None:
    add(tmp_path, regions=GOOD)
    (tmp_path / "goldens" / "a.txt").chmod(0)
    with pytest.raises(EnvironmentFault, match=r"a\.txt"):
        lint(tmp_path)


def test_every_kind_can_be_linted(tmp_path: Path) -> None:
    page = "".join(f"<p id={kind}>{kind}</p>" for kind in KINDS)
    regions = [place(kind, f"#{kind}", part="ui" if kind == "comments" else None) for kind in KINDS]
    add(tmp_path, page=page, regions=regions, body="main")
    assert lint(tmp_path) == []
