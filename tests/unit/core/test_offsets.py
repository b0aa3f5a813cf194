"""The way between stored and original text, by hand; the properties are in tests/property/test_redaction.py."""

import pytest

from core.errors import TamperedError
from core.offsets import original_offsets, restored, restored_offsets
from core.pseudonyms import Mention, MentionField

TOKEN = "PERSON_0a1b2c3d4e5f"
# Ask Jane, then <a secret of five characters>.
STORED = f"Ask {TOKEN}, then <SECRET>."
MENTION = Mention("PERSON", TOKEN, "0" * 64, 4, 23, 4, 8, "Jane")


def test_positions_behind_a_value_move_and_those_inside_lead_to_its_ends() -> None:
    offsets = original_offsets([MENTION])
    assert [offsets.moved(position) for position in (0, 4, 5, 22, 23, 25)] == [0, 4, 4, 4, 8, 10]
    assert offsets.moved(5, up=True) == 8
    assert offsets.span(0, 10) == (0, 8)
    assert offsets.inverse.span(5, 6) == (4, 23)


def test_values_come_back_and_secrets_stay() -> None:
    assert restored(STORED, [MENTION]) == "Ask Jane, then <SECRET>."
    assert restored_offsets([MENTION]).span(4, 23) == (4, 8)


def test_a_part_is_restored_by_where_it_begins() -> None:
    assert restored(STORED[3:24], [MENTION], start=3) == " Jane,"
    assert restored(STORED[6:], [MENTION], start=6) == STORED[6:]
    assert restored(STORED[:20], [MENTION]) == STORED[:20]


def test_what_is_not_reversible_or_of_another_field_stays() -> None:
    gone = Mention("PERSON", TOKEN, "0" * 64, 4, 23, 4, 8, "Jane", reversible=False)
    assert restored(STORED, [gone]) == STORED
    assert restored(STORED, [MENTION], where=MentionField.TITLE) == STORED


def test_mentions_of_another_text_are_refused() -> None:
    with pytest.raises(TamperedError, match="does not stand where"):
        restored("Ask somebody else entirely, please.", [MENTION])
