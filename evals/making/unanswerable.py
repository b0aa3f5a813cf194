"""Questions that nothing answers, close to questions that something does: another thing, code, year or document in their place. Pure.

They are candidates: `evals.making.verifying` asks Folio before one becomes a case.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from evals.making.choosing import order, spread
from evals.making.distinct import Corpus
from evals.making.drafts import Draft
from evals.making.titles import named
from evals.making.words import content_words, normal

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CODE = re.compile(r"\b([A-Z]{1,4}-?)(\d{1,4})\b")
_MOST_STEPS = 40
_MOST_OF_A_KIND = 3
# Pairs of drafts are looked at: of a large corpus a sample gives more candidates than any set needs.
_MOST_TRIED = 600


def unanswerable_drafts(drafts: Sequence[Draft], corpus: Corpus, *, seed: int = 0) -> list[Draft]:
    """Candidates, each question once, in the order in which they are to be tried."""
    found: dict[str, Draft] = {}
    tried = spread(drafts, seed=seed)[:_MOST_TRIED]
    for candidate in (
        *_other_years(tried, corpus),
        *_other_codes(tried, corpus),
        *_other_sections(tried, corpus),
        *_other_things(tried, corpus),
    ):
        found.setdefault(normal(candidate.question), candidate)
    asked = {normal(draft.question) for draft in drafts}
    kept = [draft for key, draft in found.items() if key not in asked]
    return _few_of_each(sorted(kept, key=lambda one: order(seed, one.question)))


def _few_of_each(drafts: Iterable[Draft]) -> list[Draft]:
    """At most so many of one kind and document, that no table or title fills the set."""
    taken: Counter[tuple[str, str]] = Counter()
    found = []
    for draft in drafts:
        taken[draft.kind, draft.doc_id] += 1
        found += [draft] if taken[draft.kind, draft.doc_id] <= _MOST_OF_A_KIND else []
    return found


def _other_years(drafts: Iterable[Draft], corpus: Corpus) -> Iterator[Draft]:
    """The same for a year that no document names."""
    for draft in drafts:
        years = set(_YEAR.findall(draft.question))
        if len(years) != 1 or _names_title_year(draft, corpus):
            continue
        year = int(years.pop())
        free = next((one for one in (year + 2, year - 3, year - 4) if not corpus.has_year(str(one))), None)
        if free is not None:
            yield _unanswered(draft, draft.question.replace(str(year), str(free)), "year")


def _names_title_year(draft: Draft, corpus: Corpus) -> bool:
    name = named(corpus.documents[draft.doc_id].title)
    return bool(name) and name in draft.question


def _other_codes(drafts: Iterable[Draft], corpus: Corpus) -> Iterator[Draft]:
    """The same for a code of the same make that no document names."""
    for draft in drafts:
        codes = {match.group() for match in _CODE.finditer(draft.question)}
        if len(codes) != 1 or draft.kind == "identifier":
            continue
        code = codes.pop()
        other = _free_code(code, corpus)
        if other:
            yield _unanswered(draft, draft.question.replace(code, other), "code")


def _free_code(code: str, corpus: Corpus) -> str:
    match = _CODE.fullmatch(code)
    if match is None:
        return ""
    width, start = len(match[2]), int(match[2])
    for step in count(2):
        other = f"{match[1]}{start + step:0{width}d}"
        if step > _MOST_STEPS:
            return ""
        if not corpus.having(other):
            return other
    return ""


def _other_sections(drafts: Sequence[Draft], corpus: Corpus) -> Iterator[Draft]:
    """What a document says about what only another one, in the same folder, has a section for."""
    asked = [draft for draft in drafts if draft.kind == "heading" and " say about " in draft.question]
    for draft in asked:
        about = draft.question.split(" say about ", 1)[1].rstrip("?")
        for other in asked:
            title = named(corpus.documents[other.doc_id].title)
            words = content_words(about)
            if other.doc_id == draft.doc_id or not words or _folder(other, corpus) != _folder(draft, corpus):
                continue
            if not words & corpus.words_of(other.doc_id):
                verb = "do" if other.question.startswith("What do ") else "does"
                yield _unanswered(other, f"What {verb} {title} say about {about}?", "section")


def _folder(draft: Draft, corpus: Corpus) -> str:
    return corpus.documents[draft.doc_id].path.rpartition("/")[0]


def _other_things(drafts: Sequence[Draft], corpus: Corpus) -> Iterator[Draft]:
    """The same of a thing that another document names, and of which this is said nowhere."""
    facts = [draft for draft in drafts if draft.subject and draft.kind in {"cell", "relation"}]
    for draft in facts:
        for other in facts:
            is_like = len(other.subject.split()) > 1 and len(draft.subject.split()) > 1
            if not is_like or draft.subject.split()[-1].lower() != other.subject.split()[-1].lower():
                continue
            if normal(draft.subject) == normal(other.subject) or draft.subject not in draft.question:
                continue
            if not corpus.having(other.subject) & corpus.having(draft.subject):
                yield _unanswered(draft, draft.question.replace(draft.subject, other.subject), "thing")


def _unanswered(draft: Draft, question: str, why: str) -> Draft:
    return Draft(question, draft.doc_id, "", -1, (), f"no-{why}", "unanswerable", draft.language)
