r"""A LaTeX table for each corpus, with the rules of the package booktabs.

Each stands in a file of its own for `\input`; `latex/document.tex` is a document that holds them all, for pdfLaTeX,
XeLaTeX or LuaLaTeX.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..records import Metric, Results, Summary
from ._boards import WHOLE, Board, board_of, corpora, ends, figure, interval, quantile_notes, rank_range
from ._foreign import UNKNOWN, visible

WIDEST = 11
"""Columns that fit on a page at full size; a table with more is set smaller and closer."""
LONGEST_TABLE = 45
"""Rows that fit on a page; a longer table is broken across pages by the package longtable."""

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\symbol{34}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # after a line's end it would begin an argument
    "]": "{]}",
    "*": "{*}",  # likewise
    "–": "--",
    "…": r"\ldots{}",
    "×": r"$\times$",
    "±": r"$\pm$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "−": "$-$",
}
"""Signs that mean something in TeX, or that its older fonts lack -> how they are printed. Two hyphens or commas in a
row would be a dash or a quotation mark, so that `escape` parts them."""

LETTERS = frozenset(range(0xC0, 0x180)) - {0x126, 0x127, 0x138, 0x13F, 0x140, 0x149, 0x166, 0x167, 0x17F}
"""Accented letters that every TeX of 2018 or later prints (the kernel's UTF-8 with T1 fonts); others are spelt out.

T1 has no Ħ ħ ĸ Ŀ ŀ ŉ Ŧ ŧ ſ.
"""

ARROWS = {"higher": r" $\uparrow$", "lower": r" $\downarrow$"}
RULES = {"top": r"\toprule", "middle": r"\midrule", "bottom": r"\bottomrule"}


def render(results: Results) -> dict[str, bytes]:
    r"""`latex/<corpus>.tex` for each corpus, and `latex/document.tex` that holds them; nothing for an empty run.

    A table has the leaderboard's columns: estimate with 95 % interval, rank range, failures and empty answers. Its
    caption says how many pages and clusters stand behind it, when and by what it was made. Every foreign sign is
    escaped; letters that pdfLaTeX has no glyph for are printed as their code, `U+4E2D`.
    """
    tables = {name: _table(results, corpus, name) for name, corpus in _files(results).items()}
    if not tables:
        return {}
    files = {f"latex/{name}.tex": (text + "\n").encode("utf-8") for name, text in tables.items()}
    return {**files, "latex/document.tex": _document(tables).encode("ascii")}


def escape(text: str) -> str:
    """Foreign text as one line that TeX prints as it stands."""
    line = visible(text)
    return "".join(
        _printed(sign) + ("{}" if sign in "-," and sign == after else "") for sign, after in pairwise(f"{line} ")
    )


def _printed(sign: str) -> str:
    if sign in SPECIAL:
        return SPECIAL[sign]
    plain = sign.isascii() or (ord(sign) in LETTERS and unicodedata.category(sign).startswith("L"))
    return sign if plain else f"U+{ord(sign):04X}"


def _files(results: Results) -> dict[str, str]:
    """File name, safe for a file system and for TeX -> corpus."""
    found: dict[str, str] = {}
    for corpus in corpora(results):
        stem = name = re.sub(r"[^0-9A-Za-z-]+", "-", corpus).strip("-") or "corpus"
        number = 1
        while name.casefold() in {*map(str.casefold, found), "document"}:
            number += 1
            name = f"{stem}-{number}"
        found[name] = corpus
    return found


def _document(names: Iterable[str]) -> str:
    inputs = "\n".join(rf"\input{{{name}}}" for name in names)
    packages = "\n".join(
        [
            r"\usepackage[T1]{fontenc}",
            r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}",
            r"\usepackage{textcomp}",
            r"\usepackage{booktabs}",
            r"\usepackage{longtable}",
            r"\usepackage[a4paper,landscape,margin=1cm]{geometry}",
        ]
    )
    told = "% Compile it twice: the first time a long table finds out how wide its columns are."
    return f"{told}\n\\documentclass{{article}}\n{packages}\n\\begin{{document}}\n{inputs}\n\\end{{document}}\n"


def _table(results: Results, corpus: str, label: str) -> str:
    shown = board_of(results, corpus)
    apart = set(results.counted_apart)
    ranked = any(row.rank_low is not None for row in shown.rows.values())
    heads = ["adapter", "version", *map(_head, shown.metrics), *(["rank"] if ranked else []), "failed, empty"]
    lines = [_line(results, shown, one, ranked=ranked) for one in shown.adapters if one not in apart]
    others = [_line(results, shown, one, ranked=ranked) for one in shown.adapters if one in apart]
    body = [*lines, *([RULES["middle"], *others] if lines and others else others)]
    columns = f"@{{}}ll{'r' * (len(heads) - 3)}l@{{}}"
    caption = rf"\caption{{{_caption(results, shown)}}}\label{{tab:boilerbench-{label}}}"
    head = rf"{' & '.join(heads)} \\"
    size = r"\footnotesize" if len(heads) <= WIDEST else r"\scriptsize\setlength{\tabcolsep}{3pt}"
    if len(body) > LONGEST_TABLE:
        return _long(columns, size, [caption, head], body)
    return _short(columns, size, [caption, head], body)


def _short(columns: str, size: str, heads: Sequence[str], body: Sequence[str]) -> str:
    caption, head = heads
    inner = [rf"\begin{{tabular}}{{{columns}}}", RULES["top"], head, RULES["middle"], *body, RULES["bottom"]]
    lines = [r"\begin{table}", rf"\centering{size}", caption, *inner, r"\end{tabular}", r"\end{table}"]
    return "\n".join(lines)


def _long(columns: str, size: str, heads: Sequence[str], body: Sequence[str]) -> str:
    caption, head = heads
    first = [rf"{caption}\\", RULES["top"], head, RULES["middle"], r"\endfirsthead"]
    again = [RULES["top"], head, RULES["middle"], r"\endhead", RULES["bottom"], r"\endlastfoot"]
    inner = [rf"\begin{{longtable}}{{{columns}}}", *first, *again, *body, r"\end{longtable}"]
    return "\n".join([f"{{{size}", *inner, "}"])


def _line(results: Results, shown: Board, adapter: str, *, ranked: bool) -> str:
    version = results.manifest.adapters.get(adapter, {}).get("version")
    cells = [escape(adapter), escape(UNKNOWN if version is None else str(version))]
    cells += [_cell(shown.rows.get((adapter, metric.name)), metric) for metric in shown.metrics]
    cells += [_rank(shown, adapter)] if ranked else []
    return rf"{' & '.join([*cells, escape(ends(results, shown.corpus, adapter))])} \\"


def _cell(row: Summary | None, metric: Metric) -> str:
    if row is None:
        return escape(UNKNOWN)
    told = escape(figure(row.estimate, metric.unit))
    if row.estimate is None or row.low is None or row.high is None:
        return told
    span = interval(row, metric.unit).partition(" [")[2].rstrip("]")
    return rf"{told} {{\tiny[{escape(span)}]}}"


def _rank(shown: Board, adapter: str) -> str:
    return rank_range(shown, adapter).replace("–", "--") or escape(UNKNOWN)


def _head(metric: Metric) -> str:
    return escape(metric.name) + ARROWS.get(metric.direction, "")


def _caption(results: Results, shown: Board) -> str:
    """What was measured, on how much, when and by what."""
    manifest = results.manifest
    whole = [row for row in results.summaries if (row.corpus, row.slice) == (shown.corpus, WHOLE)]
    pages = max((row.n + row.undefined for row in whole), default=0)
    clusters = max((row.clusters for row in whole), default=0)
    intervals = any(row.low is not None for row in whole)
    parts = [
        f"Corpus {escape(shown.corpus)}: {pages} pages, {clusters} clusters.",
        rf"In brackets 95\,\% bootstrap-t intervals over clusters, seed {manifest.seed}." if intervals else "",
        *([escape(note) for note in quantile_notes(shown.metrics, "clusters")] if intervals else []),
        f"Sorted by {escape(shown.ranking.name)}." if shown.ranking else "",
        f"{escape(manifest.created[:10])}, boilerbench {escape(manifest.boilerbench)}, edition {manifest.edition}.",
    ]
    return " ".join(part for part in parts if part)
