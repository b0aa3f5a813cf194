"""The sets that come with Folio: in order, hard enough, and the same every time."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.errors import InvalidInputError, MissingExtraError
from evals.datasets.checks import problems
from evals.datasets.model import EvalSet, Reader
from evals.golden.products.corpus import products_set
from evals.golden.products.pages import FAMILIES
from evals.golden.sets import golden_names, handbook_set, load_golden
from tests.conftest import REPO

HANDBOOK = "handbook"
VERSIONS = {"people": "9d8cfae62a2807b9", "products": "eb17a8fb6be66fd1"}


@pytest.fixture(scope="module")
def sets() -> dict[str, EvalSet]:
    return {name: load_golden(name) for name in golden_names()}


@pytest.mark.parametrize("name", golden_names())
def test_nothing_is_wrong_with_a_packaged_set(sets: dict[str, EvalSet], name: str) -> None:
    found = sets[name]
    assert problems(found) == []
    assert found.name == name
    assert found.licence
    assert found.description
    assert all(case.tags for case in found.cases)


def test_an_unknown_name_is_answered_with_those_that_are() -> None:
    with pytest.raises(InvalidInputError, match="handbook, people, products"):
        load_golden("scifact")


def test_without_a_checkout_it_is_said_what_the_handbook_needs(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="from a checkout of Folio"):
        handbook_set(tmp_path / "examples" / "handbook")


def test_without_faker_it_is_said_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("evals.golden.people", "evals.names_bench.corpus"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "faker", None)

    with pytest.raises(MissingExtraError, match=r"folio-kb\[evals\]"):
        load_golden("people")


def test_generated_sets_are_the_same_everywhere(sets: dict[str, EvalSet]) -> None:
    """A change of a generator changes what baselines were measured on: it has to be meant. `people` depends on Faker's release."""
    assert {name: sets[name].version for name in VERSIONS} == VERSIONS


def test_the_version_in_the_file_is_that_of_what_is_there(sets: dict[str, EvalSet]) -> None:
    written = json.loads((REPO / "evals/golden/handbook/set.json").read_text())["version"]
    assert written == sets[HANDBOOK].version, (
        "write the set anew: `write_eval_set(load_golden('handbook'), folder)`"
    )


def test_the_handbook_is_asked_about_in_every_way(sets: dict[str, EvalSet]) -> None:
    tags = Counter(tag for case in sets[HANDBOOK].cases for tag in case.tags)
    least = {
        "fact": 40,
        "table": 40,
        "number": 40,
        "paraphrase": 30,
        "identifier": 15,
        "changed": 12,
        "unanswerable": 20,
    }
    assert all(tags[f"kind:{kind}"] >= count for kind, count in least.items())
    assert {tag for tag in tags if tag.startswith("format:")} == {
        f"format:{suffix}" for suffix in ("md", "html", "txt", "eml", "pdf", "docx", "xlsx", "pptx")
    }
    asked = {doc_id for case in sets[HANDBOOK].cases for doc_id in case.grades}
    assert len(asked) == 28


def test_what_is_restricted_is_asked_by_those_who_may_and_those_who_may_not(sets: dict[str, EvalSet]) -> None:
    cases = [case for case in sets[HANDBOOK].cases if "kind:restricted" in case.tags]
    may = {case.question for case in cases if case.answerable}
    may_not = {case.question for case in cases if not case.answerable}
    assert may_not < may
    assert {case.reader for case in cases if case.answerable} == {
        Reader("default", "restricted", ("people-team",))
    }
    assert all(case.reader for case in cases)


def plain(text: str) -> str:
    """Words and figures only: formats mark tables and headings differently."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def test_every_gold_quote_of_the_handbook_stands_in_what_is_extracted(sets: dict[str, EvalSet]) -> None:
    from kreuzberg import extract_file_sync

    quotes = [span for case in sets[HANDBOOK].cases for span in case.spans]
    files = {span.doc_id for span in quotes}
    texts = {name: plain(extract_file_sync(REPO / "examples/handbook" / name).content) for name in files}

    missing = [(span.doc_id, span.quote) for span in quotes if plain(span.quote) not in texts[span.doc_id]]
    assert missing == []
    assert all(case.spans for case in sets[HANDBOOK].cases if case.answerable)


def test_older_questions_are_still_asked(sets: dict[str, EvalSet]) -> None:
    rows = map(json.loads, (REPO / "examples/questions.jsonl").read_text().splitlines())
    assert {row["question"] for row in rows} <= {case.question for case in sets[HANDBOOK].cases}


def test_products_need_words_and_meaning_and_have_documents_for_some_only(sets: dict[str, EvalSet]) -> None:
    found = sets["products"]
    tags = Counter(tag for case in found.cases for tag in case.tags)
    assert 300 <= len(found.documents) <= 500
    assert min(tags["search:exact"], tags["search:meaning"], tags["search:both"]) >= 50
    assert sum(one.access is not None for one in found.documents) == 16
    assert sum(bool(case.wrong) for case in found.cases) >= 200
    assert products_set() == found


def test_paraphrases_of_products_do_not_use_the_words_that_answer(sets: dict[str, EvalSet]) -> None:
    """What `search:meaning` says is so: a question and its quote share at most small words and the name of the thing."""
    small = {"a", "an", "and", "at", "be", "by", "do", "for", "from", "has", "in", "is", "it", "of", "on", "or", "our", "so", "that", "the", "to", "what", "with", "new", "between"}  # fmt: skip
    for case in sets["products"].cases:
        if "search:meaning" in case.tags:
            asked = {word.strip(".,?:").casefold() for word in case.question.split()}
            said = {word.strip(".,?:").casefold() for span in case.spans for word in span.quote.split()}
            things = {word for family in FAMILIES for word in family.noun.split()}
            assert asked & said <= small | things, (case.question, asked & said)


def test_people_are_asked_about_in_three_ways(sets: dict[str, EvalSet]) -> None:
    tags = Counter(tag for case in sets["people"].cases for tag in case.tags)
    assert min(tags["name:full"], tags["name:family"], tags["name:mail"]) >= 50


@pytest.mark.slow
def test_gold_quotes_stand_in_the_text_as_it_is_searched(tmp_path: Path, sets: dict[str, EvalSet]) -> None:
    from core.config import load_settings
    from core.documents import DocumentState
    from folio import KnowledgeBase

    async def stored() -> dict[str, str]:
        async with KnowledgeBase(load_settings(home=tmp_path / "home")) as kb:
            await kb.ingest([REPO / "examples" / "handbook"])
            records = await kb.documents(limit=100, states=[DocumentState.INDEXED])
            return {record.path: await kb.text(record.doc_id) for record in records}

    texts = asyncio.run(stored())
    assert len(texts) == 28
    assert problems(sets[HANDBOOK], texts=texts) == []
