"""Judgements about machines, golds and runs: doctor, lint, gate."""
