"""How well an answer is borne out: which documents it cites, and how far its quotes are the words that answer. Pure.

None says that a measure is not defined for a case: nothing was cited, or nothing is known that should have been. Such cases have
no part in a mean; counting them as 0 or 1 would mix how often is answered with how well.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

_ARTICLES = frozenset({"a", "an", "the"})
_WORD = re.compile(r"\S+")


def citation_precision(cited: Sequence[str], grades: Mapping[str, int]) -> float | None:
    """Share of the citations whose document is relevant (grade 1 upwards); None where nothing was cited.

    `cited` has a document for each citation, so that two quotes of a wrong document weigh as two.
    """
    if not cited:
        return None
    return sum(grades.get(doc_id, 0) > 0 for doc_id in cited) / len(cited)


def citation_recall(cited: Iterable[str], grades: Mapping[str, int]) -> float | None:
    """Share of the relevant documents that are cited; None where no document is relevant."""
    relevant = {doc_id for doc_id, grade in grades.items() if grade > 0}
    return len(relevant & set(cited)) / len(relevant) if relevant else None


def span_f1(quotes: Sequence[str], spans: Sequence[str]) -> float | None:
    """F1 of the words of all quotes and of the gold spans (Rajpurkar et al. 2016); None where there is no gold span.

    `2 P R / (P + R)` over bags of words, as SQuAD counts them: in small letters, without punctuation and English articles.
    Spans may be ways to say the same or parts of the answer: the best of each one alone and of all together counts.
    """
    golds = [words for words in map(squad_words, dict.fromkeys(spans)) if words]
    if not golds:
        return None
    together = [word for words in golds for word in words]
    said = [word for quote in dict.fromkeys(quotes) for word in squad_words(quote)]
    return max(_f1(said, gold) for gold in (*golds, together))


def gold_quoted(
    quotes: Sequence[str], *, spans: Sequence[str] = (), answers: Sequence[str] = ()
) -> float | None:
    """1 if the quotes hold a gold span whole, or an answer, word by word; else 0. None where there is neither.

    An answer that is in no gold span is left out where there are spans: `yes` and other words of nobody's text say nothing.
    """
    golds = [words for words in map(squad_words, spans) if words]
    said = [words for words in map(squad_words, answers) if words]
    wanted = [*golds, *(words for words in said if not golds or any(_holds(gold, words) for gold in golds))]
    if not wanted:
        return None
    quoted = [word for quote in quotes for word in squad_words(quote)]
    return float(any(_holds(quoted, words) for words in wanted))


def squad_words(text: str) -> list[str]:
    """The words of a text as SQuAD's script compares them: small letters, no punctuation (of any script), no articles."""
    bare = "".join(sign for sign in text.lower() if not _is_punctuation(sign))
    return [word for word in _WORD.findall(bare) if word not in _ARTICLES]


def _is_punctuation(sign: str) -> bool:
    return sign in string.punctuation or unicodedata.category(sign).startswith("P")


def _holds(text: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words stand in the text one after the other."""
    count = len(words)
    return any(list(text[start : start + count]) == list(words) for start in range(len(text) - count + 1))


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    common = sum((Counter(said) & Counter(gold)).values())
    return 2 * common / (len(said) + len(gold)) if common else 0.0
