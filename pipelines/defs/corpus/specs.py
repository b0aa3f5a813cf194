"""The six assets as lineage: what each one is, what it is made of, and who answers for it."""

import dagster as dg

GROUP = "corpus"
INDEX = "vector_index"
OWNERS = ["team:knowledge-base"]

# On every run whose sync went through, whatever the checks said of it then.
SYNCED_TAG = "folio/synced"
# On every run that changed nothing, because it was a dry run.
DRY_RUN_TAG = "folio/dry_run"
# On every run of one source that its schedule asked for: the source.
SOURCE_TAG = "folio/source"

_STAGES: list[tuple[str, set[str], str]] = [
    (
        "source_manifest",
        {"python", "file"},
        "The files of every source, compared with the catalog: added, modified, moved, deleted, unchanged, failed.",
    ),
    (
        "parsed",
        {"python", "kreuzberg"},
        "The text of each file as Markdown with its headings, tables and page breaks. In memory only.",
    ),
    (
        "redacted",
        {"python", "presidio"},
        "The text without personal data. The first form of a document that is written down.",
    ),
    (
        "chunks",
        {"python", "llamaindex"},
        "Passages cut along the structure of the document; their offsets point into the redacted text.",
    ),
    ("embeddings", {"python", "onnx"}, "One dense vector and one BM25 vector per chunk."),
    (
        INDEX,
        {"python", "qdrant"},
        "The searchable points. A document's new version replaces the old one without a gap.",
    ),
]

NAMES = [name for name, _, _ in _STAGES]


def corpus_specs() -> list[dg.AssetSpec]:
    """The specs in the order of the stages, each one depending on the one before.

    All are skippable: a dry run materialises none of them. The condition does nothing while its sensor is off.
    """
    return [
        dg.AssetSpec(
            name,
            deps=[NAMES[position - 1]] if position else [],
            group_name=GROUP,
            kinds=kinds,
            owners=OWNERS,
            description=description,
            skippable=True,
            automation_condition=dg.AutomationCondition.on_missing(),
        )
        for position, (name, kinds, description) in enumerate(_STAGES)
    ]


def corpus_checks() -> list[dg.AssetCheckSpec]:
    """The checks that every sync evaluates."""
    return [
        dg.AssetCheckSpec(
            "every_file_indexed",
            asset=INDEX,
            description="No file was left out because it could not be read or indexed.",
        ),
    ]
