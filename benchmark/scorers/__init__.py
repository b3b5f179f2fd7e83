"""One file = one family of metrics: a gold and an answer in, numbers out."""
