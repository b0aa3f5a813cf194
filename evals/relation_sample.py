"""Relations as the rules read them, drawn at random to be judged by a person.

python -m evals.relation_sample FOLDER... [--count 200] [--documents 300] [--seed 1] [--beside]

A folder is a retrieval set (`corpus.jsonl`) or any tree of documents. Prints a table separated by tabs: corpus, rule, weight,
subject, predicate, object, sentence; then, on stderr, how many relations each rule gave and what the rules cost.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.config import load_settings
from core.documents import ParsedDocument
from core.errors import FolioError
from core.sentences import split_sentences
from evals.datasets.retrieval_sets import read_set
from graph.extract.cooccurrence import RULE as BESIDE
from graph.extract.coreference import resolved
from graph.extract.entities import entities, title_entity
from graph.extract.masking import words_of
from graph.extract.relations import relations
from graph.extract.stated import Stated
from inference.nlp.names import SpacyNames
from inference.nlp.syntax import SpacySyntax
from ingest.parse.kreuzberg_parser import KreuzbergParser

_CORPUS = "corpus.jsonl"
_WORDS_PER_CHUNK = 130


@dataclass(slots=True)
class Reading:
    """What was read of each corpus; `seconds` is the time of the rules alone, without models and entities."""

    found: dict[str, list[tuple[ParsedDocument, Stated]]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0.0
    word_count: int = 0


def documents(folder: Path, *, count: int, random_source: random.Random) -> list[ParsedDocument]:
    """At most `count` documents of a folder, drawn at random; files that cannot be read are left out."""
    if (folder / _CORPUS).is_file():
        passages = list(read_set(folder).passages)
        drawn = random_source.sample(passages, min(count, len(passages)))
        return [ParsedDocument(passage.text, passage.title, "text/markdown") for passage in drawn]
    files = sorted(path for path in folder.rglob("*.*") if path.is_file() and path.name[0] != ".")
    drawn_files = random_source.sample(files, min(count, len(files)))
    return [document for path in drawn_files for document in _parsed(path)]


def _parsed(path: Path) -> Iterator[ParsedDocument]:
    try:
        yield KreuzbergParser(load_settings().ingest).parse(path.read_bytes(), path=path.name)
    except FolioError as error:
        sys.stderr.write(f"left out {path.name}: {type(error).__name__}\n")


def read(corpus: str, parsed: Sequence[ParsedDocument], reading: Reading) -> None:
    """Add what the rules read in these documents."""
    model = load_settings().redaction.nlp_model
    finder, parser = SpacyNames(model), SpacySyntax(model)
    names = finder.names([document.text for document in parsed])
    for document, spans in zip(parsed, names, strict=True):
        sentences, title = split_sentences(document.text), title_entity(document)
        mentions = resolved(
            document.text,
            sentences=sentences,
            mentions=entities(document, sentences=sentences, names=spans, title=title),
            title=title,
        )
        words = words_of(parser, [document.text[one.start : one.end] for one in sentences])
        tokens = dict(zip(sentences, words, strict=True))
        began = time.perf_counter()
        stated = list(
            relations(document, sentences=sentences, mentions=mentions, tokens_of=tokens.__getitem__)
        )
        reading.seconds += time.perf_counter() - began
        reading.word_count += len(document.text.split())
        reading.found[corpus] += [(document, one) for one in stated]


def sample(reading: Reading, *, count: int, is_beside: bool, random_source: random.Random) -> Iterator[str]:
    """Lines of the table: as many relations of each corpus."""
    share = -(-count // max(1, len(reading.found)))
    for corpus, found in reading.found.items():
        fitting = [pair for pair in found if (pair[1].rule == BESIDE) == is_beside]
        for document, one in random_source.sample(fitting, min(share, len(fitting))):
            sentence = " ".join(document.text[one.start : one.end].split())
            ends = (one.subject.name, one.predicate, one.object.name)
            cells = (
                corpus,
                one.rule,
                f"{one.weight:.2f}",
                *(" ".join(end.split()) for end in ends),
                sentence,
            )
            yield "\t".join(cells)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the sample."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=200, help="relations to draw")
    parser.add_argument("--documents", type=int, default=300, help="documents to read of each folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", action="store_true", help="draw pairs that merely stand together")
    options = parser.parse_args(arguments)
    random_source, reading = random.Random(options.seed), Reading()  # noqa: S311 - no secret
    for folder in options.folders:
        drawn = documents(folder, count=options.documents, random_source=random_source)
        read(folder.name, drawn, reading)
    for line in sample(reading, count=options.count, is_beside=options.beside, random_source=random_source):
        sys.stdout.write(line + "\n")
    counts = Counter(one.rule for found in reading.found.values() for _, one in found)
    milliseconds = 1000 * reading.seconds / max(1.0, reading.word_count / _WORDS_PER_CHUNK)
    sys.stderr.write(json.dumps(dict(counts.most_common())) + "\n")
    sys.stderr.write(f"{milliseconds:.2f} ms for {_WORDS_PER_CHUNK} words\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
