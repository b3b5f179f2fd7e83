"""What tests share: where the sample corpora are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow, and that is no fault of the code under test.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the sample corpora; the test is skipped where there is none, and fails in CI."""
    given = os.environ.get("BOILERBENCH_DATA")
    for folder in [Path(given)] if given else [ROOT.parent / "shared" / "corpora"]:
        if folder.is_dir():
            return folder
    if os.environ.get("CI"):
        pytest.fail("CI must have the sample corpora in $BOILERBENCH_DATA or ../shared/corpora")
    pytest.skip("no sample corpora: neither $BOILERBENCH_DATA nor ../shared/corpora is there")
