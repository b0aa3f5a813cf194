"""The third checkpoint: passages that were indexed under a weaker policy than the one in effect now."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache
from itertools import accumulate

from core.documents import ParsedDocument
from core.offsets import Edit, OffsetMap
from core.policies import at_least
from core.ports import Redactor
from core.pseudonyms import Mention, MentionField
from core.search import Hit

_OFF = "off"
_MOST_KEPT = 2048
VeiledPath = Callable[[str, str, str], str]
"""The path of a file without personal data, given policy, tenant and path."""
_WORDS = re.compile(r"\s+|\S+")
_MEDIA_TYPE = "text/markdown"


@dataclass(frozen=True, slots=True)
class Policies:
    """What was decided about redaction, as far as settings say it.

    `declared` has the policy of every source in the settings, None where it has none for itself. Sources that only the catalog
    knows say theirs in their points: it is as old as these, so a change of it counts from the next sync on.
    """

    settings: str
    declared: Mapping[str, str | None]

    def of(self, hit: Hit) -> str:
        """The policy in effect for the source of a hit."""
        return self.declared.get(hit.source_id, hit.policy) or self.settings


class CheckedHits:
    """Implements HitPrivacy. Redactors and their models are loaded by the first hit that needs one."""

    def __init__(
        self,
        policies: Policies,
        *,
        redactor: Callable[[str, str], Redactor],
        veiled: VeiledPath | None = None,
    ) -> None:
        """`redactor` makes the one of a policy and a tenant; it is called once for each pair. None `veiled`: paths stay."""
        self._policies = policies
        self._veiled = veiled or _as_it_is
        self._redactor = cache(redactor)
        self._fingerprint = cache(lambda policy, tenant: self._redactor(policy, tenant).fingerprint)
        self._kept: OrderedDict[tuple[str, int, int, int, str], Hit] = OrderedDict()

    async def checked(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits; text, title, heading and path of those that went through a weaker redactor are redacted now."""
        return [hit if self._is_current(hit) else await self._redacted(hit) for hit in hits]

    def _is_current(self, hit: Hit) -> bool:
        policy = self._policies.of(hit)
        if policy == _OFF:
            return True
        return any(hit.redaction == self._fingerprint(name, hit.tenant) for name in at_least(policy))

    async def _redacted(self, hit: Hit) -> Hit:
        policy = self._policies.of(hit)
        redactor = self._redactor(policy, hit.tenant)
        key = (hit.doc_id, hit.version, hit.start, hit.end, redactor.fingerprint)
        clean = self._kept.get(key)
        if clean is None:
            clean = await asyncio.to_thread(self._clean, hit, policy)
            self._keep(key, clean)
        return replace(clean, score=hit.score)

    def _clean(self, hit: Hit, policy: str) -> Hit:
        path = self._veiled(policy, hit.tenant, hit.path)
        # The id of a line of a corpus is its path.
        external_id = None if hit.external_id is None else path
        clean = redacted_hit(hit, self._redactor(policy, hit.tenant))
        return replace(clean, path=path, external_id=external_id)

    def _keep(self, key: tuple[str, int, int, int, str], hit: Hit) -> None:
        self._kept[key] = hit
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)


def _as_it_is(_policy: str, _tenant: str, path: str) -> str:
    return path


def redacted_hit(hit: Hit, redactor: Redactor) -> Hit:
    """The hit without what the redactor finds, with the way from its text to the stored one. Blocking."""
    found = redactor.redact(ParsedDocument(hit.text, hit.title, _MEDIA_TYPE))
    clean = found.document
    heading = (
        redactor.redact(ParsedDocument(hit.heading, "", _MEDIA_TYPE)).document.text if hit.heading else ""
    )
    return replace(
        hit,
        text=clean.text,
        title=clean.title,
        heading=heading,
        redaction=redactor.fingerprint,
        offsets=OffsetMap(edits_between(clean.text, hit.text, found.mentions)),
    )


def edits_between(clean: str, stored: str, mentions: Sequence[Mention]) -> list[Edit]:
    """What was put in place of what. Values without a mention, such as secrets, are found by what differs between mentions."""
    edits: list[Edit] = []
    at = other_at = 0
    end = Edit(len(clean), len(clean), len(stored), len(stored))
    known = [
        Edit(one.start, one.end, one.original_start, one.original_end)
        for one in sorted(mentions, key=lambda one: one.start)
        if one.where is MentionField.TEXT
    ]
    for edit in (*known, end):
        between = clean[at : edit.start], stored[other_at : edit.other_start]
        edits += _differing(*between, at=at, other_at=other_at)
        edits.append(edit)
        at, other_at = edit.end, edit.other_end
    return edits[:-1]


def _differing(clean: str, stored: str, *, at: int, other_at: int) -> list[Edit]:
    """One edit for each run of words that differ."""
    if clean == stored:
        return []
    words, others = _WORDS.findall(clean), _WORDS.findall(stored)
    places = list(accumulate(map(len, words), initial=at))
    other_places = list(accumulate(map(len, others), initial=other_at))
    steps = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    return [
        Edit(places[first], places[end], other_places[other_first], other_places[other_end])
        for kind, first, end, other_first, other_end in steps
        if kind != "equal"
    ]
