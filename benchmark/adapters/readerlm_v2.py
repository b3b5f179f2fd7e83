# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers==4.57.6", "torch==2.15.0"]
# [tool.boilerbench]
# category = "model"
# licence = "CC-BY-NC-4.0"
# input = "text"
# form = "markdown"
# memory_bytes = 24_000_000_000
# weights = "jinaai/ReaderLM-v2"
# ///
"""ReaderLM-v2, a language model of 1.5 billion parameters that rewrites HTML as Markdown, called as its card shows.

The version reported is that of transformers, the last line of releases that the card was written for; the licence is
that of the weights.
"""

import os
import re

os.environ["HF_HUB_OFFLINE"] = "1"  # the weights are on this disk, or they are nowhere

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

INSTRUCTION = "Extract the main content from the given HTML and convert it to Markdown format."
"""The card's instruction."""
NOISE = [
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"< *script.*?/ *script *>",
        r"< *style.*?/ *style *>",
        r"< *meta.*?>",
        r"< *!--.*?-- *>",
        r"< *link.*?>",
    )
]
"""What the card takes out of a page first, in its order."""
WEIGHTS = os.environ["BOILERBENCH_WEIGHTS"]
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
model = AutoModelForCausalLM.from_pretrained(WEIGHTS).to(DEVICE)


def extract(page):
    """`model.generate(inputs, max_new_tokens=1024, …)` on decoded text, with the clean-up and prompt of its card."""
    return written(page.text, 1024)


def extract_long(page):
    """`model.generate(inputs, max_new_tokens=8192, …)`, where the 1024 of the card cut a long article off."""
    return written(page.text, 8192)


def written(html, limit):
    """What the model writes after the prompt, at most `limit` tokens; it always takes the likeliest one."""
    for noise in NOISE:
        html = noise.sub("", html)
    question = [{"role": "user", "content": f"{INSTRUCTION}\n```html\n{html}\n```"}]
    prompt = tokenizer.apply_chat_template(question, tokenize=False, add_generation_prompt=True)
    inputs = tokenizer.encode(prompt, return_tensors="pt").to(DEVICE)
    outputs = model.generate(inputs, max_new_tokens=limit, temperature=0, do_sample=False, repetition_penalty=1.08)
    return tokenizer.decode(outputs[0][inputs.shape[1] :], skip_special_tokens=True)
