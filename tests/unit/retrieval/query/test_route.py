"""Which questions are sent to the graph, told by their shape."""

import time

import pytest

from retrieval.query.route import Route, route

MULTI_HOP = [
    "Who is the manager of the office that handles claims in Berlin?",
    "Where was the founder of the company that makes the X200 born?",
    "What nationality was the director of the film Ed Wood?",
    "Are Christopher Nolan and Sathish Kalathil both film directors?",
    "Which band was formed first, The Exies or Circus Diablo?",
    "Who approved the contract signed by PERSON_7f3a9c2b41d0?",
    "In which country is the city where Acme's supplier is located?",
    "When did the country that produced Fist Power join the union?",
    "how are Tampa Bay Buccaneers draft history and Lee Roy Selmon connected?",
    "What is the relationship between Acme Corp and Globex?",
    "Compare the leave rules of the Berlin office with those of the London office",
]
FACT = [
    "How many days of leave do we have?",
    "What is the hotel limit?",
    "who got the first nobel prize in physics",
    "where is gall bladder situated in human body",
    "What is the hotel limit in London?",
    "0-dimensional biomaterials show inductive properties.",
    "Microarray results from culture-amplified mixtures of serotypes correlate poorly with results from the UK.",
    "travel policy",
    "Who is Jane Smith?",
    "?",
    "¿Cuántos días de vacaciones tenemos?",
    "休暇は何日ありますか",
]
EXACT = ['"annual leave"', "INV-2024-0017", '"annual leave" "parental leave"', "CVE-2024-3094", "get_user()"]
GLOBAL = [
    "What are the main themes of the documents?",
    "Give me an overview of the whole knowledge base",
    "Summarise everything across all documents",
    "What are these documents about?",
    "Which topics do the files cover? List the key topics",
]


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (MULTI_HOP, Route.MULTI_HOP),
        (FACT, Route.FACT),
        (EXACT, Route.EXACT),
        (GLOBAL, Route.GLOBAL),
    ],
)
def test_questions_take_their_route(questions: list[str], expected: Route) -> None:
    assert {question: route(question) for question in questions} == dict.fromkeys(questions, expected)


@pytest.mark.parametrize(
    "query",
    [
        "x " * 1000,
        "that which who " * 100,
        "the a b c of " * 150,
        "A or B " * 200,
        "between " * 250,
        '"' * 2000,
        "ed by " * 300,
        "summary of " * 180,
        "\u202ewho is Acme's owner that owns\ud800",
        "a" * 2000,
        "the " + "a-" * 900,
    ],
)
def test_hostile_query_is_routed_at_once(query: str) -> None:
    begin = time.perf_counter()
    assert route(query) in set(Route)
    assert time.perf_counter() - begin < 0.1
