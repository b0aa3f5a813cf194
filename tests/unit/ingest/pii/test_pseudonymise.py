"""What mentions say: tokens, whole values, aliases, identities, and longer tokens where short ones are taken."""

from collections.abc import Mapping

import pytest

from core.pseudonyms import TOKEN, MentionField, token_of
from ingest.pii.redaction import Pseudonymiser
from ingest.pii.spans import Finding
from ingest.pii.tokens import tokens_of
from tests.pseudonyms import KEY, document, pseudonymised


def of(text: str, value: str, entity: str = "PERSON", *, after: int = 0) -> Finding:
    start = text.index(value, after)
    return Finding(entity, start, start + len(value), 0.9)


def test_variants_of_a_name_share_a_token_that_stands_for_the_full_one() -> None:
    text = "Dr. Jane A. Smith signed. Smith left; write to jsmith@x.org."
    found = pseudonymised(
        text,
        [
            of(text, "Jane A. Smith"),
            of(text, "Smith", after=25),
            of(text, "jsmith@x.org", "EMAIL_ADDRESS"),
        ],
    )
    full, short, mail = found.mentions
    assert full.token == short.token == mail.identity == KEY.token("PERSON", "jane smith")
    assert mail.token == KEY.token("EMAIL_ADDRESS", "jsmith@x.org")
    assert [(one.value, one.whole, one.normal) for one in (full, short)] == [
        ("Jane A. Smith", "", "jane smith"),
        ("Smith", "Jane A. Smith", "jane smith"),
    ]
    assert full.aliases == short.aliases == mail.aliases == (KEY.alias("jane"), KEY.alias("smith"))


def test_names_of_the_text_and_of_the_title_are_linked_and_found_in_both() -> None:
    text, title = "Jane Smith signed.", "Letter of Jane Smith to Smith"
    found = Pseudonymiser(KEY).redacted(
        document(text, title), in_text=[of(text, "Jane Smith")], in_title=[of(title, "Smith", after=20)]
    )
    assert {one.token for one in found.mentions} == {KEY.token("PERSON", "jane smith")}
    assert [one.where for one in found.mentions] == [
        MentionField.TEXT,
        MentionField.TITLE,
        MentionField.TITLE,
    ]
    assert "Smith" not in found.document.title


def test_a_torn_number_has_the_token_of_the_whole_in_every_piece() -> None:
    text = "| 4111 1111 | 1111 1111 |"
    found = pseudonymised(text, [of(text, "4111 1111 | 1111 1111", "CREDIT_CARD")])
    token = KEY.token("CREDIT_CARD", "4111111111111111")
    assert found.document.text == f"| {token} | {token} |"
    assert [(one.value, one.whole) for one in found.mentions] == [
        ("4111 1111", "4111 1111 1111 1111"),
        ("1111 1111", "4111 1111 1111 1111"),
    ]


def test_secrets_have_no_mention_and_denied_words_have() -> None:
    text = "key hunter2 of Blue Heron"
    found = pseudonymised(text, [of(text, "hunter2", "SECRET"), of(text, "Blue Heron", "DENIED")])
    assert found.document.text == f"key <SECRET> of {KEY.token('DENIED', 'blue heron')}"
    assert [one.entity for one in found.mentions] == ["DENIED"]
    assert found.redaction_counts == {"DENIED": 1, "SECRET": 1}


def test_anonymised_mentions_are_the_same_but_not_reversible() -> None:
    text = "Jane Smith"
    kept = pseudonymised(text, [of(text, text)])
    gone = Pseudonymiser(KEY, reversible=False).redacted(document(text), in_text=[of(text, text)])
    assert gone.document == kept.document
    assert [one.reversible for one in (*kept.mentions, *gone.mentions)] == [True, False]


def test_a_token_that_is_taken_becomes_longer() -> None:
    asked: list[Mapping[str, str]] = []

    def taken(digests: Mapping[str, str]) -> set[str]:
        asked.append(digests)
        return {KEY.token("PERSON", "jane smith")}

    text = "Jane Smith met Bob Roe and Jane Smith"
    found = Pseudonymiser(KEY, taken=taken).redacted(
        document(text), in_text=[of(text, "Jane Smith"), of(text, "Bob Roe")]
    )
    long = token_of("PERSON", KEY.digest("PERSON", "jane smith"), long=True)
    short = KEY.token("PERSON", "bob roe")
    assert found.document.text == f"{long} met {short} and {long}"
    assert TOKEN.findall(found.document.text) == [long, short, long]
    assert asked == [
        {KEY.token("PERSON", name): KEY.digest("PERSON", name) for name in ("jane smith", "bob roe")}
    ]


def test_nobody_is_asked_about_a_document_without_values() -> None:
    def taken(digests: Mapping[str, str]) -> set[str]:
        raise AssertionError(digests)

    assert tokens_of([], KEY, taken=taken) == {}


class Colliding:
    """A key whose digests begin alike."""

    key_id = "c"

    def digest(self, entity: str, normal: str) -> str:
        return "0" * 12 + KEY.digest(entity, normal)[12:]


RIVALS = [("PERSON", "a b"), ("PERSON", "c d")]


def test_two_values_of_a_document_never_share_a_token() -> None:
    found = tokens_of(RIVALS, Colliding())  # type: ignore[arg-type]
    assert len({token for token, _ in found.values()}) == 2


@pytest.mark.parametrize("values", [RIVALS, RIVALS[::-1]])
def test_of_two_values_the_one_that_has_the_short_token_keeps_it(values: list[tuple[str, str]]) -> None:
    """Whichever comes first in the document: else one value would have two tokens in the index."""
    key = Colliding()
    owner = key.digest(*RIVALS[0])

    def taken(digests: Mapping[str, str]) -> set[str]:
        return {token for token, digest in digests.items() if digest != owner}

    found = tokens_of(values, key, taken=taken)  # type: ignore[arg-type]
    assert found[RIVALS[0]] == (token_of("PERSON", owner), owner)
    other = key.digest(*RIVALS[1])
    assert found[RIVALS[1]] == (token_of("PERSON", other, long=True), other)


def test_a_mention_does_not_print_its_value() -> None:
    text = "Jane Smith"
    (mention,) = pseudonymised(text, [of(text, text)]).mentions
    assert "Jane" not in repr(mention)
    assert "jane" not in repr(mention)
