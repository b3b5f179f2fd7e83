from __future__ import annotations

import ast
import gzip
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from html5lib._inputstream import HTMLBinaryInputStream
from hypothesis import example, given
from hypothesis import strategies as st
from webencodings import LABELS

from benchmark import text
from benchmark.text import decode, encoding

NOT_UTF8 = b"\xff"
SOURCE = Path(text.__file__)
ROOT = SOURCE.parent.parent

# Labels ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_of_the_encoding_standard_is_understood(label: str) -> None:
    assert encoding(NOT_UTF8, label) == LABELS[label]


def test_no_other_label_is_understood() -> None:
    assert text._ENCODINGS == LABELS


def test_labels_are_read_without_case_and_surrounding_white_space() -> None:
    assert encoding(NOT_UTF8, "\t\n\f\r KOI8-R ") == "koi8-r"


@pytest.mark.parametrize("label", ["", "bogus", "utf-7", "utf-32", "koi8-r\xa0", "\ud800", "\u212aoi8-r", '"utf-8"'])
def test_unknown_labels_are_passed_over(label: str) -> None:
    assert encoding(b"<meta charset=big5>" + NOT_UTF8, label) == "big5"


# Order of evidence -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "name"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le")]
)
def test_a_byte_order_mark_beats_every_declaration(mark: bytes, name: str) -> None:
    assert encoding(mark + b"<meta charset=big5>", "koi8-r") == name


def test_the_server_beats_the_page() -> None:
    assert encoding(b"<meta charset=big5>", "koi8-r") == "koi8-r"


def test_the_page_beats_detection() -> None:
    assert encoding("<meta charset=big5>é".encode()) == "big5"


@pytest.mark.parametrize(
    ("html", "name"),
    [
        (b"", "utf-8"),
        (b"plain ASCII", "utf-8"),
        ("é".encode(), "utf-8"),
        ("é…".encode()[:-1], "utf-8"),  # a crawler cut the page off within a character
        ("caf…".encode()[:-1], "windows-1252"),  # nothing but the cut-off end speaks for UTF-8
        (b"caf\xe9", "windows-1252"),
        (b"caf\xe9 \xc3\xa9", "windows-1252"),
        (b"\xed\xa0\x80", "windows-1252"),  # an encoded surrogate
        (b"\xc0\x80", "windows-1252"),  # an overlong form
    ],
)
def test_undeclared_bytes_are_utf8_if_valid_and_windows_1252_if_not(html: bytes, name: str) -> None:
    assert encoding(html) == name


def test_a_declaration_beyond_the_prescan_counts_unless_the_bytes_are_utf8() -> None:
    late = b" " * 1024 + b"<meta charset=windows-1251>"
    assert encoding(late + b"\xcf\xf0") == "windows-1251"
    assert encoding(late + "é".encode()) == "utf-8"


def test_a_declaration_must_end_within_the_prescan() -> None:
    inside = b"<meta charset=big5>".rjust(1024) + "é".encode()
    assert encoding(inside) == "big5"
    assert encoding(b" " + inside) == "utf-8"


# Prescan -----------------------------------------------------------------------------------------------------

PRAGMA = b"<meta http-equiv=content-type content="
HEADS = [
    (b"<meta charset=koi8-r>", "koi8-r"),
    (b'<META CHARSET="KOI8-R">', "koi8-r"),
    (b"<meta charset='koi8-r'/>", "koi8-r"),
    (b"<meta charset=koi8-r/>", None),
    (b"<meta charset= koi8-r foo>", "koi8-r"),
    (b"<meta\tcharset\n=\fkoi8-r\r>", "koi8-r"),
    (b'<meta charset=" koi8-r ">', "koi8-r"),
    (b"<meta name=x charset=koi8-r>", "koi8-r"),
    (b"<meta charset=koi8-r charset=big5>", "koi8-r"),
    (b'<meta a="b"charset=koi8-r>', "koi8-r"),
    (b"<meta =charset=koi8-r>", None),
    (b'<meta "charset=koi8-r>', None),
    (b'<meta a"b charset=koi8-r>', "koi8-r"),
    (b"<meta charset=latin1>", "windows-1252"),
    (b"<meta charset=utf-16>", "utf-8"),
    (b"<meta charset=utf-16be>", "utf-8"),
    (b"<meta charset=iso-2022-kr>", "replacement"),
    (b"<meta charset=bogus><meta charset=koi8-r>", "koi8-r"),
    (b"<meta charset><meta charset=koi8-r>", "koi8-r"),
    (b"<meta charset=><meta charset=koi8-r>", "koi8-r"),
    (b"<meta><meta charset=koi8-r>", "koi8-r"),
    (b"<metacharset=koi8-r>", None),
    (b"</meta charset=koi8-r>", None),
    (b"< meta charset=koi8-r>", None),
    (b"<meta charset=koi8-r", None),
    (b"<meta charset='koi8-r'", None),
    (b'<meta charset="koi8-r', None),
    (b"<!doctype html><meta charset=koi8-r>", "koi8-r"),
    (b'<!doctype "<meta charset=koi8-r>', None),
    (b"<?php <meta charset=koi8-r> ?><meta charset=big5>", "big5"),
    (b"</1 <meta charset=koi8-r>><meta charset=big5>", "big5"),
    (b"<1><meta charset=koi8-r>", "koi8-r"),
    (b"<!-- <meta charset=koi8-r> --><meta charset=big5>", "big5"),
    (b"<!-- a -- ><meta charset=koi8-r>--><meta charset=big5>", "big5"),
    (b"<!-- <meta charset=koi8-r>", None),
    (b'<a title="<meta charset=koi8-r>"><meta charset=big5>', "big5"),
    (b"<a title='>'<meta charset=koi8-r>", None),
    (b"<div <meta charset=koi8-r>", None),
    (b'<a/href=">"><meta charset=koi8-r>', "koi8-r"),
    (b"<title><meta charset=koi8-r></title>", "koi8-r"),
    (b"<script>'<meta charset=koi8-r>'</script>", "koi8-r"),
    (b"<script>a<b</script><meta charset=koi8-r>", "koi8-r"),
    (PRAGMA + b"'text/html; charset=koi8-r'>", "koi8-r"),
    (b'<meta content="text/html; charset=koi8-r" http-equiv="Content-Type">', "koi8-r"),
    (PRAGMA + b"\"text/html; charset='koi8-r'\">", "koi8-r"),
    (PRAGMA + b"'text/html; charset=\"koi8-r\"'>", "koi8-r"),
    (PRAGMA + b"'text/html; charset=\"koi8-r'><meta charset=big5>", "big5"),
    (PRAGMA + b"'charset=koi8-r x'>", "koi8-r"),
    (PRAGMA + b"xcharset=koi8-r>", "koi8-r"),
    (PRAGMA + b"text/html;charset>", None),
    (PRAGMA + b"text/html;charset=>", None),
    (b"<meta content='charset=koi8-r'>", None),
    (b"<meta http-equiv=refresh content='charset=koi8-r'>", None),
    (b"<meta http-equiv=content-type charset=big5 content='charset=koi8-r'>", "big5"),
    (b"<meta content='charset=koi8-r' charset=big5>", "big5"),
]
DIFFERENCES = [
    (b"<meta/charset=koi8-r>", "koi8-r", "html5lib wants white space after `meta`, the standard takes a slash too"),
    (b"<!--><meta charset=koi8-r>-->", "koi8-r", "the standard: the dashes may be those of the opening"),
    (b"<!---><meta charset=koi8-r>-->", "koi8-r", "as above"),
    (PRAGMA + b"'charset charset=koi8-r'>", "koi8-r", "html5lib gives up at the first `charset` without `=`"),
    (PRAGMA + b"'charset=koi8-r;x'>", "koi8-r", "html5lib does not end a label at a semicolon"),
    (PRAGMA + b"'charset=koi8-r' charset=big5>", "big5", "html5lib takes what comes first, the standard `charset`"),
    (b"<meta charset=bogus " + PRAGMA[6:] + b"'charset=koi8-r'>", None, "a bad `charset` is a failure, not an absence"),
    (b"<meta charset=x-user-defined>", "windows-1252", "a substitution newer than html5lib"),
    (b"<meta charset=koi8-r a", None, "html5lib decides before the tag has ended"),
    (b"<meta charset=koi8-r<b>", None, "html5lib ends an attribute's value at `<`"),
    (b"<<meta charset=koi8-r>", "koi8-r", "html5lib steps over the `<` that follows a stray one"),
    (b'<?xml version="1.0" encoding="koi8-r"?>', "koi8-r", "html5lib does not read XML declarations"),
]
XML = [
    (b"<?xml version='1.0' encoding = 'koi8-r' ?><html>", "koi8-r"),
    (b'<?xml encoding="utf-16"?>', "utf-8"),
    (b'<?xml version="1.0" encoding="koi8-r"?><meta charset=big5>', "big5"),
    (b' <?xml version="1.0" encoding="koi8-r"?>', None),
    (b'<?xml encoding="koi8-r"', None),
    (b'<?xml encoding="koi8-r ?>', None),
    (b'<?xml encoding="koi 8-r"?>', None),
    (b"<?xml encoding=koi8-r?>", None),
    (b'<?xml encoding encoding="koi8-r"?>', None),
    (b'<?xml ?> encoding="koi8-r">', None),
]


def html5lib_encoding(html: bytes) -> str:
    name = HTMLBinaryInputStream(html, useChardet=False).charEncoding[0].name
    assert isinstance(name, str)
    return name


@pytest.mark.parametrize(("head", "name"), HEADS)
def test_prescan_reads_the_head_as_html5lib_does(head: bytes, name: str | None) -> None:
    expected = name or "windows-1252"
    assert (encoding(NOT_UTF8 + head), html5lib_encoding(NOT_UTF8 + head)) == (expected, expected)


@pytest.mark.parametrize(("head", "name", "why"), DIFFERENCES)
def test_prescan_follows_the_standard_where_html5lib_does_not(head: bytes, name: str | None, why: str) -> None:
    assert encoding(head + NOT_UTF8) == (name or "windows-1252")
    assert html5lib_encoding(head + NOT_UTF8) != (name or "windows-1252"), f"no longer so: {why}"


@pytest.mark.parametrize(("head", "name"), XML)
def test_an_xml_declaration_counts_where_no_meta_does(head: bytes, name: str | None) -> None:
    assert encoding(head + NOT_UTF8) == (name or "windows-1252")


@pytest.mark.parametrize("name", ["utf-16le", "utf-16be"])
def test_utf16_is_known_by_its_xml_declaration(name: str) -> None:
    html = "<?xml version='1.0'?><p>é".encode(name)
    assert (encoding(html), decode(html)) == (name, "<?xml version='1.0'?><p>é")


ATTRIBUTES = st.sampled_from(
    ["charset=koi8-r", "charset='big5'", 'CHARSET = "utf-16"', "name=x", "a", "a='<b>'", "content='charset=koi8-r'"]
)
ELEMENTS = st.builds(
    lambda name, attributes, end: f"<{name} {' '.join(attributes)}{end}",
    st.sampled_from(["meta", "META", "link", "p", "/p", "metadata", "!doctype", "?php"]),
    st.lists(ATTRIBUTES, max_size=3, unique_by=lambda attribute: attribute[:4].lower()),
    st.sampled_from([">", "/>", " >"]),
)


@given(st.lists(ELEMENTS | st.sampled_from(["text", "<!-- <meta charset=big5> -->", "< "]), max_size=6))
@example(["<meta content='charset=koi8-r'>", "<meta charset='big5'>"])
def test_prescan_agrees_with_html5lib_on_whole_elements(pieces: list[str]) -> None:
    html = "".join(pieces).encode() + NOT_UTF8
    assert encoding(html) == html5lib_encoding(html)


# Decoding ----------------------------------------------------------------------------------------------------

SINGLE_BYTE = sorted(set(LABELS.values()) - set(text._UNICODE) - set(text._MULTIBYTE) - {"replacement"})


@given(st.binary(), st.none() | st.sampled_from(sorted(LABELS)) | st.text())
def test_decoding_never_raises(html: bytes, charset: str | None) -> None:
    assert isinstance(decode(html, charset), str)


@given(st.binary(), st.sampled_from(SINGLE_BYTE))
def test_a_single_byte_encoding_gives_one_character_a_byte(html: bytes, name: str) -> None:
    html = b" " + html  # no byte order mark
    assert len(decode(html, name)) == len(html)


@pytest.mark.parametrize("name", SINGLE_BYTE)
def test_ascii_stays_ascii(name: str) -> None:
    ascii_bytes = bytes(range(128))
    assert decode(ascii_bytes, name) == ascii_bytes.decode("ascii")


@pytest.mark.parametrize("number", [0, *range(2, 9)])
def test_undefined_bytes_of_windows_encodings_become_c1_controls(number: int) -> None:
    controls = [
        byte for byte in range(0x80, 0xA0) if unicodedata.category(decode(bytes([byte]), f"cp125{number}")) == "Cc"
    ]
    assert all(decode(bytes([byte]), f"cp125{number}") == chr(byte) for byte in controls)
    assert "\ufffd" not in decode(bytes(range(0x80, 0xA0)), f"cp125{number}")


@pytest.mark.parametrize(
    ("html", "charset", "expected"),
    [
        (b"\x81\x8d\x8f\x90\x9d\x80\x99", "latin1", "\x81\x8d\x8f\x90\x9d€™"),
        (b"\xd2\xff", "windows-1253", "\ufffd\ufffd"),
        (b"\xae\xbe\xa4", "koi8-u", "ўЎє"),
        (b"\xca", "windows-1255", "\u05ba"),
        (b"\xe9\xf9", "logical", "יש"),
        (b"a\x80\xff", "x-user-defined", "a\uf780\uf7ff"),
        (b"10\x80 \xd6\xd0", "gb2312", "10€ 中"),
        (b"\x81\x30\x81\x30", "gbk", "\x80"),
        (b"\x87\x40\x83\x65", "shift_jis", "①テ"),
        (b"\xad\xa1\xa4\xa2\xad\xea\xfc\xe4", "euc-jp", "①あ㈱魵"),
        (b"\xa9\xa1x\xa9", "euc-jp", "\ufffdx\ufffd"),
        (b'\x1b$B-!$"\x1b(Ba\x1b(I1\x1b(B.', "iso-2022-jp", "①あaｱ."),
        (b"\xb0\xa1\x81\x41", "euc-kr", "가갂"),
        (b"\xa4\xa4\x88\x62", "big5", "中Ê̄"),
        (b"h\0\xe9\0\0\xd8", "utf-16", "hé\ufffd"),
        (b"\xff\xfeh\0\xe9\0", None, "hé"),
        (b"\xef\xbb\xbf\xef\xbb\xbfx", None, "\ufeffx"),
        (b"\xef\xbb\xbfx", "utf-8", "x"),
        (b"a\xe2\x82b", "utf-8", "a\ufffdb"),
        (b"anything", "iso-2022-kr", "\ufffd"),
        (b"", "iso-2022-kr", ""),
    ],
)
def test_decoding_follows_the_encoding_standard(html: bytes, charset: str | None, expected: str) -> None:
    assert decode(html, charset) == expected


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("windows-1251", "съешь ещё"),
        ("windows-874", "ภาษาไทย"),
        ("iso-8859-7", "γλώσσα"),
        ("x-mac-cyrillic", "мягких булок"),
        ("macintosh", "œuvre"),
        ("ibm866", "чаю"),
        ("gb18030", "网页正文"),
        ("big5", "網頁正文"),
        ("euc-jp", "本文抽出"),
        ("shift_jis", "本文抽出"),
        ("euc-kr", "본문 추출"),
    ],
)
def test_a_page_in_its_own_encoding_reads_as_written(charset: str, words: str) -> None:
    codec = text._MULTIBYTE.get(charset) or text._SINGLE_BYTE.get(charset, charset)
    assert decode(f"<meta charset={charset}>{words}".encode(codec)).endswith(words)


def test_real_pages_decode_without_loss() -> None:
    folder = next((one / "aeb" / "html" for one in corpora() if (one / "aeb" / "html").is_dir()), None)
    if folder is None:
        pytest.skip("no sample corpora: neither $BOILERBENCH_DATA nor ../shared/corpora holds aeb/html")
    pages = [gzip.decompress(path.read_bytes()) for path in sorted(folder.glob("*.html.gz"))[::6]]
    assert pages
    assert all(decode(page) == page.decode("utf-8-sig") for page in pages)


def corpora() -> list[Path]:
    named = os.environ.get("BOILERBENCH_DATA")
    return [*([Path(named)] if named else []), ROOT.parent / "shared" / "corpora"]


# The worker's side -------------------------------------------------------------------------------------------

ALONE = (
    "import sys; sys.path.insert(0, sys.argv[1]); import text; sys.stdout.write(ascii(text.decode(b'caf\\xe9 \\x81')))"
)


def test_the_file_is_python_3_7_and_imports_the_standard_library_only() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 7))
    roots = [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    roots += [node.module or "." for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert {root.split(".")[0] for root in roots} <= set(sys.stdlib_module_names)


def test_decoding_works_without_any_installed_package() -> None:
    assert alone(sys.executable, "-I", "-S") == "'caf\\xe9 \\x81'"


def test_decoding_works_under_python_3_7() -> None:
    old = shutil.which("python3.7")
    if old is None or subprocess.run([old, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip("no Python 3.7 on this machine")
    assert alone(old, "-I", "-S") == "'caf\\xe9 \\x81'"


def alone(*interpreter: str) -> str:
    command = [*interpreter, "-c", ALONE, str(SOURCE.parent)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
