"""Sentences of an answer that nothing bears. Pure."""

from core.answers import AnswerSentence, Citation


def is_borne(sentence: AnswerSentence, citations: dict[int, Citation]) -> bool:
    """Whether the sentence has a citation, all it names are there, and each quotes something. Numbers count from 1."""
    cited = [citations.get(number) for number in sentence.citations]
    return bool(cited) and all(one is not None and one.quote.strip() and one.start < one.end for one in cited)
