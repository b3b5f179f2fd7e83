"""One file = one corpus: `pages` and `golds`, two lazy taps over a folder on disk."""
