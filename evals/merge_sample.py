"""Names that are taken for one thing, drawn at random to be judged by a person.

python -m evals.merge_sample FOLDER... [--count 100] [--documents 2000] [--seed 1]

A folder is a retrieval set (`corpus.jsonl`) or any tree of documents. Prints a table separated by tabs: rule, score, whether the
two became one, key and kind of both, and a sentence that names each; then, on stderr, how many merges each rule made.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.access import AccessLabel, Principal
from core.config import load_settings
from core.documents import Chunk, ParsedDocument
from core.graph import DocumentEvidence, Merge
from core.graph_ports import GraphExtractor
from evals.relation_sample import documents
from folio.assembly import create_graph_extractor
from graph.view import GraphView
from graph.visible import VisibleGraph

_SHOWN_CHARS = 120


def read(parsed: Sequence[ParsedDocument], extractor: GraphExtractor) -> Iterator[DocumentEvidence]:
    """The evidence of documents, each of which is one chunk."""
    for number, document in enumerate(parsed):
        text = document.text
        chunk = Chunk(0, text, 0, len(text), "", None, 0, len(text), text, 0)
        rows = extractor.extract(document, chunks=[chunk], names=None).rows
        yield DocumentEvidence(str(number), 1, AccessLabel(), extractor=extractor.fingerprint, rows=rows)


def sampled(merges: Sequence[Merge], *, count: int, random_source: random.Random) -> list[Merge]:
    """So many merges, of each rule as near as can be the same number; those of rare rules all."""
    by_rule: dict[str, list[Merge]] = defaultdict(list)
    for merge in merges:
        by_rule[merge.reason].append(merge)
    left, found = count, []
    for done, rule in enumerate(sorted(by_rule, key=lambda rule: len(by_rule[rule]))):
        share = min(left // (len(by_rule) - done), len(by_rule[rule]))
        found += random_source.sample(by_rule[rule], share)
        left -= share
    return sorted(found, key=lambda merge: (merge.reason, merge.left, merge.right))


def row(merge: Merge, visible: VisibleGraph, parsed: Sequence[ParsedDocument]) -> str:
    """What a person needs to judge a merge."""
    joined = "one" if merge.right in visible.cluster(merge.left) else "two"
    ends = [(key, visible.kind(key) or "", said(key, visible, parsed)) for key in (merge.left, merge.right)]
    cells = [merge.reason, f"{merge.score:.2f}", joined, *(cell for end in ends for cell in end)]
    return "\t".join(" ".join(str(cell).split()) for cell in cells)


def said(key: str, visible: VisibleGraph, parsed: Sequence[ParsedDocument]) -> str:
    """The words around the first place that names a key."""
    for doc_id, rows in sorted(visible.view.rows_of(key).items()):
        text, start = parsed[int(doc_id)].text, min(row.start for row in rows)
        return text[max(0, start - _SHOWN_CHARS // 2) : start + _SHOWN_CHARS // 2]
    return ""


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    random_source = random.Random(given.seed)  # noqa: S311 - a sample, not a secret
    drawn = [documents(one, count=given.documents, random_source=random_source) for one in given.folders]
    parsed = [document for one in drawn for document in one]
    extractor = create_graph_extractor(load_settings())
    if extractor is None:
        sys.exit("the graph is not enabled: FOLIO_GRAPH__ENABLED=true")
    view = GraphView("default")
    view.apply(read(parsed, extractor))
    visible = VisibleGraph(view, Principal())
    merges = visible.merges()
    sys.stdout.writelines(
        row(merge, visible, parsed) + "\n"
        for merge in sampled(merges, count=given.count, random_source=random_source)
    )
    counts = Counter(merge.reason for merge in merges)
    sys.stderr.write(f"{len(parsed)} documents, {len(view.graph)} keys, merges by rule: {dict(counts)}\n")


if __name__ == "__main__":
    main()
