"""Wiring of guardrails: the policy, the detector, where blocks are recorded. Opens nothing until something is blocked."""

from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from core.config import Settings
from core.guardrails import Appeals, Verdict
from core.ports import Clock, Embedder
from core.pseudonyms import PseudonymKey
from core.screening import TextScreen
from folio.keys import pseudonym_key
from generation.guardrails.answers import AnswerGuard
from generation.guardrails.pipeline import GuardrailParts, Guardrails
from generation.guardrails.policy import NO_RULES, LoadedPolicy, read_policy
from generation.guardrails.policy_file import FixedPolicy, PolicyFile, PolicySource, policy_bytes, reading
from generation.guardrails.recording import BlockRecorder

_FINGERPRINT = "GUARDED_TEXT"


def create_guardrails(
    settings: Settings,
    *,
    screen: TextScreen,
    embedder: Embedder,
    clock: Clock,
    answer_guard: AnswerGuard | None = None,
    appeals: Callable[[], Awaitable[Appeals]] | None = None,
) -> Guardrails:
    """The guardrails of the settings. Where they are not enabled, answers are still searched for personal data.

    `appeals` opens the store of blocks; it is called when something is blocked, not before.

    Raises:
        SettingsError: The policy file cannot be used.
    """
    recorder = BlockRecorder(_fingerprint(settings), appeals)
    parts = GuardrailParts(screen, embedder, recorder, answer_guard)
    return Guardrails(policy_source(settings, clock), parts)


def policy_source(settings: Settings, clock: Clock) -> PolicySource:
    """Where the policy comes from: nowhere, the packaged file, or one that is read again when it changes.

    Raises:
        SettingsError: The policy file cannot be used.
    """
    if not settings.guardrails.enabled:
        return FixedPolicy(NO_RULES)
    own = settings.guardrails.policy_file
    return PolicyFile(reading(own), clock) if own else FixedPolicy(_packaged())


def load_policy(settings: Settings, *, file: Path | None = None) -> LoadedPolicy:
    """The policy of a file, else of the settings, enabled or not.

    Raises:
        SettingsError: The file cannot be used.
    """
    chosen = file or settings.guardrails.policy_file
    return read_policy(policy_bytes(reading(chosen))) if chosen else _packaged()


async def tried(settings: Settings, text: str, *, language: str = "") -> Verdict:
    """What the policy makes of a question. Nothing is recorded.

    Raises:
        SettingsError: The policy file cannot be used.
        TooLargeError: The text is too long for a question.
    """
    from inference.embed.factory import create_embedder
    from inference.screen.factory import create_screen

    recorder = BlockRecorder(_fingerprint(settings))
    parts = GuardrailParts(create_screen(), create_embedder(settings.embedding), recorder)
    guardrails = Guardrails(FixedPolicy(load_policy(settings)), parts)
    return await guardrails.input(text, settings.principal(), language=language)


def _packaged() -> LoadedPolicy:
    return read_policy(files("generation.guardrails").joinpath("data/policy.toml").read_bytes())


def _fingerprint(settings: Settings) -> Callable[[str, str], str]:
    """Keyed by the tenant, so that nobody without the key can try texts, and equal ones of two tenants differ."""

    @cache
    def key(tenant: str) -> PseudonymKey:
        return pseudonym_key(settings, tenant=tenant)

    return lambda tenant, text: key(tenant).digest(_FINGERPRINT, text)
