"""The one definition of "the same text": decoding a page, making the forms of an answer comparable, and tokens.

Standard library only at the top, and no syntax newer than Python 3.7: the worker that runs inside a competitor's
environment imports this file for `decode`. What needs another library imports it inside the function.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Match

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from regex import Pattern  # type: ignore[import-untyped]
    from selectolax.lexbor import LexborNode

# Decoding: bytes -> str ---------------------------------------------------------------------------------------

# Encoding standard, "Names and labels": each name is a label of itself, beside those named here.
_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8",
    "ibm866": "866 cp866 csibm866",
    "iso-8859-2": "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso-8859-3": "csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso-8859-4": "csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso-8859-5": "csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso-8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i "
    "iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso-8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso-8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
    "iso_8859-8:1988 visual",
    "iso-8859-8-i": "csiso88598i logical",
    "iso-8859-10": "csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso-8859-13": "iso8859-13 iso885913",
    "iso-8859-14": "iso8859-14 iso885914",
    "iso-8859-15": "csisolatin9 iso8859-15 iso885915 iso_8859-15 l9",
    "iso-8859-16": "",
    "koi8-r": "cskoi8r koi koi8 koi8_r",
    "koi8-u": "koi8-ru",
    "macintosh": "csmacintosh mac x-mac-roman",
    "windows-874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620",
    "windows-1250": "cp1250 x-cp1250",
    "windows-1251": "cp1251 x-cp1251",
    "windows-1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252",
    "windows-1253": "cp1253 x-cp1253",
    "windows-1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "x-cp1254",
    "windows-1255": "cp1255 x-cp1255",
    "windows-1256": "cp1256 x-cp1256",
    "windows-1257": "cp1257 x-cp1257",
    "windows-1258": "cp1258 x-cp1258",
    "x-mac-cyrillic": "x-mac-ukrainian",
    "gbk": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk",
    "gb18030": "",
    "big5": "big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese x-euc-jp",
    "iso-2022-jp": "csiso2022jp",
    "shift_jis": "csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis",
    "euc-kr": "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "replacement": "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr",
    "utf-16be": "unicodefffe",
    "utf-16le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
    "x-user-defined": "",
}
_ENCODINGS = {label: name for name, labels in _LABELS.items() for label in [name, *labels.split()]}

_UNICODE = {"utf-8": "utf-8", "utf-16be": "utf-16-be", "utf-16le": "utf-16-le"}
_MULTIBYTE = {
    "gbk": "gb18030",  # the standard decodes both with the larger one
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext",  # the variant that knows half-width katakana
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
# Where Python's name for the codec is not the standard's.
_SINGLE_BYTE = {"iso-8859-8-i": "iso8859-8", "windows-874": "cp874", "x-mac-cyrillic": "mac-cyrillic"}
# The bytes on which Python's codec and the standard's index differ.
_CORRECTIONS = {"koi8-u": {0xAE: "ў", 0xBE: "Ў"}, "windows-1255": {0xCA: "\u05ba"}}

_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xfe\xff": "utf-16be", b"\xff\xfe": "utf-16le"}
_PRESCAN_BYTES = 1024
_BLANKS = b"\t\n\f\r "
_META = re.compile(rb"<meta(?=[\t\n\f\r /])", re.IGNORECASE)
_TAG = re.compile(rb"</?[a-zA-Z][^\t\n\f\r >]*")
_GAP = re.compile(rb"[\t\n\f\r /]*")
# An unclosed quote runs to the end, which the caller takes for running out of bytes.
_ATTRIBUTE = re.compile(
    rb"([^\t\n\f\r />][^\t\n\f\r />=]*)"
    rb"(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"?|'([^']*)'?|([^\t\n\f\r >\"'][^\t\n\f\r >]*)?))?"
)
_CONTENT = re.compile(rb"charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\f\r ;]*))", re.IGNORECASE)
_XML = re.compile(rb"<\?xml(?:(?!encoding)[^>])*encoding[\x00-\x20]*=[\x00-\x20]*([\"'])([^\x00-\x20>]*?)\1[^>]*>")


def decode(html: bytes, charset: str | None = None) -> str:
    """The text of a page's bytes as browsers decode it; `charset` is the label that the server declared.

    Never raises: what cannot be decoded becomes U+FFFD. A byte order mark is removed. The undefined bytes 0x80-0x9F of
    the windows encodings become C1 controls, as in the Encoding standard's indexes. Python's codecs do the work: over
    all single bytes they give what the standard gives, over all pairs of bytes the same letters and digits, except 157
    characters of Big5 (Hong Kong's later ones) and a few of GB18030 (those that its edition of 2022 moved); how many
    U+FFFD a broken sequence becomes may differ. An encoding that the standard refuses to decode (`replacement`) gives a
    single U+FFFD.
    """
    name = encoding(html, charset)
    mark = next(filter(html.startswith, _MARKS), b"")
    html = html[len(mark) :]
    if name in _UNICODE:
        return html.decode(_UNICODE[name], "replace")
    if name in _MULTIBYTE:
        return html.decode(_MULTIBYTE[name], "boilerbench")
    if name == "replacement":
        return "\ufffd" if html else ""
    return codecs.charmap_decode(html, "strict", _table(name))[0]


def encoding(html: bytes, charset: str | None = None) -> str:
    """The name of a page's encoding in the Encoding standard, in lower case, for example `windows-1252`.

    The steps of the HTML standard's "determining the character encoding": byte order mark; the label that the server
    declared; prescan of the first 1024 bytes for a `meta` element or an XML declaration. Labels that the standard does
    not know are passed over. Then comes what the standard leaves open: UTF-8 if the bytes are valid UTF-8 (plain ASCII
    included, where the choice changes nothing; a character cut off at the very end is forgiven when a whole one of
    several bytes stands before it); then a `meta` element further down, which a browser's tree builder obeys too;
    then windows-1252.
    """
    mark = next(filter(html.startswith, _MARKS), b"")
    return (
        _MARKS.get(mark)
        or _labelled((charset or "").encode("utf-8", "replace"))
        or _prescan(html[:_PRESCAN_BYTES])
        or ("utf-8" if _is_utf8(html) else _declared_in_meta(html))
        or "windows-1252"
    )


def _labelled(label: bytes) -> str | None:
    return _ENCODINGS.get(label.strip(_BLANKS).lower().decode("latin-1"))


def _prescan(head: bytes) -> str | None:
    if head.startswith(b"<\0?\0x\0"):
        return "utf-16le"
    if head.startswith(b"\0<\0?\0x"):
        return "utf-16be"
    return _declared_in_meta(head) or _declared_in_xml(head)


def _declared_in_meta(html: bytes) -> str | None:
    at = html.find(b"<")
    while at >= 0:
        meta, tag = _META.match(html, at), _TAG.match(html, at)
        if html.startswith(b"<!--", at):
            at = html.find(b"-->", at + 2)  # the dashes may be those of the opening: `<!-->` is a whole comment
        elif tag:
            found: dict[bytes, bytes] = {}
            at = _read_attributes(html, (meta or tag).end(), found)
            name = _named_by(found) if meta else None
            if name:
                return name
        elif html[at + 1 : at + 2] in (b"!", b"/", b"?"):
            at = html.find(b">", at)
        at = html.find(b"<", at + 1) if at >= 0 else at
    return None


def _read_attributes(html: bytes, at: int, found: dict[bytes, bytes]) -> int:
    """Collect attributes, the first of each name, and return where they end; none when the bytes run out first."""
    while True:
        at = _GAP.match(html, at).end()  # type: ignore[union-attr]
        match = _ATTRIBUTE.match(html, at)
        if match is None:
            if at == len(html):
                found.clear()
            return at
        at = match.end()
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or b"")


def _named_by(meta: dict[bytes, bytes]) -> str | None:
    if b"charset" in meta:
        name = _labelled(meta[b"charset"])
    elif meta.get(b"http-equiv", b"").lower() == b"content-type":
        match = _CONTENT.search(meta.get(b"content", b""))
        name = _labelled(match[1] or match[2] or match[3] or b"") if match else None
    else:
        return None
    # A page whose `meta` could be read is not UTF-16; the other substitution is the standard's for old pages.
    return {"utf-16be": "utf-8", "utf-16le": "utf-8", "x-user-defined": "windows-1252"}.get(name or "", name)


def _declared_in_xml(head: bytes) -> str | None:
    match = _XML.match(head)
    name = _labelled(match[2]) if match else None
    return "utf-8" if name in ("utf-16be", "utf-16le") else name


def _is_utf8(html: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(html)
    except UnicodeDecodeError:
        return False
    cut_off = decoder.getstate()[0]
    return not cut_off or not text.isascii()


@lru_cache(maxsize=64)
def _table(name: str) -> str:
    """The 256 characters of a single-byte encoding."""
    if name == "x-user-defined":
        return "".join(chr(byte if byte < 0x80 else 0xF700 + byte) for byte in range(256))
    codec = _SINGLE_BYTE.get(name, name)
    characters = [bytes([byte]).decode(codec, "replace") for byte in range(256)]
    for byte in range(0x80, 0xA0):
        if characters[byte] == "\ufffd":
            characters[byte] = chr(byte)
    for byte, character in _CORRECTIONS.get(name, {}).items():
        characters[byte] = character
    return "".join(characters)


def _mend(error: UnicodeError) -> tuple[str, int]:
    """Read what Python's codecs lack of the standard's indexes; the rest becomes U+FFFD.

    EUC-JP and ISO-2022-JP pages use the vendor rows of JIS X 0208 (circled and Roman numbers, unit signs), which only
    Python's codec for Shift_JIS holds; the rows are numbered alike. 0x80 is the euro sign of Chinese pages.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    lead, trail = (error.object[error.start : error.start + 2] + b"\0\0")[:2]
    if error.encoding == "gb18030" and lead == 0x80:
        return "€", error.start + 1
    shift = {"euc_jp": 0x80, "iso2022_jp_ext": 0}.get(error.encoding)
    if shift is not None and 0x21 <= lead - shift <= 0x7E and 0x21 <= trail - shift <= 0x7E:
        character = _shift_jis(lead - shift - 0x21, trail - shift - 0x21).decode("cp932", "replace")
        return (character if len(character) == 1 else "\ufffd"), error.start + 2
    return "\ufffd", error.end


def _shift_jis(row: int, cell: int) -> bytes:
    """Two bytes of a character in JIS X 0208; row and cell count from 0, and two rows share a lead byte."""
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
    return bytes([lead, trail])


codecs.register_error("boilerbench", _mend)

# Normalising: html, markdown -> plain text -------------------------------------------------------------------

SILENT = frozenset("head script style iframe noembed noframes".split())
"""Elements whose content is never text: no reader shows it, or only as raw markup of another age."""

BLOCKS = frozenset(
    "address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html isindex "
    "legend li listing main menu nav ol optgroup option p plaintext pre search section select summary table tbody "
    "template textarea tfoot thead tr ul xmp".split()
)
"""Elements that stand on a line of their own (HTML standard, "Rendering"), `<br>` among them."""

APART = frozenset(
    "audio button canvas desc embed iframe img input meter noscript object progress rp rt svg td text th title "
    "video".split()
)
"""Elements that share a line but not a word with their neighbours: cells, controls, pictures, readings of ruby."""

_PREFORMATTED = frozenset("listing plaintext pre textarea xmp".split())
_VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr".split())
_RAW = SILENT | frozenset("body html math plaintext svg table template textarea title xmp".split())
# A next one closes the one before, so that these nest no deeper than the elements around them.
_SELF_CLOSING = frozenset("dd dt h1 h2 h3 h4 h5 h6 li optgroup option p rp rt tbody td tfoot th thead tr".split())
_UNCOUNTED = _VOID | _RAW | _SELF_CLOSING

_DEEPEST = 512
_MANY_TAGS = 10_000
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_STRUCTURE_TAG = re.compile(
    r"</?(?:body|caption|col|colgroup|form|frame|frameset|head|html|tbody|td|tfoot|th|thead|tr)(?=[\s/>])",
    re.IGNORECASE,
)
_DEEPEST_MARKDOWN = 96


def plain(text: str, form: str) -> str:
    """An answer as plain text, so that what an extractor is worth does not hang on the form it answers in.

    `form` is one of `records.FORMS`; another one raises `UsageError`. Text comes back as it is. HTML is parsed as HTML5
    (selectolax, lexbor) and read as a reader in text mode prints it:

    - one line per block element, `<br>` begins a new line; no blank lines, white space runs are one space, except
      in `<pre>` and its kin, which stay as they are;
    - inline elements join without a space: `foo<b>bar</b>` is one word. Table cells, form controls, pictures and other
      embedded things, and readings of ruby, stand apart by a space;
    - no text: comments, attributes (alternative text too: the field's usual step, html_text, leaves it out), `<head>`
      with its `<title>`, `<script>`, `<style>`, `<iframe>`, `<noembed>`, `<noframes>`;
    - text: `<noscript>`, `<template>`, hidden elements, what stands inside `<object>`, `<video>` or `<canvas>`, titles
      of SVG images, a stray `<title>` below the body. Whether they show depends on scripts and style sheets that an
      answer comes without; html_text prints them, and `regions.py` counts them on the page: a leak stays a leak;
    - tags that HTML5 ignores where they stand (table tags outside a table, a form in a form, the seams of joined
      documents) still separate words.

    Markdown is CommonMark with tables and strikethrough, rendered by markdown-it-py and read in the same way, so that
    marks and link targets vanish. Time is linear in the length: elements deeper than 512 (Chromium's limit) lose their
    nesting but not their text, and Markdown blocks deeper than 96 are read as paragraphs.
    """
    if form == "text":
        return text
    if form == "html":
        return _visible(text)
    if form == "markdown":
        return _visible(_markdown().render(text))
    from .errors import UsageError

    raise UsageError(
        f"unknown form {form!r} of an answer; expected text, html or markdown; correct `form` in the adapter's header"
    )


def _visible(html: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    # U+FFFD keeps NUL a boundary between words, as it is in plain text; the parser would drop it.
    html = _STRUCTURE_TAG.sub(r" \g<0>", _shallow(html).replace("\0", "\ufffd"))
    root = LexborHTMLParser(html.encode("utf-8", "replace")).root
    return "\n".join(_lines(_events(root)))


def _lines(events: Iterator[tuple[str, str]]) -> Iterator[str]:
    line: list[str] = []
    preformatted = 0
    for tag, text in events:
        name = tag.lstrip("/")
        if text:
            line.append(text)
        elif name in BLOCKS:
            joined = "".join(line)
            line.clear()
            joined = joined.strip("\n") if preformatted else " ".join(joined.split())
            if joined.strip():
                yield joined
            if name in _PREFORMATTED:
                preformatted += 1 if tag == name else -1
        elif name in APART:
            line.append(" ")


def _events(root: LexborNode | None) -> Iterator[tuple[str, str]]:
    """Document order, without recursion: a text node as ("", text), an element as (name, "") and (/name, "")."""
    node = root
    templates: list[LexborNode] = []
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            yield "", node.text_content or ""
        else:
            yield tag, ""
        child = None if tag in SILENT else node.first_child
        if tag == "template":
            child = node.template_fragments()[0].first_child
            if child is not None:
                templates.append(node)
        if child is not None:
            node = child
            continue
        while node is not None:
            yield f"/{node.tag}", ""
            if node.next is not None:
                node = node.next
                break
            # The content of a template is a tree of its own: above its root there is nothing.
            node = node.parent or (templates.pop() if templates else None)


def _shallow(html: str) -> str:
    """Turn tags deeper than `_DEEPEST` into breaks: the parser's time grows with the square of the depth."""
    if html.count("<") < _MANY_TAGS:
        return html
    opened: Counter[str] = Counter()
    cut: Counter[str] = Counter()
    depth = 0

    def flatten(tag: Match[str]) -> str:
        nonlocal depth
        name = tag[2].lower()
        if name in _UNCOUNTED:
            return tag[0]
        if tag[1] and not cut[name]:
            depth -= 1 if opened[name] else 0
            opened[name] -= 1 if opened[name] else 0
            return tag[0]
        if not tag[1] and depth < _DEEPEST:
            depth += 1
            opened[name] += 1
            return tag[0]
        cut[name] += -1 if tag[1] else 1
        return "<br" if name in BLOCKS or name in APART else "<wbr"

    return _ANY_TAG.sub(flatten, html)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_MARKDOWN + 4}).enable(["table", "strikethrough"])
    # A link that is not safe to follow is still a link, so its target is no text.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    reader.block.ruler.before("table", "too_deep", _read_as_paragraph)
    return reader


def _read_as_paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule that takes what is nested too deep: left alone, markdown-it would drop it."""
    if silent or state.level < _DEEPEST_MARKDOWN:
        return False
    last = start
    while last < end and (state.isEmpty(last) or state.sCount[last] >= state.blkIndent):
        last += 1
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start, last, state.blkIndent, False)
    inline.children = []
    state.push("paragraph_close", "p", -1)
    state.line = last
    return True


# Tokens ------------------------------------------------------------------------------------------------------

_SCRIPTS = ("Han", "Hiragana", "Katakana", "Bopomofo", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan", "Yi")
# Latin shares its modifier letters (U+02BC, U+02C7, U+02C9 to U+02CB) with Thai or Bopomofo: in Latin they join words.
_CHARACTER = "[[" + "".join(rf"\p{{scx={script}}}" for script in _SCRIPTS) + r"]--\p{scx=Latin}--\p{M}]"
_WORD = r"[[\w\p{N}]--\p{M}][\w\p{N}]*"
_CHARACTER_OR_WORD = (
    rf"[{_CHARACTER}&&[\w\p{{N}}]]\p{{M}}*|[[\w\p{{N}}]--\p{{M}}--{_CHARACTER}][[\w\p{{N}}]--{_CHARACTER}]*"
)
_IGNORABLE = r"\p{Default_Ignorable_Code_Point}+"
# Every character of those scripts lies here; a text that has none is read by the pattern that is four times as fast.
_MAYBE_CHARACTER = re.compile(
    "[\u0e00-\u10ff\u1780-\u17ff\u19e0-\u19ff\u2e80-\uabff\uf900-\U0001efff\U00020000-\U0010ffff]"
)


def tokens(text: str) -> list[str]:
    r"""The words of a text, in order, as scores compare them: NFKC, casefolded.

    In scripts written without spaces (Han, Hiragana, Katakana, Bopomofo, Thai, Lao, Khmer, Myanmar, Tibetan, Yi; by
    Script_Extensions, less what Latin uses too) every letter or digit is a token; elsewhere every run of `\w` and
    numbers, so `_` joins words and an apostrophe parts them. A mark belongs to the character before it: it never begins
    a token, and after a space or a punctuation mark it is dropped with it. Combining marks count as `\w` in the
    `regex` module (Unicode UTS 18); Python's `re` leaves them out and would split every Devanagari word at its vowels.

    Default-ignorable characters (soft hyphen, zero-width space and joiners, byte order mark, directional marks,
    variation selectors; the set that Unicode's NFKC_Casefold removes) go first: readers do not see them, tools differ
    in which they strip, and neither should cost anything. So text parted by a zero-width space alone is one word.

    `tokens(" ".join(tokens(x))) == tokens(x)`, and canonically equivalent texts have the same tokens. Characters that
    Python's `unicodedata` or `regex` do not know yet may differ between their versions; the manifest records both.
    """
    folded = _folded(text)
    pattern = _CHARACTER_OR_WORD if _MAYBE_CHARACTER.search(folded) else _WORD
    words: list[str] = _compiled(pattern).findall(folded)
    return words


def _folded(text: str) -> str:
    seen = _compiled(_IGNORABLE).sub("", text)
    # Folding can undo NFKC: U+1E96 folds to two characters that NFKC joins again.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> Pattern[str]:
    import regex

    return regex.compile(pattern, regex.V1)


# Showing ------------------------------------------------------------------------------------------------------

HARMLESS = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Format characters that only join or part their neighbours; emoji, Persian and Hindi are wrong without."""


def spelt_out(text: str) -> str:
    """A text that cannot steer what shows it: controls, directions and broken characters are spelt out."""
    return text if text.isprintable() else "".join(map(_spelt, text))


def _spelt(character: str) -> str:
    category = unicodedata.category(character)
    if category not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character in HARMLESS:
        return character
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else f"\u27e8U+{code:04X}\u27e9"
