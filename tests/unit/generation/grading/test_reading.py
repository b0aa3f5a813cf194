from core.config import SparseSettings
from generation.grading.passages import worth_reading
from generation.grading.reading import Reader
from generation.grading.wanted import wanted_words
from inference.lexical.bm25 import Bm25Encoder
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.hits import hit
from tests.fakes.readings import fake_reader
from tests.fakes.sparse import FakeSparseEncoder

FILLER = "Nothing of interest stands in this line of the text at all. "


async def test_the_words_of_a_long_passage_are_found_wherever_they_stand() -> None:
    text = FILLER * 60 + "The cost of hotels is 190 EUR. " + FILLER * 60
    best = (await fake_reader().read("cost of hotels", [hit(text)])).sentences[0]

    assert best.text == "The cost of hotels is 190 EUR."
    assert text[best.span.start : best.span.end] == best.text


async def test_a_later_passage_that_has_the_words_is_read_too() -> None:
    hits = [hit(FILLER * 3, doc=f"d{number}") for number in range(7)]
    found = await fake_reader().read("cost of hotels", [*hits, hit("The cost of hotels is 190.", doc="last")])

    assert found.sentences[0].hit.doc_id == "last"


async def test_however_much_there_is_only_four_runs_of_sentences_are_embedded() -> None:
    embedder = FakeEmbedder()
    reader = Reader(embedder, sparse=FakeSparseEncoder())
    found = await reader.read("cost of hotels", [hit(FILLER * 200, doc=f"d{n}") for n in range(8)])

    assert len(found.windows) == 4
    assert embedder.passage_count < 4 * 18 + 5


def test_the_first_hit_is_always_read() -> None:
    sparse = FakeSparseEncoder()
    hits = [hit("Trains are late."), *(hit("cost of hotels", doc=f"d{n}") for n in range(6))]
    found = worth_reading(
        hits,
        wanted_words("cost of hotels", sparse),
        lambda text: frozenset(sparse.encode_passage(text).indices),
        count=2,
        places=frozenset(range(7)),
    )

    assert [window.place for window in found] == [0, 1]


def test_words_that_only_ask_are_not_wanted() -> None:
    sparse = FakeSparseEncoder()
    found = wanted_words("who explained Zubrowka", sparse)

    assert [word.weight for word in found.words] == [0.5, 1.0]


def test_an_identifier_is_there_with_all_its_parts_only() -> None:
    sparse = Bm25Encoder(SparseSettings())
    (word,) = wanted_words("B5", sparse).words

    assert word.is_in(set(sparse.encode_passage("| B5 | 59800 |").indices))
    assert not word.is_in(set(sparse.encode_passage("| B6 | 81000 |").indices))


def test_a_german_word_is_found_however_it_is_bent() -> None:
    sparse = Bm25Encoder(SparseSettings(languages=("english", "german")))
    wanted = wanted_words("Wie teuer sind Hotels in Oslo?", sparse)

    assert (
        wanted.coverage(set(sparse.encode_passage("Das Hotel in Oslo ist teuer.", language="german").indices))
        == 1
    )


async def test_passages_that_were_graded_are_not_read_again() -> None:
    embedder = FakeEmbedder()
    reader = Reader(embedder, sparse=FakeSparseEncoder())
    hits = [hit("Leave is thirty days. It begins in April.")]
    first = await reader.read("how long is leave", hits)
    count = embedder.passage_count
    assert await reader.read("how long is leave", list(hits)) is first
    assert embedder.passage_count == count
    assert await reader.read("when does leave begin", hits) is not first
    assert (await reader.read("how long is leave", [hit("Leave is forty days.")])) is not first


async def test_a_row_of_a_table_is_covered_by_its_header_too() -> None:
    table = "| Service | Target |\n|---|---|\n| Reports | 99.5% |\n| Ingest | 99.9% |"
    with_header = await fake_reader().read("target of reports service", [hit(table)])
    without = await fake_reader().read("target of reports service", [hit("| Reports | 99.5% |")])

    assert with_header.sentences[0].text == "| Reports | 99.5% |"
    assert with_header.sentences[0].coverage > without.sentences[0].coverage
    assert with_header.sentences[0].own_coverage == without.sentences[0].own_coverage
