# /// script
# requires-python = ">=3.6"
# dependencies = ["boilerpy3==1.0.7"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# input = "text"
# light = ["default"]
# ///
"""BoilerPy3, a port of Kohlschütter's Boilerpipe 1.2: `ArticleExtractor().get_content(html)`.

The extractors keep their default `raise_on_failure=True`: a page that cannot be parsed is an error. With False it
would be an answer, namely whatever text had been read by then.
"""

from boilerpy3 import extractors

# Built once, as the documentation does: they hold options and no page.
ARTICLE = extractors.ArticleExtractor()
ARTICLE_SENTENCES = extractors.ArticleSentencesExtractor()
CANOLA = extractors.CanolaExtractor()
DEFAULT = extractors.DefaultExtractor()
KEEP_EVERYTHING = extractors.KeepEverythingExtractor()
LARGEST = extractors.LargestContentExtractor()
NUM_WORDS = extractors.NumWordsRulesExtractor()


def extract(page):
    """`ArticleExtractor().get_content(html)` on decoded text: made for news, and what the documentation shows."""
    return ARTICLE.get_content(page.text)


def extract_article_sentences(page):
    """`ArticleSentencesExtractor().get_content(html)`: of the article's text, the paragraphs that hold a clause."""
    return ARTICLE_SENTENCES.get_content(page.text)


def extract_canola(page):
    """`CanolaExtractor().get_content(html)`: block rules learned from the KrdWrd Canola corpus."""
    return CANOLA.get_content(page.text)


def extract_default_extractor(page):
    """`DefaultExtractor().get_content(html)`: text and link density of blocks, without heuristics for news."""
    return DEFAULT.get_content(page.text)


def extract_keep_everything(page):
    """`KeepEverythingExtractor().get_content(html)`: all text that its parser sees, which bounds the other variants."""
    return KEEP_EVERYTHING.get_content(page.text)


def extract_largest(page):
    """`LargestContentExtractor().get_content(html)`: the largest block of content alone."""
    return LARGEST.get_content(page.text)


def extract_num_words(page):
    """`NumWordsRulesExtractor().get_content(html)`: number of words in a block and its neighbours, share of links."""
    return NUM_WORDS.get_content(page.text)
