"""Which entities a question names."""

import pytest

from graph.seeds import question_keys
from tests.unit.graph.documents import SECRET, named, says, seen

GRAPH = seen(
    says(
        "d1",
        rows=[
            named("World Health Organization"),
            named("Health"),
            named("Acme Corp"),
            named("Berlin"),
            named("Leave"),
            named("Who"),
            named("PERSON_7f3a9c2b41d0"),
            named("Ed Wood"),
            named("Film"),
        ],
    ),
    says("d2", rows=[named("Project Falcon")], access=SECRET),
)


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("Where does the World Health Organization sit?", ["world health organization"]),
        ("Who leads Acme Corp's office in Berlin?", ["acme corp", "berlin"]),
        ('Is "Ed Wood" a film about Berlin', ["ed wood", "berlin"]),
        ("what did PERSON_7f3a9c2b41d0's manager sign", ["PERSON_7f3a9c2b41d0"]),
        ("(PERSON_7f3a9c2b41d0) in Berlin?", ["PERSON_7f3a9c2b41d0", "berlin"]),
        ("who directed ed wood", ["ed wood"]),
        ("how much leave do we have", []),
        ("Who is it?", []),
        ("What is Project Falcon?", []),
        ("", []),
        ("?!", []),
        ("\ud800 \0 \u202e", []),
    ],
)
def test_the_longest_names_that_may_be_seen(question: str, keys: list[str]) -> None:
    assert list(question_keys(question, GRAPH)) == keys


def test_a_page_of_names_is_cut() -> None:
    many = seen(says("d", rows=[named(f"Name{number}") for number in range(60)]))
    assert len(question_keys(" and ".join(f"Name{number}" for number in range(60)), many)) <= 16
