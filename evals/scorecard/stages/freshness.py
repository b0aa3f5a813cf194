"""Whether answers follow the documents: files of a real knowledge base are edited, deleted, renamed and restricted, then it is asked.

What counts is what is said after the sync, not how long that took: seconds are a figure that fails nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core import ids
from core.answers import Answer
from core.search import SearchResult
from evals.runs import CaseScores, Part, Stage
from evals.scorecard.spent import Watch
from evals.scorecard.world import World
from folio.knowledge_base import KnowledgeBase

NAME = "changes"
# One part of the plant for each case: documents that differ in a number only would be a trial of ranking.
_MACHINES = (
    "boiler", "furnace", "crane", "turbine", "compressor", "conveyor", "lathe", "pump", "mixer", "kiln", "grinder", "freezer",
    "elevator", "generator", "forklift", "extruder", "centrifuge", "silo", "fermenter", "autoclave", "chiller", "greenhouse",
    "incubator", "hoist",
)  # fmt: skip
_KINDS = ("edit", "delete", "rename", "restrict")
_OLD, _NEW = "amber", "cobalt"
_BYSTANDERS = 12


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens to the file about one machine."""

    kind: str
    machine: str

    @property
    def name(self) -> str:
        """The file's, before."""
        return f"{self.machine}/notes.md"

    @property
    def question(self) -> str:
        """What is asked afterwards."""
        return f"Which colour is the valve of the {self.machine} painted?"

    def text(self, colour: str) -> str:
        """The document."""
        return f"# The {self.machine}\n\nThe valve of the {self.machine} is painted {colour}. It is inspected in spring.\n"

    def begin(self, folder: Path) -> None:
        """Write the document as it is before."""
        (folder / self.machine).mkdir(parents=True)
        (folder / self.name).write_text(self.text(_OLD), encoding="utf-8")

    def happen(self, folder: Path) -> None:
        """Change the file."""
        file = folder / self.name
        if self.kind == "edit":
            file.write_text(self.text(_NEW), encoding="utf-8")
        elif self.kind == "delete":
            file.unlink()
        elif self.kind == "rename":
            file.rename(file.with_name("renamed.md"))
        else:
            file.with_name(".folio.yaml").write_text("tier: restricted\ngroups: [owners]\n", encoding="utf-8")

    def is_stale(self, said: str, paths: Sequence[str]) -> bool:
        """Whether what came back is from before: the old words, or for a renamed file the old path."""
        if self.kind == "rename":
            return self.name in paths
        return _OLD in said and any(path.startswith(f"{self.machine}/") for path in paths)


async def measure(world: World) -> list[Part]:
    """One part."""
    every = planned(len(_MACHINES) // len(_KINDS))
    changes = every[: 2 * len(_KINDS)] if world.options.is_quick else every
    settings = world.settings("freshness", {"ingest": {"settle_s": 0.0}})
    folder = settings.home.parent / "changing"
    for change in changes:
        change.begin(folder)
    _bystanders(folder)
    async with KnowledgeBase(settings, make=world.make) as kb:
        await kb.ingest([folder])
        before = [await _asked(kb, change) for change in changes]
        for change in changes:
            change.happen(folder)
        watch = Watch()
        await kb.ingest([folder])
        synced = watch.stop()
        rows = [
            _scored(change, known, await _asked(kb, change))
            for change, known in zip(changes, before, strict=True)
        ]
    return [Part(Stage.FRESHNESS, NAME, _version(every), tuple(rows), {"sync_s": synced.wall_s})]


def planned(count: int) -> list[Change]:
    """So many changes of each kind."""
    return [
        Change(kind, _MACHINES[number * len(_KINDS) + place])
        for number in range(count)
        for place, kind in enumerate(_KINDS)
    ]


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a question brought: an answer and the passages of a search."""

    answer: Answer
    found: SearchResult

    @property
    def said(self) -> str:
        """All words that came back."""
        quotes = [one.quote for one in self.answer.citations]
        return "\n".join([self.answer.text, *quotes, *self.passages])

    @property
    def passages(self) -> list[str]:
        """The texts that were found."""
        return [hit.text for hit in self.found.hits]

    @property
    def paths(self) -> list[str]:
        """Where they are from."""
        return [*(one.path for one in self.answer.citations), *(hit.path for hit in self.found.hits)]


async def _asked(kb: KnowledgeBase, change: Change) -> _Reply:
    return _Reply(
        await kb.answer(change.question), await kb.search(f"valve of the {change.machine}", limit=3)
    )


def _scored(change: Change, before: _Reply, after: _Reply) -> CaseScores:
    """`followed`: the old state was answered before, and the new one is now, or nothing where nothing may be said."""
    own = _own(after, change)
    stale = change.is_stale(own, after.paths)
    wanted = {"edit": _NEW, "rename": _OLD}.get(change.kind)
    right = wanted in after.answer.text if wanted else change.machine not in own
    known = _OLD in before.answer.text
    scores = {"stale": float(stale), "followed": float(known and right)}
    return CaseScores(f"{change.kind}-{change.machine}", scores, (f"change:{change.kind}",))


def _own(reply: _Reply, change: Change) -> str:
    """What came back from the file about the machine: those of others have the same colour."""
    parts = [one.quote for one in reply.answer.citations if one.path.startswith(f"{change.machine}/")]
    parts += [hit.text for hit in reply.found.hits if hit.path.startswith(f"{change.machine}/")]
    return "\n".join(parts)


def _bystanders(folder: Path) -> None:
    for number in range(_BYSTANDERS):
        text = (
            f"# Hall {number}\n\nThe floor of hall {number} is cleaned on day {number + 1} of each month.\n"
        )
        (folder / f"hall-{number}.md").write_text(text, encoding="utf-8")


def _version(changes: Sequence[Change]) -> str:
    return ids.fingerprint({"changes": [[one.kind, one.machine, one.text(_OLD)] for one in changes]})
