# /// script
# requires-python = ">=3.10"
# dependencies = ["htmlsift==0.1.1"]
# [tool.boilerbench]
# category = "model"
# licence = "Apache-2.0"
# input = "text"
# weights = "koivualeksi/htmlsift-release"
# ///
"""htmlsift with its small model `mini`, which runs on the CPU through ONNX: `Extractor().extract(html)`.

The weights are trained on WebMainBench. Its larger model, which needs torch, is not run here.
"""

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # the weights are on this disk, or they are nowhere

from htmlsift import Extractor

# Built once, as the documentation does; asked for its model here, so that the first page does not pay for the loading.
extractor = Extractor(bundle_dir=Path(os.environ["BOILERBENCH_WEIGHTS"]) / "mini")
MODEL = extractor.model


def extract(page):
    """`Extractor().extract(html)` on decoded text: the lines that the model takes for main content."""
    return extractor.extract(page.text)
