"""One file = one competitor: its pinned environment in the header, and `extract(page)`."""
