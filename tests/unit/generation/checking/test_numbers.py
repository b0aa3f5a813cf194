"""Figures of a sentence stand in its sources, in whatever form they are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.checking.numbers import figures_stand


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("It costs 1,000 EUR.", "costs \u20ac1000"),
        ("There are twelve days.", "12 days"),
        ("It is 5 % of all.", "5% of all"),
        ("On 3 March 2024.", "on 2024-03-03"),
        ("On March 3, 2024.", "am 3. M\u00e4rz 2024"),
        ("On March 3, 2024.", "2024: on March 3 it began"),
        ("In March 2024.", "on March 3rd, 2024"),
        ("In 2024.", "on 3 May 2024"),
        ("1.000 Euro kostet das und die Geb\u00fchr ist hoch.", "1,000 euros in the price of the thing"),
        ("INV-2024-001 is paid.", "invoice inv-2024-001."),
        ("Version 1.2.3 is out.", "v1.2.3"),
        ("GPT-4 is used.", "gpt4"),
        ("PERSON_0123456789ab called.", "by PERSON_0123456789ab."),
        ("Write to a.b@c.de now.", "a.b@c.de"),
        ("See https://x.y/z.", "(https://x.y/z)"),
        ("Two hundred and six people.", "206 people"),
        ("F\u00fcnfundzwanzig Tage.", "25 Tage"),
        ("At 2 pm.", "at 14:00"),
        ("$1.5 million.", "1,500,000 dollars"),
        ("One of them.", "nothing"),
        ("Its rate is 5%.", "| Rate in % | 5 |"),
        ("Between 10 and 15 days.", "10-15 days"),
        ("The top-10 list.", "top 10"),
        ("12,50 \u20ac.", "12.50 EUR"),
        ("The 3rd one.", "the third one"),
        ("20 degrees.", "20 \u00b0C"),
        ("20 degrees Celsius.", "20 \u00b0C"),
        ("4,000 litres per minute.", "The flow is 4,000 litres a minute at most."),
        ("4,000 litres per minute.", "4000 l per minute"),
        ("4,000 litres per minute.", "4,000 litres per minute."),
        ("4.000 Liter.", "Es sind 4.000 Liter in der Minute, und das ist viel."),
        ("4.000 Liter.", "4000 Liter, und das ist die Grenze"),
        ("1.000 kg, 12,50 m", "1000 kg und 12.50 m"),
        ("It costs 20 $.", "20 USD"),
    ],
)
def test_the_same_figure_is_known_in_another_form(sentence: str, evidence: str) -> None:
    assert figures_stand(sentence, evidence)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("15 people", "150 people"),
        ("150 people", "15 people"),
        ("1.5 people", "15 people"),
        ("15 people", "2015"),
        ("30 days", "30 hours"),
        ("5%", "5 days"),
        ("190 EUR", "190 USD"),
        ("3 March 2024", "4 March 2024"),
        ("March 2024", "March 2023"),
        ("INV-2024-001", "INV-2024-002"),
        ("PERSON_0123456789ab", "PERSON_0123456789ac"),
        ("a@c.de", "b@c.de"),
        ("https://x.y/z", "https://x.y/w"),
        ("v1.2.3", "1.2.4"),
        ("12 days", "thirteen days"),
        ("two plans", "plans"),
        ("1.5 million", "1.5 billion"),
        ("10:30", "10:45"),
        ("-5 degrees", "5 degrees"),
        ("4,000 litres per minute.", "The flow is 4.000 litres a minute, and never more."),
        ("It costs 20 $.", "20 EUR"),
        ("Up to 3 people may 3 times.", "3 people"),
    ],
)
def test_another_figure_is_not(sentence: str, evidence: str) -> None:
    assert not figures_stand(sentence, evidence)


@settings(max_examples=30, deadline=None)
@given(value=st.integers(0, 10**9), other=st.integers(0, 10**9))
def test_a_number_stands_with_and_without_separators_and_no_other_does(value: int, other: int) -> None:
    assert figures_stand(f"It is {value:,} now.", f"There were {value}.")
    assert figures_stand(f"It is {value} now.", f"There were {value:,}.")
    assert figures_stand(f"It is {value} now.", f"There were {other:,}.") == (value == other)
