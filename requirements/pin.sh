#!/bin/sh
# Resolves every requirement file from its source: hashes for all platforms, and no registry's name inside.
set -eu
uv=.venv/bin/uv
pin() { "$uv" pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate "$@"; }
pin pyproject.toml --group dev -o requirements/dev.txt
echo uv | pin - -o requirements/uv.txt
for file in benchmark/adapters/*.py benchmark/speed/reference.py; do
    if grep -q '^# dependencies = ' "$file"; then pin "$file" -o "${file%.py}.txt"; fi
done
