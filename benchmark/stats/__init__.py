"""Scores -> Summary: estimates, intervals, paired tests and rank ranges."""
