"""Small retrieval sets on disk, for the measurements' own tests."""

from pathlib import Path

import orjson

TOPICS = ("pump", "valve", "sensor", "motor", "filter", "gasket")


def write_retrieval_set(folder: Path) -> Path:
    """Six documents, each about one thing, and a question for each."""
    folder.mkdir(parents=True)
    corpus = [
        {
            "id": name,
            "title": f"The {name}",
            "text": f"How to service the {name}. Check the {name} every year.",
        }
        for name in TOPICS
    ]
    questions = [{"id": f"q-{name}", "text": f"How often is the {name} checked?"} for name in TOPICS]
    (folder / "corpus.jsonl").write_bytes(b"\n".join(map(orjson.dumps, corpus)))
    (folder / "queries.jsonl").write_bytes(b"\n".join(map(orjson.dumps, questions)))
    lines = [f"q-{name}\t{name}\t1" for name in TOPICS]
    (folder / "qrels.tsv").write_text("\n".join(["query\tdoc\tgrade", *lines]))
    return folder
