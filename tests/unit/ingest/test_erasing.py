"""Erased values leave a text without a trace, and everything else stays where it belongs."""

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from core.documents import PageSpan, ParsedDocument
from core.offsets import restored
from core.pseudonyms import MentionField
from core.subjects import ERASED
from ingest.erasing import ErasingRedactor, without_erased
from tests.fakes.naming_redactor import NamingRedactor

NAMES = ["@Jane", "@Bob", "@Ottoline"]


class FakeErasures:
    """Implements Erasures with a set."""

    def __init__(self, *digests: str) -> None:
        self.digests = set(digests)

    def erased(self, tenant: str, digests: Collection[str]) -> set[str]:
        return self.digests & set(digests)


def redacted(text: str, title: str = "", pages: tuple[PageSpan, ...] = ()):
    return NamingRedactor().redact(ParsedDocument(text, title, "text/plain", pages))


def digest_of(name: str) -> str:
    return redacted(name).mentions[0].digest


@given(
    words=st.lists(st.sampled_from([*NAMES, "met", "and\n", "the 3rd"]), max_size=12),
    gone=st.sets(st.sampled_from(NAMES)),
)
def test_what_is_left_can_be_turned_back_and_what_is_gone_cannot(words: list[str], gone: set[str]):
    text = " ".join(words)
    before = redacted(text, title=text)
    digests = {digest_of(name) for name in gone}
    after = without_erased(before, digests)
    expected = text
    for name in gone:
        expected = expected.replace(name, ERASED)
    assert restored(after.document.text, after.mentions) == expected
    assert restored(after.document.title, after.mentions, where=MentionField.TITLE) == expected
    assert not digests & {mention.digest for mention in after.mentions}


def test_pages_move_along():
    text = "@Jane signed.\n@Bob did not."
    clean = redacted(text).document.text
    border = clean.index("\n") + 1
    before = redacted(text, pages=(PageSpan(1, 0, border), PageSpan(2, border, len(clean))))
    after = without_erased(before, {digest_of("@Jane")}).document
    assert after.text.startswith(f"{ERASED} signed.\n")
    assert [after.text[page.start : page.end] for page in after.pages] == after.text.splitlines(keepends=True)


def test_the_redactor_asks_which_values_were_erased():
    document = ParsedDocument("@Jane met @Bob.", "", "text/plain")
    redactor = ErasingRedactor(NamingRedactor(), FakeErasures(digest_of("@Jane")), tenant="default")
    found = redactor.redact(document)
    assert found.document.text.startswith(f"{ERASED} met PERSON_")
    assert redactor.fingerprint == NamingRedactor().fingerprint
