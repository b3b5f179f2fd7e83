"""Claims about what a notebook may import."""

from __future__ import annotations

import subprocess
import sys

import pytest

import benchmark


@pytest.mark.parametrize("name", benchmark.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(benchmark, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        benchmark.nonsense  # noqa: B018


def test_importing_the_package_imports_no_library() -> None:
    code = "import sys, benchmark; print([m for m in ('pandas', 'numpy', 'selectolax', 'rich') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
