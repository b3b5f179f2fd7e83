# /// script
# requires-python = ">=3.11"
# dependencies = ["mineru-html==1.1.2", "selectolax==0.4.13"]
# [tool.boilerbench]
# category = "model"
# licence = "Apache-2.0"
# input = "text"
# form = "markdown"
# memory_bytes = 16_000_000_000
# weights = "opendatalab/MinerU-HTML-v1.1-hunyuan0.5B-compact"
# ///
"""MinerU-HTML, a language model of 0.5 billion parameters that marks blocks: `MinerUHTML_Transformers().process(html)`.

Its first choice, vLLM, wants a GPU; the transformers backend runs on either. It imports a part of selectolax that 1.0
took out, without saying so, hence the pin.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # the weights are on this disk, or they are nowhere

from mineru_html import MinerUHTML_Transformers

# Built once, as the documentation does; it loads the model.
extractor = MinerUHTML_Transformers(model_path=os.environ["BOILERBENCH_WEIGHTS"])


def extract(page):
    """`MinerUHTML_Transformers().process(html)[0].output_data.main_content` on decoded text: Markdown.

    Where the model fails, the tool lets trafilatura choose the HTML, keeps the error and makes no Markdown of it; that
    is an error here, so that no text of trafilatura counts as the model's.
    """
    (case,) = extractor.process(page.text)
    if case.error is not None:
        case.error.case_id = None  # a random number in the message: the same page should fail in the same words
        raise case.error
    return case.output_data.main_content
