"""One file = one form of report."""
