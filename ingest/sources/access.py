"""Access labels: who may read a document, as the files themselves say it.

The nearest word counts, for tier and groups separately: the document's own (front matter, JSONL metadata), then the first
matching rule and then the folder-wide label of each `.folio.yaml` from the document's folder upwards, then the settings.
Whatever cannot be understood is an error, never a weaker label.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from core.access import AccessLabel, Tier
from core.errors import UnreadableFileError
from ingest.sources.globs import matches

RULES_FILE = ".folio.yaml"

_FRONT_MATTER_SUFFIXES = {".md", ".markdown"}
_OPENING = rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n"
_FRONT_MATTER = re.compile(_OPENING + rb"(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_UNCLOSED = re.compile(_OPENING + rb"((?:[^\r\n]+\r?\n?)*)")
_LABEL_KEY = re.compile(rb"^[ \t\"']*(tier|groups)[ \t\"']*:", re.MULTILINE | re.IGNORECASE)


class AccessLabelError(UnreadableFileError):
    """Who may read a document cannot be told. It must not be searchable under any label."""


@dataclass(frozen=True, slots=True)
class StatedLabel:
    """What one place says about access; None where it says nothing."""

    tier: Tier | None = None
    groups: frozenset[str] | None = None

    def over(self, weaker: "StatedLabel") -> "StatedLabel":
        """This label, with what it leaves open taken from another."""
        return StatedLabel(
            self.tier if self.tier is not None else weaker.tier,
            self.groups if self.groups is not None else weaker.groups,
        )

    def on(self, label: AccessLabel) -> AccessLabel:
        """This label, with what it leaves open taken from a complete one."""
        return AccessLabel(
            label.tenant,
            self.tier if self.tier is not None else label.tier,
            self.groups if self.groups is not None else label.groups,
        )


@dataclass(frozen=True, slots=True)
class _FolderRules:
    rules: tuple[tuple[str, StatedLabel], ...] = ()
    whole: StatedLabel = StatedLabel()

    def stated(self, path: str) -> StatedLabel:
        first = next((label for pattern, label in self.rules if matches(path, pattern)), StatedLabel())
        return first.over(self.whole)


class FolderLabels:
    """The labels of the files below a folder. Each `.folio.yaml` is read once."""

    def __init__(self, read: Callable[[str], bytes], *, place: str, default: AccessLabel) -> None:
        """`read` gives the bytes at a relative path and raises FileNotFoundError, or another OSError; `place` is for messages."""
        self._read = read
        self._place = place
        self._default = default
        self._rules: dict[str, _FolderRules | AccessLabelError] = {}

    @classmethod
    def below(cls, root: Path, *, default: AccessLabel) -> "FolderLabels":
        """Of a folder on this machine."""
        return cls(lambda path: (root / path).read_bytes(), place=str(root), default=default)

    def of(self, path: str) -> AccessLabel:
        """The label of the file at a relative path, as far as its folders state it.

        Raises:
            AccessLabelError: A `.folio.yaml` between the file and the root cannot be understood.
        """
        label = StatedLabel()
        for folder in PurePosixPath(path).parents:
            inside = PurePosixPath(path).relative_to(folder)
            label = label.over(self._of_folder(str(folder)).stated(str(inside)))
        return label.on(self._default)

    def _of_folder(self, folder: str) -> _FolderRules:
        if folder not in self._rules:
            self._rules[folder] = self._load(str(PurePosixPath(folder, RULES_FILE)))
        rules = self._rules[folder]
        if isinstance(rules, AccessLabelError):
            # A new object each time: raising one error twice would pile up tracebacks.
            raise AccessLabelError(rules.detail)
        return rules

    def _load(self, file: str) -> "_FolderRules | AccessLabelError":
        where = f"{self._place}/{file}"
        try:
            return _parsed(yaml.safe_load(self._read(file)), where=RULES_FILE)
        except FileNotFoundError:
            return _FolderRules()
        except AccessLabelError as error:
            return AccessLabelError(f"access rules in {where} cannot be used: {error.detail}")
        except (OSError, yaml.YAMLError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not valid YAML"
            return AccessLabelError(f"access rules in {where} cannot be used: {why}")


def with_front_matter(label: AccessLabel, *, path: str, data: bytes) -> AccessLabel:
    """The label of a file whose bytes are known: Markdown front matter overrides its folder.

    Raises:
        AccessLabelError: The front matter names a tier or groups and cannot be understood.
    """
    if not has_front_matter(path):
        return label
    block = _FRONT_MATTER.match(data)
    if block:
        return _header_label(block[1]).on(label)
    unclosed = _UNCLOSED.match(data)
    if unclosed and _LABEL_KEY.search(unclosed[1]):
        raise AccessLabelError("its front matter names an access label and has no closing '---' line")
    return label


def has_front_matter(path: str) -> bool:
    """Whether files of this name may begin with front matter."""
    return PurePosixPath(path).suffix.lower() in _FRONT_MATTER_SUFFIXES


def stated_by(header: dict[Any, Any], *, where: str) -> StatedLabel:
    """The label in the keys `tier` and `groups` of a mapping.

    Raises:
        AccessLabelError: The tier does not exist, or the groups are not names.
    """
    return StatedLabel(_tier(header.get("tier"), where=where), _groups(header.get("groups"), where=where))


def _header_label(block: bytes) -> StatedLabel:
    try:
        header = yaml.safe_load(block)
    except (yaml.YAMLError, ValueError) as error:
        if not _LABEL_KEY.search(block):
            return StatedLabel()
        raise AccessLabelError("its front matter names an access label and is not valid YAML") from error
    return stated_by(header, where="its front matter") if isinstance(header, dict) else StatedLabel()


def _parsed(content: Any, *, where: str) -> _FolderRules:
    if content is None:
        return _FolderRules()
    _check_keys(content, known={"tier", "groups", "rules"}, where=where)
    rows = content.get("rules") or []
    if not isinstance(rows, list):
        raise AccessLabelError("'rules' must be a list")
    return _FolderRules(tuple(_rule(row) for row in rows), stated_by(content, where=where))


def _rule(row: Any) -> tuple[str, StatedLabel]:
    _check_keys(row, known={"match", "tier", "groups"}, where="a rule")
    pattern = row.get("match")
    if not isinstance(pattern, str) or not pattern.strip("/"):
        raise AccessLabelError("a rule needs 'match', a glob such as people/*.docx")
    return pattern, stated_by(row, where=f"the rule for {pattern}")


def _check_keys(content: Any, *, known: set[str], where: str) -> None:
    if not isinstance(content, dict):
        raise AccessLabelError(f"{where} must be a mapping with {', '.join(sorted(known))}")
    unknown = sorted(str(key) for key in content if key not in known)
    if unknown:
        raise AccessLabelError(f"{where} has unknown keys: {', '.join(map(_shown, unknown))}")


def _shown(word: str) -> str:
    """What somebody wrote, if it is a plain word: a mistake may be anything, a name too, and the reason is kept."""
    return word if re.fullmatch(r"[a-z_-]{1,16}", word) else "(not shown)"


def _tier(value: Any, *, where: str) -> Tier | None:
    if value is None:
        return None
    try:
        return Tier.parse(str(value))
    except ValueError:
        known = ", ".join(tier.label for tier in Tier)
        raise AccessLabelError(
            f"{where}: unknown access tier '{_shown(str(value))}': use one of {known}"
        ) from None


def _groups(value: Any, *, where: str) -> frozenset[str] | None:
    if value is None:
        return None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise AccessLabelError(f"{where}: groups must be a list of names")
    return frozenset(name.strip() for name in names)
