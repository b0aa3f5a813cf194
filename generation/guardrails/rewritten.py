"""An answer after the rules: sentences that were changed or taken out, and what that makes of the whole. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.answers import Answer, AnswerSentence, AnswerStatus, Citation
from core.guardrails import Action, Point, Verdict
from generation.guardrails.applying import part_triggers
from generation.guardrails.deciding import Trigger, acting, decided
from generation.guardrails.policy import CitationRule, Rule, TopicRule
from generation.guardrails.validators.applied import Applied
from generation.guardrails.validators.citing import is_borne

NOTHING_LEFT = "what could be said may not be shown here"
NOT_ALL_LEFT = "not all of what could be said may be shown here"


@dataclass(frozen=True, slots=True)
class SentenceOutcome:
    """A sentence after the rules, None where it was taken out, and the rules that apply to it."""

    sentence: AnswerSentence | None
    triggers: tuple[Trigger, ...] = ()

    @property
    def blocking(self) -> Trigger | None:
        """The rule that stops the whole answer, if one does."""
        return next((one for one in acting(self.triggers) if one.rule.action is Action.BLOCK), None)


def sentence_outcome(
    rules: Sequence[Rule], sentence: AnswerSentence, *, cited: Sequence[Citation], language: str = ""
) -> SentenceOutcome:
    """What the rules make of a sentence; `cited` are the citations so far, the first of which is number 1."""
    numbered = dict(enumerate(cited, start=1))
    citing = [rule for rule in rules if isinstance(rule, CitationRule)]
    unborne = (
        [] if not citing or is_borne(sentence, numbered) else [Trigger(rule, Applied()) for rule in citing]
    )
    own = [numbered[number] for number in sentence.citations if number in numbered]
    sources = [text for one in own for text in (one.quote, one.heading, one.document)]
    found = part_triggers(rules, sentence.text, sources=sources, language=language)
    triggers = (*unborne, *found)
    if any(one.rule.action.strength for one in unborne):
        return SentenceOutcome(None, triggers)
    verdict = decided(Point.OUTPUT, sentence.text, found)
    return SentenceOutcome(_with_text(sentence, verdict), triggers)


def quotes_after(
    rules: Sequence[Rule], citations: Sequence[Citation], *, language: str = ""
) -> tuple[Citation, ...]:
    """The citations without what topics take out: a quote is then no longer verbatim. Other rules leave quotes alone."""
    topics = [rule for rule in rules if isinstance(rule, TopicRule) and rule.action is not Action.BLOCK]
    return tuple(_quote_after(topics, one, language) for one in citations) if topics else tuple(citations)


def answer_after(
    rules: Sequence[Rule], answer: Answer, outcomes: Sequence[SentenceOutcome], *, language: str = ""
) -> Answer:
    """The answer of the sentences that are left: as it was, partial where one was taken out, refused where none is left."""
    kept = tuple(one.sentence for one in outcomes if one.sentence is not None)
    citations = quotes_after(rules, answer.citations, language=language)
    if kept == sentences_of(answer):
        return replace(answer, citations=citations)
    removed_count = len(outcomes) - len(kept)
    if not kept:
        removed_count += answer.removed_count
        refused = replace(answer, text="", status=AnswerStatus.REFUSED, reason=NOTHING_LEFT)
        return replace(refused, citations=(), sentences=(), contradictions=(), removed_count=removed_count)
    return replace(
        answer,
        text=_joined(kept) if answer.sentences else kept[0].text,
        status=AnswerStatus.PARTIAL if removed_count else answer.status,
        reason=(answer.reason or NOT_ALL_LEFT) if removed_count else answer.reason,
        sentences=kept if answer.sentences else (),
        citations=citations,
        removed_count=answer.removed_count + removed_count,
    )


def sentences_of(answer: Answer) -> tuple[AnswerSentence, ...]:
    """The sentences of the answer; where nobody has taken it apart the text is one, with all citations."""
    if answer.sentences or not answer.text:
        return answer.sentences
    return (AnswerSentence(answer.text, tuple(range(1, len(answer.citations) + 1))),)


def _joined(sentences: Sequence[AnswerSentence]) -> str:
    parts = [(one.text, "".join(f"[{number}]" for number in one.citations)) for one in sentences]
    return " ".join(f"{text} {marks}".strip() for text, marks in parts)


def _with_text(sentence: AnswerSentence, verdict: Verdict) -> AnswerSentence:
    return sentence if verdict.action is Action.PASS else replace(sentence, text=verdict.text)


def _quote_after(topics: Sequence[Rule], citation: Citation, language: str) -> Citation:
    found = part_triggers(topics, citation.quote, sources=(), language=language)
    verdict = decided(Point.OUTPUT, citation.quote, found)
    return citation if verdict.action is Action.PASS else replace(citation, quote=verdict.text)
