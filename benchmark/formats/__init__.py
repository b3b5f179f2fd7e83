"""One file = one format in which answers are handed in and out: `recognises`, `read` and `write`."""
