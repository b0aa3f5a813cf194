import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.config import RedactionSettings
from core.documents import PageSpan, RedactedDocument
from core.errors import SettingsError
from core.pseudonyms import PseudonymKey
from ingest.pii.off import NoRedaction
from ingest.pii.presidio_redactor import PresidioRedactor
from tests.pseudonyms import KEY, document, types_only


@pytest.fixture(scope="module")
def redactor() -> PresidioRedactor:
    return PresidioRedactor(RedactionSettings(), KEY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please ask Jane Miller about it.", "Please ask <PERSON> about it."),
        ("Write to jane.miller@acme.com today.", "Write to <EMAIL_ADDRESS> today."),
        ("Card 4111 1111 1111 1111 was charged.", "Card <CREDIT_CARD> was charged."),
        ("Pay to DE89370400440532013000 please.", "Pay to <IBAN_CODE> please."),
        ("The host is 192.168.17.4 here.", "The host is <IP_ADDRESS> here."),
        ("His SSN is 457-55-5462 indeed.", "His SSN is <US_SSN> indeed."),
    ],
)
def test_stock_types_become_pseudonyms(redactor: PresidioRedactor, text: str, expected: str) -> None:
    found = redactor.redact(document(text))
    assert types_only(found.document.text) == expected
    assert sum(found.redaction_counts.values()) == 1


def test_types_that_are_not_configured_stay(redactor: PresidioRedactor) -> None:
    text = "The licence A1234567 expires on 3 May 2026 in Berlin."
    assert redactor.redact(document(text)).document.text == text


def test_title_is_redacted_and_pages_move_along(redactor: PresidioRedactor) -> None:
    text = "Ask jane.miller@acme.com.\nSecond page."
    found = redactor.redact(
        document(text, "Letter to bob.ross@acme.com", (PageSpan(1, 0, 26), PageSpan(2, 26, 38)))
    )
    assert types_only(found.document.title) == "Letter to <EMAIL_ADDRESS>"
    last = found.document.pages[1]
    assert found.document.text[last.start : last.end] == "Second page."
    assert found.redaction_counts == {"EMAIL_ADDRESS": 2}


def test_redacted_text_stays_as_it_is(redactor: PresidioRedactor) -> None:
    text = (
        "# Jane Miller\n\n| Name | Mail |\n|---|---|\n| Bob Smith | bob@acme.com |\n\nCall +1 212-555-0187."
    )
    once = redactor.redact(document(text)).document.text
    assert types_only(once.splitlines()[4]) == "| <PERSON> | <EMAIL_ADDRESS> |"
    assert redactor.redact(document(once)).document.text == once


def test_offsets_are_right_in_a_document_of_several_pieces(redactor: PresidioRedactor) -> None:
    filler = "Nothing to see in this line at all.\n\n" * 700
    text = f"{filler}Mail last.one@acme.com now.\n"
    found = types_only(redactor.redact(document(text)).document.text)
    assert len(text) > 20_000
    assert found == f"{filler}Mail <EMAIL_ADDRESS> now.\n"


def test_bad_iban_is_logged_nowhere(redactor: PresidioRedactor, caplog, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    for text in ("IBAN GB00WEST12345698765432", "IBAN DE00 3704 0044 0532 0130 00", "IBAN XX" + "9" * 30):
        redactor.redact(document(text))
    printed = capfd.readouterr()
    seen = caplog.text + printed.out + printed.err
    assert not any(part in seen for part in ("WEST", "3704", "99999"))


def test_nothing_is_fetched_from_the_network(monkeypatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    fresh = PresidioRedactor(RedactionSettings(), KEY)
    assert types_only(fresh.redact(document("jane@acme.co.uk")).document.text) == "<EMAIL_ADDRESS>"


def test_threads_share_one_model(redactor: PresidioRedactor) -> None:
    barrier = threading.Barrier(4)

    def work(number: int) -> str:
        barrier.wait()
        return types_only(redactor.redact(document(f"Mail user{number}@acme.com now.")).document.text)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(work, range(4))) == {"Mail <EMAIL_ADDRESS> now."}


def test_missing_model_says_how_to_install_it() -> None:
    settings = RedactionSettings(nlp_model="en_core_web_none")
    with pytest.raises(SettingsError, match="pip install en-core-web-none"):
        PresidioRedactor(settings, KEY).redact(document("x"))


def test_unknown_entity_type_is_named() -> None:
    settings = RedactionSettings(entities=("PERSON", "SHOE_SIZE"))
    with pytest.raises(SettingsError, match="no recogniser finds: SHOE_SIZE"):
        PresidioRedactor(settings, KEY).redact(document("x"))


def test_fingerprint_follows_the_policy_and_not_the_order_of_types() -> None:
    def fingerprint(**changes: object) -> str:
        return PresidioRedactor(RedactionSettings(**changes), KEY).fingerprint

    assert fingerprint(entities=("PERSON", "CRYPTO")) == fingerprint(entities=("CRYPTO", "PERSON"))
    assert len({fingerprint(), fingerprint(threshold=0.5), fingerprint(entities=("PERSON",))}) == 3
    assert fingerprint(policy="anonymise") != fingerprint()


def test_fingerprint_is_that_of_a_tenant_and_gives_no_key_away() -> None:
    root = b"a root that nobody may see, at all"
    keys = [
        PseudonymKey(root, tenant="a"),
        PseudonymKey(root, tenant="b"),
        PseudonymKey(b"other", tenant="a"),
    ]
    prints = [PresidioRedactor(RedactionSettings(), key).fingerprint for key in keys]
    assert len(set(prints)) == 3
    assert not any(root.decode() in one for one in prints)


def test_two_tenants_share_no_pseudonym_and_anonymised_ones_cannot_be_turned_back() -> None:
    def redacted(tenant: str, policy: str) -> RedactedDocument:
        key = PseudonymKey(b"a key of the tests, 32 bytes long", tenant=tenant)
        return PresidioRedactor(RedactionSettings(policy=policy), key).redact(document("Ask Jane Miller."))

    one, other, gone = redacted("a", "standard"), redacted("b", "standard"), redacted("a", "anonymise")
    assert one.document == gone.document != other.document
    assert [mention.reversible for found in (one, gone) for mention in found.mentions] == [True, False]


def test_policy_off_changes_nothing() -> None:
    found = NoRedaction().redact(document("Jane Miller"))
    assert (found.document.text, found.redaction_counts) == ("Jane Miller", {})
