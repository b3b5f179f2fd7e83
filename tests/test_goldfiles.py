"""The TOML of a gold: what is read, what is refused, and that what is written is read back."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.goldfiles import KEYS, PROVENANCES, GoldFile, Placed, line_of, parse, write
from benchmark.records import Region
from benchmark.regions import KINDS, PARTS, Selection
from benchmark.text import tokens

GOLDENS = sorted((Path(__file__).parents[1] / "goldens").glob("*.toml"))
FACTS = dict.fromkeys(KEYS, "x") | {"page": "a", "sha256": "0" * 64, "provenance": "model"}
HEAD = write(FACTS, [])
AT = 'at = [{ selector = "p" }]\n'

# Half surrogates cannot stand in a UTF-8 file.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
QUOTES = TEXTS.map(lambda text: f"a{text}")
MAYBE = st.none() | QUOTES
SELECTIONS = TEXTS.filter(str.strip).map(Selection) | st.tuples(QUOTES, QUOTES, MAYBE, MAYBE, MAYBE).map(
    lambda values: Selection(*values)
)


@st.composite
def placed(draw: st.DrawFn) -> list[Placed]:
    regions: list[Placed] = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        part = draw(st.sampled_from([None, *PARTS])) if kind == "comments" else None
        earlier = [n for n in range(number) if regions[n][0].kind == kind]
        region = Region(kind, part, draw(st.sampled_from([None, *earlier])))
        regions.append((region, tuple(draw(st.lists(SELECTIONS, min_size=1, max_size=3)))))
    return regions


def read(text: str) -> GoldFile:
    """A gold's regions where all else is well."""
    gold = parse(HEAD + text, "a")
    assert gold.facts == FACTS
    return gold


def flaws(text: str) -> list[str]:
    return [str(flaw) for flaw in read(text).flaws]


@given(placed())
def test_what_is_written_is_read_back(regions: list[Placed]) -> None:
    text = write(FACTS, regions)
    gold = parse(text, "a")
    assert gold.flaws == ()
    assert gold.facts == FACTS
    assert gold.regions == tuple(regions)
    assert len(tomllib.loads(text).get("region", [])) == len(regions)
    assert [text.split("\n")[(line or 0) - 1] for line in gold.lines] == ["[[region]]"] * len(regions)


@given(st.dictionaries(st.sampled_from(KEYS), TEXTS))
def test_facts_are_written_whatever_they_hold(facts: dict[str, str]) -> None:
    text = write(facts, [])
    assert tomllib.loads(text) == facts
    assert all(text.split("\n")[(line_of(key, text) or 0) - 1].startswith(f"{key} = ") for key in facts)


def test_a_gold_is_written_to_be_read_by_people() -> None:
    regions = [
        (Region("main"), (Selection("#c1 > p:nth-of-type(2)"),)),
        (Region("comments", "text"), (Selection("p", 'a "b"', until="c"), Selection("q"))),
        (Region("main", copy_of=0), (Selection("div"),)),
    ]
    assert write({"page": "a"}, regions) == (
        """page = "a"

[[region]]
kind = "main"
name = "main-1"
at = [{ selector = "#c1 > p:nth-of-type(2)" }]

[[region]]
kind = "comments"
part = "text"
at = [
  { selector = "p", exact = "a \\"b\\"", until = "c" },
  { selector = "q" },
]

[[region]]
kind = "main"
copy_of = "main-1"
at = [{ selector = "div" }]
"""
    )


@pytest.mark.parametrize("file", GOLDENS, ids=lambda file: file.stem)
def test_a_bundled_gold_has_no_flaw(file: Path) -> None:
    assert parse(file.read_text(encoding="utf-8"), file.stem).flaws == ()


def test_a_copy_points_at_the_number_of_the_region_with_that_name() -> None:
    gold = read(
        f'[[region]]\nkind = "title"\n{AT}[[region]]\nkind = "main"\nname = "body"\n{AT}'
        f'\n\n  [[ region ]] # a comment\nkind = "main"\ncopy_of = "body"\n{AT}'
    )
    assert [region.copy_of for region, _ in gold.regions] == [None, None, 1]
    assert gold.flaws == ()
    assert gold.lines == (8, 11, 17)


@pytest.mark.parametrize(
    ("region", "said"),
    [
        (f'kind = "navigaton"\n{AT}', "unknown kind 'navigaton'; did you mean 'navigation'?"),
        (f'kind = "zzz"\n{AT}', "unknown kind 'zzz'; known: main, title"),
        (AT, 'kind is missing; add kind = "…"'),
        (f"kind = 3\n{AT}", "kind is no text: 3"),
        (f'kind = ""\n{AT}', "kind is no text: ''"),
        (f'kind = "comments"\npart = "txt"\n{AT}', "unknown part 'txt'; did you mean 'text'?"),
        (f'kind = "main"\npart = "ui"\n{AT}', "main with the part 'ui'; only comments have parts"),
        (f'kind = "main"\nparts = "ui"\n{AT}', "unknown key 'parts'; did you mean 'part'?"),
        (f'kind = "main"\nname = 1\n{AT}', "name is no text: 1"),
        (f'kind = "main"\ncopy_of = 1\n{AT}', "copy_of is no text: 1"),
        (f'kind = "main"\ncopy_of = "body"\n{AT}', "copy_of 'body' is the name of no region; known: none"),
        (f'kind = "main"\nname = "body"\ncopy_of = "bdy"\n{AT}', "no region; did you mean 'body'?"),
        (f'kind = "main"\nname = "body"\ncopy_of = "body"\n{AT}', "copy_of 'body' is not an earlier region"),
        ('kind = "main"\n', "at is missing"),
        ('kind = "main"\nat = []\n', "at is no list of tables: []"),
        ('kind = "main"\nat = "p"\n', "at is no list of tables: 'p'"),
        ('kind = "main"\nat = ["p"]\n', "at is no list of tables: ['p']"),
        ('kind = "main"\nat = { selector = "p" }\n', "at is no list of tables"),
        ('kind = "main"\nat = [{ selectr = "p", selector = "p" }]\n', "unknown key 'selectr' in at; did you mean"),
        ('kind = "main"\nat = [{ exact = "a" }]\n', "selector is missing in at"),
        ('kind = "main"\nat = [{ selector = " " }]\n', "selector in at is empty"),
        ('kind = "main"\nat = [{ selector = 3 }]\n', "selector in at is not a string: 3"),
        ('kind = "main"\nat = [{ selector = "p", exact = "" }]\n', "exact in at holds no word: ''"),
        ('kind = "main"\nat = [{ selector = "p", exact = "a", until = "…" }]\n', "until in at holds no word: '…'"),
        ('kind = "main"\nat = [{ selector = "p", prefix = "a" }]\n', "but no exact; quote the words themselves"),
    ],
)
def test_a_bad_region_is_named_with_number_line_and_remedy(region: str, said: str) -> None:
    (flaw,) = flaws(f'[[region]]\nkind = "share"\n{AT}[[region]]\n{region}')
    assert flaw.startswith("line 11: region 2: ")
    assert said in flaw


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ('kind = "main"\ncopy_of = "b"\n', "copy_of 'b' is not an earlier region"),
        ('kind = "share"\ncopy_of = "a"\n', "copy_of 'a' is of the kind 'main'; a copy has the kind of its original"),
        ('kind = "main"\nname = "a"\n', "the name 'a' is taken by region 1; choose another one"),
    ],
)
def test_names_and_copies_that_lead_nowhere_are_named(second: str, said: str) -> None:
    (flaw,) = flaws(
        f'[[region]]\nkind = "main"\nname = "a"\n{AT}[[region]]\n{second}{AT}'
        f'[[region]]\nkind = "main"\nname = "b"\n{AT}'
    )
    assert flaw.startswith("line 12: region 2: ")
    assert said in flaw


@pytest.mark.parametrize("value", ["3", '"x"', "[]\n[region.x]", "[1]", '["x"]', "{ kind = 3 }"])
def test_a_region_that_is_no_table_among_tables_is_a_flaw_or_none_at_all(value: str) -> None:
    try:
        tomllib.loads(HEAD + f"region = {value}\n")
    except tomllib.TOMLDecodeError:
        assert len(parse(HEAD + f"region = {value}\n", "a").flaws) == 1
        return
    assert flaws(f"region = {value}\n") == (
        [] if value == "[]" else ["region is no list of tables; begin each one with [[region]]"]
    )


def test_all_flaws_are_named_at_once() -> None:
    gold = parse('page = "b"\nsha = "x"\n[[region]]\nkind = "man"\n[[region]]\nat = [{ selector = "" }]\n', "a")
    assert len(gold.flaws) == 1 + 1 + 6 + 2 + 2
    assert gold.regions == ()
    assert [flaw.line for flaw in gold.flaws if "region" in flaw.message] == [3, 3, 5, 5]


def test_regions_with_a_wrong_kind_still_say_what_they_cover() -> None:
    assert read(f'[[region]]\nkind = "man"\n{AT}').regions == ((Region("man"), (Selection("p"),)),)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a = 1\nb = ?\n", 2, "not TOML: Invalid value at column 5"),
        ("[a", None, "not TOML: "),
        (f"a = {'9' * 5_000}", None, "not TOML: "),
        (f"a = {'[' * 100_000}", None, "not TOML: "),
        ("a = 1\na = 2\n", 2, "not TOML: "),
    ],
)
def test_what_is_not_toml_is_one_flaw_with_its_line(text: str, line: int | None, said: str) -> None:
    (flaw,) = parse(text, "a").flaws
    assert flaw.message.startswith(said)
    assert line is None or flaw.line == line


@given(st.text(st.sampled_from("[]{}=\"'\n#a.1, at selector kind region")))
def test_any_text_can_be_read(text: str) -> None:
    assert parse(text, "a").flaws


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_value_can_stand_anywhere(value: object) -> None:
    shown = json.dumps(value).replace("null", "nan")
    for key in ("kind", "part", "name", "copy_of", "at"):
        parse(f"[[region]]\n{key} = {shown}\n", "a")
        parse(f"[[region]]\nat = [{{ {key} = {shown} }}]\n", "a")
    for key in KEYS:
        parse(f"{key} = {shown}\n", "a")


def test_a_fact_on_several_lines_or_in_a_region_does_not_mislead_the_line() -> None:
    text = 'page = """\n[[region]]\n"""\n' + f'[[region]]\nkind = "man"\n{AT}'
    assert [flaw.line for flaw in parse(text, "a").flaws if flaw.message.startswith("region 1")] == [None]
    assert line_of("sha256", '[[region]]\nsha256 = "x"\n') is None


@pytest.mark.parametrize("provenance", PROVENANCES)
def test_every_provenance_is_known(provenance: str) -> None:
    assert parse(write(FACTS | {"provenance": provenance}, []), "a").flaws == ()


def test_a_quote_needs_a_word_in_any_script() -> None:
    for quote in ("漢", "ไ", "سلام", "नम", "é", "1"):
        assert tokens(quote)
        assert flaws(f'[[region]]\nkind = "main"\nat = [{{ selector = "p", exact = "{quote}" }}]\n') == []
