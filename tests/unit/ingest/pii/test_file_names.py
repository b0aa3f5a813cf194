"""The veil over names of files and folders: what is taken out, what stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import RedactionSettings
from core.pseudonyms import TOKEN, MentionField, PseudonymKey
from ingest.pii.file_names import Veil, VeilRules, is_veiled
from ingest.pii.own_patterns import NamePattern

ENTITIES = frozenset(RedactionSettings().entities)


def veil(tenant: str = "default", *, root: bytes = b"key", **rules: object) -> Veil:
    return Veil(PseudonymKey(root, tenant=tenant), VeilRules(**{"entities": ENTITIES, **rules}))  # type: ignore[arg-type]


def shape(path: str, own: Veil | None = None) -> str:
    """The veiled path with `<TYPE>` for each token."""
    return TOKEN.sub(lambda token: f"<{token[0].rsplit('_', 1)[0]}>", (own or veil()).path(path))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("HR/CV Jane Smith.pdf", "HR/CV <PERSON>.pdf"),
        ("cv_jane_smith.docx", "<PERSON>.docx"),
        ("JaneSmith2024.pdf", "<PERSON>.pdf"),
        ("Smith, Jane (final).docx", "<PERSON> (final).docx"),
        ("SMITH JANE.txt", "<PERSON>.txt"),
        ("Dr. Anna von Berg.md", "Dr. <PERSON>.md"),
        ("Jos\u00e9 Garc\u00eda/notes.md", "<PERSON>/notes.md"),
        ("Jose\u0301 Garci\u0301a/notes.md", "<PERSON>/notes.md"),
        ("Ja\u200bne Smith.md", "<PERSON>.md"),
        ("Anne-Marie O'Brien.pdf", "<PERSON>.pdf"),
        ("Contract Erika Mustermann.pdf", "Contract <PERSON>.pdf"),
        ("CV Max Mustermann Brown.pdf", "CV <PERSON>.pdf"),
        ("CV Mark Brown.pdf", "CV <PERSON>.pdf"),
        ("Contract Okonkwo.pdf", "Contract <PERSON>.pdf"),
        ("jane.smith@example.com", "<EMAIL_ADDRESS>"),
        ("jane.smith@firm.com.eml", "<EMAIL_ADDRESS>.eml"),
        ("card 4111-1111-1111-1111.pdf", "card <CREDIT_CARD>.pdf"),
        ("card_4111111111111111.pdf", "<CREDIT_CARD>.pdf"),
        ("DE89370400440532013000 statement.pdf", "<IBAN_CODE> statement.pdf"),
        ("DE89 3704 0044 0532 0130 00 statement.pdf", "<IBAN_CODE> statement.pdf"),
        ("123-45-6789.txt", "<US_SSN>.txt"),
        ("call 415-555-0123.md", "call <PHONE_NUMBER>.md"),
        ("+49 170 1234567.txt", "<PHONE_NUMBER>.txt"),
        ("AB123456C.pdf", "<NATIONAL_ID>.pdf"),
        ("529.982.247-25.txt", "<NATIONAL_ID>.txt"),
        ("12345678Z.txt", "<NATIONAL_ID>.txt"),
        ("national id 943 476 5919.txt", "national id <NATIONAL_ID>.txt"),
        ("passport_X4RTBPFW4.pdf", "<PASSPORT>.pdf"),
        ("Passport Jane scan 533380006.pdf", "Passport <PERSON> scan <PASSPORT>.pdf"),
        ("driver-license-D44198823607.pdf", "driver-license-<DRIVER_LICENSE>.pdf"),
        ("dea BB1388568.pdf", "dea <MEDICAL_LICENSE>.pdf"),
        ("account 48291736405.csv", "account <BANK_NUMBER>.csv"),
        ("ssn 536228726.txt", "ssn <US_SSN>.txt"),
        ("dob-1984-03-07.txt", "dob-<DATE_OF_BIRTH>.txt"),
        ("born 14 March 1971.txt", "born <DATE_OF_BIRTH>.txt"),
        ("geb_07.03.1984.txt", "<DATE_OF_BIRTH>.txt"),
        ("203.0.113.77.log", "<IP_ADDRESS>.log"),
        ("access-203.0.113.77.log", "access-<IP_ADDRESS>.log"),
        ("2001:db8:85a3::8a2e:370:7334.log", "<IP_ADDRESS>.log"),
        ("1742 Marigold Avenue.pdf", "<STREET_ADDRESS>.pdf"),
        ("1742_marigold_avenue.pdf", "<STREET_ADDRESS>.pdf"),
        ("Lindenbl\u00fctenstra\u00dfe 83, 10115 Berlin.pdf", "<STREET_ADDRESS>.pdf"),
        ("Lindenblu\u0308tenstra\u00dfe 83.pdf", "<STREET_ADDRESS>.pdf"),
        ("12 rue de la Paix.pdf", "<STREET_ADDRESS>.pdf"),
        ("Calle Mayor 12.pdf", "<STREET_ADDRESS>.pdf"),
        ("PO Box 4411.pdf", "<STREET_ADDRESS>.pdf"),
        ("wallet 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2.txt", "wallet <CRYPTO>.txt"),
        ("0x52908400098527886E0F7030069857D2E4169EE7.json", "<CRYPTO>.json"),
        ("key_AKIAQ3EGRJK7XZP5T2NM.txt", "<SECRET>.txt"),
        ("sk_live_7Hq2Zt9Xw4Kp8Rv3Nm6Yb1Lc.env", "<SECRET>.env"),
        ("password=Tr0ub4dor3.txt", "password=<SECRET>.txt"),
        ("CV Ottoline Cholmondeley.pdf", "CV <PERSON>.pdf"),
        ("Lebenslauf_Ottoline_Cholmondeley.pdf", "<PERSON>.pdf"),
        ("CV OTTOLINE CHOLMONDELEY.pdf", "CV <PERSON>.pdf"),
        ("Letter to Ottoline van der Quux.docx", "Letter to <PERSON>.docx"),
        ("Invoice for Ottoline McQuux 12.pdf", "Invoice for <PERSON> 12.pdf"),
        ("From Ottoline Cholmondeley.eml", "From <PERSON>.eml"),
        ("Mr Cholmondeley.txt", "Mr <PERSON>.txt"),
    ],
)
def test_personal_data_is_taken_out_and_the_rest_stays(path: str, expected: str) -> None:
    assert shape(path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "handbook/leave-policy.md",
        "src/jest/parser.py",
        "icon@2x.png",
        "doc-12",
        "Quarterly Report March.xlsx",
        "2024-01-15_1030.pdf",
        "IMG_20240115_103000.jpg",
        "1700000000000.json",
        "invoice-2024-000123456.pdf",
        "4111-1111-1111-1112.pdf",
        "DE89370400440532013001.pdf",
        "12345678A.txt",
        "Onboarding guide.md",
        "Park Street.md",
        "a/b c/d_e.txt",
        "",
        "release_notes-1.2.3.md",
        "libfoo-10.0.0.12.so",
        "version 1.2.3.4.md",
        "127.0.0.1.log",
        "passport scan 20240115.pdf",
        "passport.js",
        "Account 2024 01 15.xlsx",
        "born to run.mp3",
        "2024-03-07 minutes.md",
        "Marktplatz 2024.md",
        "test_2_file_path.py",
        "12 test drive results.md",
        "sk-learn-notes-for-beginners-2024.ipynb",
        "reset_password_token.md",
        "Contract Northwind Quuxly GmbH.pdf",
        "Invoice for Services March.pdf",
        "CV Quuxly.pdf",
        "contract_template_v2.docx",
        "Introduction to Quuxly Zorbix.md",
        "00-1A-2B-3C-4D-5E.txt",
    ],
)
def test_names_without_personal_data_stay(path: str) -> None:
    assert veil().path(path) == path


def test_what_the_policy_does_not_take_out_stays() -> None:
    assert shape("Jane Smith.md", veil(entities=ENTITIES - {"PERSON"})) == "Jane Smith.md"
    assert shape("jane@example.com", veil(entities=ENTITIES - {"EMAIL_ADDRESS"})) == "<PERSON>@example.com"
    assert shape("Jane Smith.md", veil(allow=frozenset({"jane smith"}))) == "Jane Smith.md"
    assert shape("Blue Heron plan.md", veil(deny=("blue heron",))) == "<DENIED> plan.md"
    assert shape("Mark Brown.md") == "Mark Brown.md"
    assert shape("Mark Brown.md", veil(is_strict=True)) == "<PERSON>.md"


def test_types_that_a_policy_names_beside_the_usual_ones_are_found() -> None:
    assert (
        shape("mac_00-1A-2B-3C-4D-5E.txt", veil(entities=frozenset({"MAC_ADDRESS"}))) == "<MAC_ADDRESS>.txt"
    )


def test_values_of_the_allow_list_stay_however_their_words_are_joined() -> None:
    own = veil(allow=frozenset({"jane smith", "203.0.113.77"}))
    assert shape("jane-smith 203.0.113.77.md", own) == "jane-smith 203.0.113.77.md"


def test_phrases_of_the_deny_list_go_however_their_words_are_joined() -> None:
    own = veil(deny=("blue heron",))
    assert shape("Blue_Heron_plan.md", own) == shape("blue-heron.md", own) == "<DENIED>.md"
    assert shape("blue herons.md", own) == "blue herons.md"


def test_patterns_of_the_users_own_are_found() -> None:
    own = veil(
        entities=frozenset({"BADGE"}), patterns=(NamePattern("BADGE", r"\bB-\d{4}\b", context=("badge",)),)
    )
    assert shape("badge_B-1234.pdf", own) == "<BADGE>.pdf"
    assert shape("box_B-1234.pdf", own) == "box_B-1234.pdf"
    assert own.fingerprint != veil(entities=frozenset({"BADGE"})).fingerprint


def test_of_a_secret_nothing_can_be_kept() -> None:
    one, other = "ghp_Zq8RtY4uVb2NkL7mXc9Wd3Fg6Hj1Ps5QaTzE", "ghp_Zq8RtY4uVb2NkL7mXc9Wd3Fg6Hj1Ps5QaTzF"
    assert veil().name(one) != veil().name(other)
    # What touches it is a part of what is not kept, whatever it is itself.
    for name in (one, f"Blue Heron {one}", f"{one}_Jane_Smith"):
        mentions = veil(deny=(f"heron {one}",)).mentions(name, where=MentionField.PATH)
        [secret] = [found for found in mentions if "ghp" in found.value]
        assert secret.entity == "SECRET"
        assert not secret.reversible
        assert secret.identity is None


def test_fingerprint_tells_keys_and_rules_apart_and_is_stable() -> None:
    made = [veil(), veil(root=b"other"), veil("other"), veil(is_strict=True), veil(allow=frozenset({"a"}))]
    assert len({own.fingerprint for own in made}) == len(made)
    assert veil().fingerprint == veil().fingerprint


def test_reasons_name_nobody() -> None:
    own = veil()
    said = "CV Jane Smith.md has 9 bytes; access rules in HR/Jane Smith/.folio.yaml cannot be used"
    told = own.text(said, path="HR/CV Jane Smith.md")
    assert "Smith" not in told
    assert told.startswith(own.name("CV Jane Smith.md"))


def test_irreversible_policy_makes_irreversible_mentions() -> None:
    [mention] = veil(reversible=False).mentions("CV Jane Smith.md", where=MentionField.PATH)
    assert not mention.reversible


_SEPARATORS = st.sampled_from([" ", "_", "-", ".", ", ", ""])
_PARTS = st.sampled_from(
    [
        "Jane", "jane", "Smith", "smith", "SMITH", "M\u00fcller", "Okonkwo", "Jose\u0301", "cv", "CV", "Report", "2024", "final",
        "Ottoline", "Cholmondeley", "to", "passport", "X4RTBPFW4", "203.0.113.77", "29 Marigold Avenue", "dob 1984-03-07",
        "AKIAQ3EGRJK7XZP5T2NM", "account", "48291736405", "Hauptstra\u00dfe", "12", "10.1.2.3",
        "4111111111111111", "jane@example.com", "+49 170 1234567", "123-45-6789", "PERSON_0123456789ab", "(1)", "\u200b", "'s", "&",
    ]
)  # fmt: skip
_SUFFIXES = st.sampled_from(["", ".md", ".pdf", ".tar.gz", ".Smith", ".PDF"])


@st.composite
def names(draw: st.DrawFn) -> str:
    parts = draw(st.lists(_PARTS, min_size=1, max_size=5))
    return "".join(part + draw(_SEPARATORS) for part in parts) + draw(_SUFFIXES)


_ANY = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(st.lists(st.one_of(names(), _ANY), min_size=1, max_size=4))
def test_veiling_is_idempotent_and_deterministic_and_keeps_the_folders(parts: list[str]) -> None:
    path = "/".join(parts)
    once = veil().path(path)
    assert veil().path(once) == once
    assert veil().path(path) == once
    assert once.count("/") == path.count("/")
    assert [veil().name(part) for part in parts] == once.split("/")


@given(st.one_of(names(), _ANY), st.one_of(names(), _ANY))
def test_two_names_stay_two(one: str, other: str) -> None:
    if one != other and not (is_veiled(one) or is_veiled(other)):
        assert veil().name(one) != veil().name(other)


@given(names())
def test_mentions_restore_the_name_letter_for_letter(name: str) -> None:
    shown = restored = veil().name(name)
    for mention in reversed(veil().mentions(name, where=MentionField.PATH)):
        assert shown[mention.start : mention.end] == mention.token
        assert name[mention.original_start : mention.original_end] == mention.value
        restored = restored[: mention.start] + mention.value + restored[mention.end :]
    assert restored == name


@given(names())
def test_two_tenants_share_no_token(name: str) -> None:
    own = set(TOKEN.findall(veil().name(name))) - set(TOKEN.findall(name))
    other = set(TOKEN.findall(veil("other").name(name)))
    assert not own & other


@given(names(), st.sampled_from([".md", ".pdf", ".docx", ".jsonl"]))
def test_suffix_stays(name: str, suffix: str) -> None:
    assert veil().name(name + suffix).endswith(suffix)


@given(st.sampled_from(["Jane Smith", "jane_smith", "Smith, Jane"]), names())
def test_what_was_planted_is_gone(planted: str, name: str) -> None:
    shown = veil().name(f"{planted} {name}")
    # Names that run into others are a known miss (docs/pii.md).
    left = TOKEN.sub("", shown).removesuffix(".Smith")
    assert not re.search(r"(?<![^\W\d_])(?:jane|smith)(?![^\W\d_])", left, re.IGNORECASE)
