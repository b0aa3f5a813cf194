"""The corpus of names is always the same, and every question has an answer in it."""

from core.documents import ParsedDocument
from evals.eval_names import table, verdict
from evals.metrics.ranking import Quality
from evals.names_bench.corpus import names_corpus
from evals.names_bench.systems import OFF, PLACEHOLDERS, PSEUDONYMS, Placeholders
from tests.fakes.naming_redactor import NamingRedactor


def test_corpus_is_the_same_every_time() -> None:
    assert names_corpus(60, 12) == names_corpus(60, 12)


def test_every_question_is_answered_by_a_document_that_has_the_name() -> None:
    corpus = names_corpus(200, 60)
    texts = {one.doc_id: one.text for one in corpus.documents}
    assert {one.style for one in corpus.questions} == {"full", "family", "mail"}
    for question in corpus.questions:
        assert question.relevant
        if question.style == "mail":
            [mail] = [word.strip("?") for word in question.text.split() if "@" in word]
            assert all(mail in texts[doc_id] for doc_id in question.relevant)


def test_placeholders_tell_nobody_apart() -> None:
    found = Placeholders(NamingRedactor()).redact(ParsedDocument("@Jane met @Bob", "@Jane", "text/plain"))
    assert (found.document.text, found.document.title) == ("<PERSON> met <PERSON>", "<PERSON>")
    assert found.mentions == ()


def test_verdict_is_relative_to_no_redaction() -> None:
    def scored(recall: float) -> dict[str, Quality]:
        return {"q0000": Quality(0, recall, 0, 0)}

    scores = {OFF: scored(0.9), PSEUDONYMS: scored(0.9), PLACEHOLDERS: scored(0.45)}
    assert "pseudonyms lose 0.0% of recall@5 (goal: at most 2%, met)" in verdict(scores)
    assert "<PERSON> loses 50.0%" in verdict(scores)
    assert "| all (1) | 0.900 / 0.000 | 0.900 / 0.000 | 0.450 / 0.000 |" in table(names_corpus(3, 1), scores)
