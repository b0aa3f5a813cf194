"""BM25 as sparse vectors: saturated frequencies in passages, weights in queries; the store adds the rarity of each term."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from core.config import SparseSettings
from core.errors import SettingsError
from core.ids import fingerprint
from core.search import SparseVector
from inference.lexical.analyser import VERSION, Analyser, Terms, exact_number
from inference.lexical.languages import language_named, stop_words

# Of an identifier as a whole, beside the weight of its parts. Chosen like `sparse.pair_weight`, see docs/search.md.
_WHOLE_WEIGHT = 0.5
_QUOTED_WEIGHT = 0.9
_QUOTED = re.compile(r'["\u201c\u201e\u00ab]([^"\u201c\u201d\u00bb]{2,200})["\u201c\u201d\u00bb]')
# Of a word as it would be stemmed in another language than the query's own: passages in that language have it.
_VARIANT_WEIGHT = 0.9


class Bm25Encoder:
    """Implements SparseEncoder.

    A passage's term weight is `tf (k1 + 1) / (tf + k1 (1 - b + b words / average_words))` (Robertson and Zaragoza 2009,
    eq. 3.15), a query's is 1, less for pairs of words and for identifiers as a whole. Words are those that remain without
    stop words. Words of the title count `title_weight` times, and once for the length.
    """

    def __init__(self, settings: SparseSettings, *, average_words: float | None = None) -> None:
        """Load stemmers and stop words.

        Args:
            settings: Languages and parameters.
            average_words: Mean length of passages whose tenant has no mean of its own; None: as in the settings.

        Raises:
            SettingsError: There is no stemmer for a language.
        """
        self._settings = settings
        self._average_words = average_words or settings.average_words
        self._averages: Mapping[str, float] = {}
        self._analyser = Analyser([_known(language) for language in settings.languages])

    @property
    def fingerprint(self) -> str:
        """Names which terms a passage has: analyser and languages. What only weighs them is named by `weighting`."""
        settings = self._settings
        return fingerprint(
            {"analyser": VERSION, "languages": list(settings.languages), "pairs": bool(settings.pair_weight)}
        )

    @property
    def weighting(self) -> str:
        """Names what weights depend on beside terms and mean length."""
        return fingerprint(self._settings.model_dump(include={"k1", "b", "title_weight"}))

    @property
    def average_words(self) -> float:
        """The mean length that weights are relative to where the tenant has none of its own."""
        return self._average_words

    def use_average(self, words: float) -> None:
        """Compute weights relative to another mean length from now on, where the tenant has none of its own."""
        self._average_words = words

    def use_averages(self, words: Mapping[str, float]) -> None:
        """Compute weights relative to these mean lengths, by tenant, from now on."""
        self._averages = dict(words)

    def word_count(self, text: str) -> int:
        """How long a passage is, in words that are no stop words."""
        return len(self._analyser.passage(text).words)

    def encode_passage(
        self,
        text: str,
        *,
        terms: Sequence[str] = (),
        title: str = "",
        language: str | None = None,
        tenant: str | None = None,
    ) -> SparseVector:
        """Numbers of terms with their saturated frequencies; empty for a text of stop words only.

        Args:
            text: What is embedded, the title in front.
            terms: Found only as they are, each as if it stood in the text once.
            title: Of the document, once more.
            language: A name or a BCP 47 tag, if it is known; else it is detected.
            tenant: Whose it is: lengths are relative to the mean of its passages, if that is known.
        """
        counts, word_count = self.count_passage(text, terms=terms, title=title, language=language)
        average = self._averages.get(tenant, self._average_words) if tenant else self._average_words
        return self._weighted(counts, word_count / average)

    def count_passage(
        self, text: str, *, terms: Sequence[str] = (), title: str = "", language: str | None = None
    ) -> tuple[Counter[int], int]:
        """How often each term is there, the title's as often as set, and the length in words."""
        found = self._analyser.passage(text, language=language)
        counts = Counter(self._listed(found))
        extra = self._settings.title_weight - 1
        if extra and title:
            counts.update(self._listed(self._analyser.passage(title, language=language)) * extra)
        counts.update(exact_number(term) for term in terms)
        return counts, len(found.words)

    def encode_query(self, text: str, *, terms: Sequence[str] = ()) -> SparseVector:
        """Numbers of a query's terms: each word and each of `terms` with weight 1, each pair and identifier with less.

        A pair of words in quotation marks weighs nearly as much as a word.
        """
        found = self._analyser.query(text)
        weights = dict.fromkeys(found.pairs, self._settings.pair_weight) if self._settings.pair_weight else {}
        if self._settings.pair_weight:
            for phrase in _QUOTED.findall(text):
                weights |= dict.fromkeys(self._analyser.query(phrase).pairs, _QUOTED_WEIGHT)
        weights |= dict.fromkeys(found.wholes, _WHOLE_WEIGHT)
        weights |= dict.fromkeys(found.variants, _VARIANT_WEIGHT)
        weights |= dict.fromkeys(found.words, 1.0)
        weights |= {exact_number(term): 1.0 for term in terms}
        return _sparse(weights)

    def matches(
        self, text: str, query: SparseVector, *, language: str | None = None
    ) -> list[tuple[int, int]]:
        """Where in a passage words of a query stand: as in the index, stemmed, and identifiers and pseudonyms as they are."""
        return self._analyser.places(text, set(query.indices), language=language)

    def _listed(self, found: Terms) -> list[int]:
        return found.words + found.wholes + (found.pairs if self._settings.pair_weight else [])

    def _weighted(self, counts: Counter[int], relative_length: float) -> SparseVector:
        k1, b = self._settings.k1, self._settings.b
        length = k1 * (1 - b + b * relative_length)
        return _sparse({number: count * (k1 + 1) / (count + length) for number, count in counts.items()})


def _sparse(weights: Mapping[int, float]) -> SparseVector:
    """By ascending number, as the store gives vectors back."""
    numbers = sorted(weights)
    return SparseVector(tuple(numbers), tuple(weights[number] for number in numbers))


def _known(language: str) -> str:
    name = language_named(language)
    if name is None:
        raise SettingsError(
            f"BM25 has no stemmer for the language '{language}'; FOLIO_SPARSE__LANGUAGES can list "
            f"{', '.join(sorted(stop_words()))}"
        )
    return name
