"""One file = one place where shards run."""
