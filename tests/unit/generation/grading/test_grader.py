from core.answer_ports import Grade
from core.config import SparseSettings
from core.search import Hit
from generation.grading.calibration import Calibration, Calibrations, Weighed, packaged
from generation.grading.features import NAMES
from generation.grading.grader import CalibratedGrader
from generation.grading.reading import Reader
from inference.lexical.bm25 import Bm25Encoder
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.hits import hit
from tests.fakes.readings import fake_reader

SURE = Calibration(9.0, {})
UNSURE = Calibration(-9.0, {})
BY_PASSAGE = Calibration(0.0, {"passage": Weighed(0.3, 0.1, 1.0)})


class FarEmbedder(FakeEmbedder):
    """Nothing is near to any question."""

    async def embed_query(self, text: str) -> tuple[float, ...]:
        return (0.0,) * self.dimension


async def graded(question: str, *hits: Hit, words: Calibration = BY_PASSAGE) -> Grade:
    return await CalibratedGrader(fake_reader(), Calibrations(words, UNSURE)).grade(question, hits)


async def test_a_passage_with_the_words_is_more_probable_than_one_without() -> None:
    near = await graded("cost of hotels", hit("The cost of hotels is 190 EUR."))
    far = await graded("cost of hotels", hit("Trains are late of late."))

    assert near.probability > 0.5 > far.probability


async def test_without_a_sentence_the_probability_is_zero() -> None:
    assert await graded("cost of hotels") == Grade(0.0)
    assert (await graded("cost of hotels", hit("# Only a heading"))).probability == 0


async def test_bearing_are_the_places_of_the_passages_with_the_best_sentences() -> None:
    found = await graded(
        "cost of hotels", hit("Trains are late."), hit("The cost of hotels is 190 EUR.", doc="b")
    )

    assert found.bearing == (1,)


async def test_passages_without_a_word_in_common_are_judged_by_nearness_alone() -> None:
    assert (await graded("kosten", hit("The price is 190 EUR."), words=SURE)).probability < 0.1
    assert (await graded("price", hit("The price is 190 EUR."), words=SURE)).probability > 0.9


async def test_the_features_are_there_for_the_trace() -> None:
    found = await graded("cost of hotels", hit("The cost of hotels is 190 EUR."))

    assert found.features["coverage"] == 1.0


async def test_a_question_of_100_kilobytes_or_of_nothing_is_graded_like_any() -> None:
    for question in ("hotel " * 17_000, "", "?!"):
        assert 0 <= (await graded(question, hit("The cost of hotels is 190 EUR."))).probability <= 1


async def test_every_feature_has_its_name() -> None:
    found = await graded("cost of hotels", hit("The cost of hotels is 190 EUR."))

    assert tuple(found.features) == NAMES


async def test_a_sentence_with_a_pseudonym_of_the_question_and_all_its_words_may_answer() -> None:
    """The vectors are of no use here: they are made of the pieces of the pseudonym."""
    hits = [hit("The contract was signed by PERSON_0123456789ab in Oslo.")]
    reader = Reader(FarEmbedder(), sparse=Bm25Encoder(SparseSettings()))
    grader = CalibratedGrader(reader, packaged())
    named = await grader.grade("Which contract was signed by PERSON_0123456789ab?", hits)
    other = await grader.grade("Which contract was signed by PERSON_fedcba987654?", hits)
    missing = await grader.grade("Which contract was cancelled by PERSON_0123456789ab?", hits)
    assert named.probability == 0.5
    assert max(other.probability, missing.probability) < 0.35


async def test_what_is_named_exactly_and_stands_nowhere_is_not_probable() -> None:
    """A model may still be asked: it is the default bound of an extractive answer that it stays below."""
    hits = [hit("The HF-200 costs 190 EUR."), hit("It weighs 12 kg.", doc="b")]
    named = await graded("cost of the HF-300", *hits, words=SURE)

    assert named.probability == 0.2
    assert (await graded("cost of the HF-200", *hits, words=SURE)).probability > 0.9


async def test_only_passages_with_the_name_bear_the_answer() -> None:
    hits = [hit("The HF-300 costs 190 EUR."), hit("The HF-200 costs 150 EUR.", doc="b")]

    assert (await graded("cost of the HF-200", *hits)).bearing == (1,)
