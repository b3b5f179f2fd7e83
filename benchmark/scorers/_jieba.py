"""The tokens of jieba, exactly as `jieba.lcut` gives them but sooner: what WebMainBench's ROUGE is defined by."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from ..errors import EnvironmentFault

if TYPE_CHECKING:
    from jieba import Tokenizer

_HELD = 1 << 18
"""Tokens that the memo holds before it is emptied: some 60 MB."""

# jieba 0.42.1 splits a text into blocks of these characters, which it cuts one by one, and into single characters.
_PLAIN = r"a-zA-Z0-9+#&._%\-"
_HAN = "\u4e00-\u9fd5"
# Within a block without a word of the dictionary: a number or Latin word, or what stands between two of them.
_WORD = re.compile(r"[a-zA-Z0-9]+(?:\.[0-9]+)?%?|[+#&._%\-]+|\r\n|.", re.DOTALL)


@cache
def tokenizer() -> Callable[[str], list[str]]:
    """The function from a text to its tokens; the dictionary is read once (about 0.4 s).

    The dictionary is jieba's own, without words that other code of this process has added. It is read from the
    package and neither from nor into jieba's cache file, which anybody on the machine may have written.

    Raises EnvironmentFault where jieba is not installed.
    """
    reader = _reader()
    return _Blocks(reader.lcut, (word for word, frequency in reader.FREQ.items() if frequency)).cut


def _reader() -> Tokenizer:
    try:
        with warnings.catch_warnings():
            # Its regular expressions are older than the rules for escapes in strings.
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as missing:
        raise EnvironmentFault(
            f"ROUGE-5 is defined by the package jieba, which cannot be imported ({missing}); "
            "type: pip install 'boilerbench[peers]'"
        ) from missing
    reader = jieba.Tokenizer()
    reader.FREQ, reader.total = reader.gen_pfdict(reader.get_dict_file())
    reader.initialized = True
    return reader


class _Blocks:
    """Cuts a text into blocks that need the dictionary, which are remembered, and the rest, which one pattern cuts."""

    def __init__(self, lcut: Callable[[str], list[str]], words: Iterable[str]) -> None:
        latin = re.compile(f"[{_PLAIN}]{{2,}}").fullmatch
        known = "|".join(sorted(map(re.escape, filter(latin, words))))
        # No word of the dictionary begins before the first Han character or Latin word; the block begins at its edge,
        # so that a run of many megabytes is read once and not from each of its characters.
        before = f"(?:(?!{known})[{_PLAIN}])" if known else f"[{_PLAIN}]"
        needed = f"[{_HAN}]|{known}" if known else f"[{_HAN}]"
        self._block = re.compile(f"((?<![{_HAN}{_PLAIN}]){before}*+(?:{needed})[{_HAN}{_PLAIN}]*+)")
        self._memo = _Memo(lcut)

    def cut(self, text: str) -> list[str]:
        """The tokens of a text, in order; joined they are the text."""
        parts = self._block.split(text)
        tokens = _WORD.findall(parts[0])
        for block, rest in zip(parts[1::2], parts[2::2], strict=True):
            tokens += self._memo[block]
            tokens += _WORD.findall(rest)
        return tokens


class _Memo(dict[str, tuple[str, ...]]):
    """Blocks and their tokens. jieba cuts a block without a look at what stands around it, so nothing is lost."""

    def __init__(self, lcut: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._lcut = lcut
        self._held = 0

    def __missing__(self, block: str) -> tuple[str, ...]:
        tokens = tuple(self._lcut(block))
        self._held += len(tokens)
        if self._held > _HELD:
            self.clear()
            self._held = len(tokens)
        if len(tokens) <= _HELD:
            self[block] = tokens
        return tokens
