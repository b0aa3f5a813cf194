"""Which pseudonyms a chunk is found by."""

from core.documents import Chunk
from core.pseudonyms import Mention, MentionField, PseudonymKey
from ingest.pseudonyms import chunk_pseudonyms

KEY = PseudonymKey(b"a root for tests", tenant="t")
JANE, MAIL = KEY.token("PERSON", "jane smith"), KEY.token("EMAIL_ADDRESS", "js@example.com")
ALIASES = (KEY.alias("jane"), KEY.alias("smith"))


def person(where: MentionField = MentionField.TEXT) -> Mention:
    return Mention("PERSON", JANE, "0" * 64, 0, 0, 0, 0, "Jane Smith", where=where, aliases=ALIASES)


def mail(identity: str | None = JANE) -> Mention:
    return Mention("EMAIL_ADDRESS", MAIL, "1" * 64, 0, 0, 0, 0, "js@example.com", identity=identity)


def chunk(text: str, context: str = "") -> Chunk:
    return Chunk(0, text, 0, len(text), "", None, 0, 0, context + text, 1)


def test_token_in_the_text_brings_its_aliases() -> None:
    assert chunk_pseudonyms([chunk(f"by {JANE}"), chunk("nobody")], [person()]) == [
        tuple(sorted((JANE, *ALIASES))),
        (),
    ]


def test_token_in_a_heading_counts_for_the_chunks_below_it() -> None:
    assert JANE in chunk_pseudonyms([chunk("signed", context=f"About {JANE}\n")], [person()])[0]


def test_name_in_the_title_counts_for_every_chunk() -> None:
    found = chunk_pseudonyms([chunk("one"), chunk("two")], [person(MentionField.TITLE)])
    assert found == [tuple(sorted((JANE, *ALIASES)))] * 2


def test_address_made_of_a_name_stands_for_the_person() -> None:
    found = chunk_pseudonyms([chunk(f"write to {MAIL}")], [person(), mail()])
    assert set(found[0]) == {MAIL, JANE, *ALIASES}
    assert set(chunk_pseudonyms([chunk(MAIL)], [person(), mail(None)])[0]) == {MAIL}


def test_words_that_only_look_like_tokens_are_none() -> None:
    assert chunk_pseudonyms([chunk("see PERSON_0123456789ab")], [person()]) == [()]
