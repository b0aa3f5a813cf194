"""Lemma and part of speech of the words of a sentence, found once per word."""

from typing import Any

# A word with its tag and its place in the syntax; a corpus has some ten thousand.
_MAX_WORDS = 100_000
_NAMES = {"NNP": "PROPN", "NNPS": "PROPN", "CD": "NUM"}

# Of nouns, adjectives and adverbs no rule asks for their place in the syntax.
_ANYWHERE = ("N", "J", "R", "P")
_HELPING = frozenset({"aux", "auxpass"})

Word = tuple[str, str, str, str]
"""Text, lemma, part of speech, tag."""


class Words:
    """spaCy's rules for parts of speech and lemmas, remembered by word, tag and dependency.

    They run in Python over every token, and take as long as the parser itself. Each word is looked at alone, so that what is
    remembered does not depend on where it stood first; rules over two words ("gon na") do not apply.
    """

    def __init__(self, model: Any) -> None:
        """`model` is a `spacy.Language` with `tagger` and `parser`."""
        self._model = model
        self._rules = [pipe for name, pipe in model.components if name in ("attribute_ruler", "lemmatizer")]
        self._known: dict[tuple[int, int, int], Word] = {}

    def word(self, orth: int, tag: int, dep: int) -> Word:
        """All that is said of a word; the arguments are ids of spaCy's string store."""
        key = (orth, tag, dep)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MAX_WORDS:
                self._known.clear()
            found = self._known[key] = self._looked_at(*key)
        return found

    def _looked_at(self, orth: int, tag: int, dep: int) -> Word:
        strings = self._model.vocab.strings
        text, tag_name, dep_name = strings[orth], strings[tag], strings[dep]
        if tag_name in _NAMES:
            return text, text, _NAMES[tag_name], tag_name
        place = "dep" if tag_name.startswith(_ANYWHERE) and dep_name not in _HELPING else dep_name
        if place != dep_name:
            return self.word(orth, tag, strings.add(place))
        return self._by_rules(text, tag_name, place)

    def _by_rules(self, text: str, tag: str, dep: str) -> Word:
        from spacy.tokens import Doc

        doc = Doc(self._model.vocab, words=[text], tags=[tag], heads=[0], deps=[dep])
        for rule in self._rules:
            doc = rule(doc)
        return text, doc[0].lemma_ or text, doc[0].pos_, tag
