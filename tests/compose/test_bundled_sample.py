"""The sample of composed pages that lies in `seeds/` and `goldens/`."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from benchmark import desk
from benchmark.checks import lint
from benchmark.compose import body, experiment, page
from benchmark.compose.dialects import DIALECTS
from benchmark.corpora import composed

ROOT = Path(__file__).parents[2]
FINGERPRINT = "bef5b6d2b57b7a5d4a7061d0778ada78c339e2f4c5067fdc52b8d22e1f3a169a"
"""Of all bytes of the sample: the same on every machine."""


def files(root: Path) -> dict[str, bytes]:
    places = [root / "seeds" / "composed", root / "goldens" / "composed"]
    return {str(file.relative_to(root)): file.read_bytes() for place in places for file in sorted(place.iterdir())}


def test_the_sample_is_what_the_code_makes_to_the_byte(tmp_path: Path) -> None:
    assert desk.write_sample(tmp_path) == experiment.SAMPLED >= 60
    made, kept = files(tmp_path), files(ROOT)
    assert list(made) == list(kept)
    assert [name for name in made if made[name] != kept[name]] == []
    digest = hashlib.sha256(b"".join(name.encode() + content for name, content in sorted(made.items())))
    assert digest.hexdigest() == FINGERPRINT


def test_golds_of_the_sample_are_read_back_as_they_were_constructed() -> None:
    for its_page, gold in list(zip(composed.pages(ROOT), composed.golds(ROOT), strict=True))[::7]:
        made = page.gold_by_construction(page.parse_id(its_page.id))
        assert gold.tokens == made.tokens
        assert gold.regions == made.regions
        assert gold.body.strip() == made.body
        assert gold.provenance == "composed"


def test_the_sample_is_balanced() -> None:
    specs = experiment.sample()
    assert {spec.design for spec in specs} == set(page.designs())
    assert {spec.body for spec in specs} == set(body.names())
    dialects = Counter(spec.dialect for spec in specs)
    assert set(dialects) == set(DIALECTS)
    assert max(dialects.values()) - min(dialects.values()) <= 1
    treated = Counter(str(spec.doses[0]) if spec.doses else "" for spec in specs)
    assert set(treated) == set(experiment.SAMPLE_DOSES)
    assert min(treated.values()) >= 2


def test_a_spoiled_page_of_the_sample_is_found_by_lint(tmp_path: Path) -> None:
    desk.write_sample(tmp_path)
    for folder in ("seeds", "goldens"):
        for file in (ROOT / folder).glob("00*"):
            (tmp_path / folder / file.name).write_bytes(file.read_bytes())
    assert lint.lint(tmp_path) == []
    first = next((tmp_path / "seeds" / "composed").glob("*.html"))
    first.write_bytes(first.read_bytes().replace(b"</body>", b"<p>more words</p></body>"))
    assert {finding.file for finding in lint.lint(tmp_path)} >= {f"goldens/composed/{first.stem}.toml"}
