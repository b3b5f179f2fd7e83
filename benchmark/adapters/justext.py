# /// script
# requires-python = ">=3.8"
# dependencies = ["justext==3.0.2"]
# [tool.boilerbench]
# licence = "BSD-2-Clause"
# light = ["default"]
# variants.aeb.input = "text"
# ///
"""jusText with its default thresholds and the stoplist of the page's language, found in the page itself."""

import re
from functools import lru_cache

import justext

LANGUAGES = {
    "als": "Albanian", "ast": "Asturian", "be-tarask": "Belarusian_Taraskievica", "br": "Breton", "ceb": "Cebuano",
    "cv": "Chuvash", "fy": "West_Frisian", "ga": "Irish", "ht": "Haitian", "ig": "Igbo", "io": "Ido", "jv": "Javanese",
    "ky": "Kyrgyz", "lb": "Luxembourgish", "lmo": "Lombard", "mt": "Maltese", "nap": "Neapolitan", "nds": "Low_Saxon",
    "ne": "Nepali", "new": "Newar", "oc": "Occitan", "pms": "Piedmontese", "pnb": "Western_Panjabi", "qu": "Quechua",
    "rup": "Aromanian", "scn": "Sicilian", "sgs": "Samogitian", "sh": "Serbo_Croatian", "su": "Sundanese",
    "tk": "Turkmen", "uz": "Uzbek", "vo": "Volapuk", "wa": "Walloon", "war": "Waray_Waray", "yo": "Yoruba",
    "af": "Afrikaans", "an": "Aragonese", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic",
    "it": "Italian", "ka": "Georgian", "kk": "Kazakh", "kn": "Kannada", "ko": "Korean", "ku": "Kurdish",
    "la": "Latin", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi",
    "ms": "Malay", "nb": "Norwegian_Bokmal", "nl": "Dutch", "nn": "Norwegian_Nynorsk", "no": "Norwegian_Bokmal",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tl": "Tagalog",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
}  # fmt: skip
SAMPLE = 500
"""Words looked at to guess the language of a page that does not declare one."""
LANG = re.compile(rb"<html\b[^>]*?\b(?:xml:)?lang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)


def extract(page):
    """`justext(html, stoplist)`: stoplist by the `lang` of the page, else the one that covers most of its words.

    jusText leaves the choice of the stoplist to its user. Where a page declares no language, the choice made here is
    part of the time that is measured.
    """
    declared = LANG.search(page.html)
    language = LANGUAGES.get(declared.group(1).decode().lower()) if declared else None
    stoplist = stoplist_of(language) if language else likeliest(page.html)
    if stoplist:
        return joined(justext.justext(page.html, stoplist), "\n")
    # No list for this language: jusText's own language-independent mode looks at length and links alone.
    return joined(justext.justext(page.html, frozenset(), stopwords_low=0, stopwords_high=0), "\n")


def extract_aeb(page):
    """English stoplist and thresholds 50, 200, .1, .2, .2, 200: the call of scrapinghub's article benchmark."""
    english = justext.get_stoplist("English")
    return joined(justext.justext(page.text, english, 50, 200, 0.1, 0.2, 0.2, 200, True), " ")


@lru_cache(maxsize=None)
def stoplist_of(language):
    """jusText's list of that language's commonest words."""
    return justext.get_stoplist(language)


def likeliest(html):
    """The stoplist that covers most words of the page, or None where none covers a fifth of them."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?s)<script.*?</script>|<style.*?</style>|<[^>]*>", " ", decoded(html)))
    if not words:
        return None
    lowered = [word.lower() for word in words[:SAMPLE]]
    covered = {name: sum(map(stoplist_of(name).__contains__, lowered)) for name in sorted(LANGUAGES.values())}
    best = max(covered, key=covered.get)
    return stoplist_of(best) if covered[best] >= 0.2 * len(lowered) else None


def decoded(html):
    """A rough decoding, good enough to count words; jusText itself gets the bytes."""
    return html.decode("utf-8", "replace")


def joined(paragraphs, separator):
    """Text of the paragraphs that jusText keeps."""
    return separator.join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)
