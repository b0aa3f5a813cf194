"""The checkpoints on the way of a question: its text, the passages that are read, the answer. Loads no language model.

Where no policy that the settings name takes anything out, there are no checkpoints, and none costs anything.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from core.config import Settings
from core.normal_forms import PERSON, normal_form
from core.ports import Redactor
from core.privacy_ports import PseudonymReader
from core.pseudonyms import PseudonymKey
from folio.keys import pseudonym_key
from folio.sources import declared_sources
from generation.guardrails.answers import AnswerGuard
from generation.guardrails.finders import ValueFinder
from ingest.pii.policy import DENIED, policy_of
from retrieval.hit_privacy import CheckedHits, Policies, VeiledPath
from retrieval.query.privacy import PseudonymousQueries

if TYPE_CHECKING:
    from ingest.veils import Veils

CreateRedactor = Callable[[str, str], Redactor]
"""The redactor of a policy for a tenant."""

_OFF = "off"
_SECRET = "SECRET"  # noqa: S105 - the name of a type
# Types whose values are words and nothing else: any run of words may be one.
_PHRASES = (PERSON, "ORGANIZATION", "LOCATION", "NRP", DENIED)


def create_query_privacy(
    settings: Settings, pseudonyms: PseudonymReader, *, redactor: CreateRedactor
) -> PseudonymousQueries | None:
    """The checkpoint of queries; None where nothing is taken out.

    Where the embedding model is a server's, what no index knows is taken out too, by the detection that documents go through:
    the text leaves this machine.
    """
    strictest = strictest_policy(settings)
    if strictest is None:
        return None
    leaves = settings.embedding.provider == "openai"
    return PseudonymousQueries(
        pseudonyms,
        key=lambda tenant: pseudonym_key(settings, tenant=tenant),
        entities=_entities(settings),
        phrases=_PHRASES,
        redactor=partial(redactor, strictest) if leaves else None,
    )


def strictest_policy(settings: Settings) -> str | None:
    """The policy for texts that are no document's: the settings' own, else one of a source; None where nothing is taken out."""
    own = settings.redaction.policy
    return own if own != _OFF else min(_policies(settings) - {_OFF}, default=None)


def create_hit_privacy(settings: Settings, *, redactor: CreateRedactor) -> CheckedHits | None:
    """The checkpoint of passages; None where nothing is taken out."""
    if _policies(settings) == {_OFF}:
        return None
    declared = {source.source_id: source.options.redaction for source in declared_sources(settings)}
    policies = Policies(settings.redaction.policy, declared)
    return CheckedHits(policies, redactor=redactor, veiled=_veiled_paths(settings))


def create_answer_guard(settings: Settings) -> AnswerGuard | None:
    """The checkpoint of answers; None where nothing is taken out."""
    if _policies(settings) == {_OFF}:
        return None
    key = cache(lambda: pseudonym_key(settings))
    finder = ValueFinder(_entities(settings), allow=settings.redaction.allow)
    return AnswerGuard(finder, instead=lambda entity, value: _instead(key(), entity, value))


def _veiled_paths(settings: Settings) -> VeiledPath:
    # Here: only a passage from before a policy needs the lists of names.
    @cache
    def veils() -> "Veils":
        from folio.veils import create_veils

        return create_veils(settings)

    def veiled(policy: str, tenant: str, path: str) -> str:
        veil = veils().under(policy, tenant=tenant)
        return veil.path(path) if veil else path

    return veiled


def _policies(settings: Settings) -> set[str]:
    own = {source.options.redaction for source in declared_sources(settings)}
    return {settings.redaction.policy, *(policy for policy in own if policy)}


def _entities(settings: Settings) -> frozenset[str]:
    """All types that one of the policies takes out."""
    redaction = settings.redaction
    policies = [redaction.model_copy(update={"policy": name}) for name in _policies(settings) - {_OFF}]
    found = {entity for one in policies for entity in policy_of(one).entities}
    return frozenset(found | {DENIED} if redaction.deny else found)


def _instead(key: PseudonymKey, entity: str, value: str) -> str:
    """The token that the value has in the index; of secrets nothing is kept."""
    return f"<{entity}>" if entity == _SECRET else key.token(entity, normal_form(entity, value))
