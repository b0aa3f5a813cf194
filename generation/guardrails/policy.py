"""The policy of guardrails: rules as a TOML file says them, typed and bounded. Pure.

Whoever writes the file needs no pattern language: phrases are words, and `*` in a word stands for any letters. So no file can
make a text take long to look at.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from core.errors import SettingsError
from core.guardrails import Action, Family, Point

MAX_POLICY_BYTES = 1_000_000
MAX_TEXT_CHARS = 500

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
_Example = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=MAX_TEXT_CHARS)]
_WITHOUT_A_PLACE = (
    "applies to a text as a whole, so there is nothing to take out of it: use block, rewrite or shadow"
)

_Some = TypeVar("_Some", bound="RuleBase")


class RuleBase(BaseModel):
    """What all rules have. A rule is named in logs, counts and appeals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name
    points: tuple[Point, ...] = Field(min_length=1, max_length=3)
    action: Action = Action.SHADOW
    text: str = Field("", max_length=MAX_TEXT_CHARS, description="what `rewrite` puts in place")
    reason: str = Field("", max_length=MAX_TEXT_CHARS, description="what a user who is refused is told")

    @property
    def family(self) -> Family:
        """What the rule is about."""
        return Family(self.kind)  # type: ignore[attr-defined]  # every rule has one; pydantic tells them apart by it

    @model_validator(mode="after")
    def _text_to_rewrite_with(self) -> "RuleBase":
        if (self.action is Action.REWRITE) != bool(self.text):
            raise ValueError("`text` is needed for the action rewrite, and for no other")
        return self


class LengthRule(RuleBase):
    """Applies to a text that is longer. A question of more than 2,000 characters is refused anyway."""

    kind: Literal["length"] = "length"
    points: tuple[Literal[Point.INPUT, Point.OUTPUT], ...] = Field((Point.INPUT,), min_length=1, max_length=2)
    max_chars: int = Field(2000, ge=1, le=1_000_000)
    max_words: int = Field(400, ge=1, le=200_000)

    @model_validator(mode="after")
    def _no_place(self) -> "LengthRule":
        return _without_redaction(self)


class InjectionRule(RuleBase):
    """Applies to what the detector gives at least this score: in a question the whole, in a passage each sentence."""

    kind: Literal["injection"] = "injection"
    points: tuple[Literal[Point.INPUT, Point.PASSAGES], ...] = Field(
        (Point.INPUT,), min_length=1, max_length=2
    )
    threshold: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _passages_are_not_rewritten(self) -> "InjectionRule":
        if Point.PASSAGES in self.points and self.action is Action.REWRITE:
            raise ValueError("passages are quoted word for word: use redact, block or shadow for them")
        return self


class TopicRule(RuleBase):
    """Applies to a text with one of the phrases, or that means what an example says; `unless` are exceptions.

    `only` turns it round: it applies to a text with none of them. `examples` are compared by the embedding model, in the
    time of `timeout_s`; if that does not do, `on_timeout` says whether the rule applies.
    """

    kind: Literal["topic"] = "topic"
    points: tuple[Literal[Point.INPUT, Point.OUTPUT], ...] = Field((Point.INPUT,), min_length=1, max_length=2)
    phrases: tuple[Phrase, ...] = Field((), max_length=1000)
    unless: tuple[Phrase, ...] = Field((), max_length=1000)
    only: bool = False
    languages: tuple[_Language, ...] = Field((), max_length=50, description="empty: all")
    examples: tuple[_Example, ...] = Field((), max_length=200)
    min_cosine: float = Field(0.6, ge=0.1, le=1)
    timeout_s: float = Field(1.0, gt=0, le=60)
    on_timeout: Literal["pass", "block"] = "pass"

    @model_validator(mode="after")
    def _something_to_look_for(self) -> "TopicRule":
        if not self.phrases and not self.examples:
            raise ValueError("a topic needs phrases or examples")
        many = next((one for one in (*self.phrases, *self.unless) if _has_wild_word(one)), None)
        if many is not None:
            raise ValueError("a word of a phrase may have at most two `*`")
        return _without_redaction(self) if self.only or self.examples else self


class SecretsRule(RuleBase):
    """Applies to keys and tokens of services that stand in a question: private keys, access keys, bearer tokens."""

    kind: Literal["secrets"] = "secrets"
    points: tuple[Literal[Point.INPUT], ...] = Field((Point.INPUT,), min_length=1, max_length=1)


class FormatRule(RuleBase):
    """Applies to addresses, Markdown links and pictures, and HTML in an answer that none of its citations has."""

    kind: Literal["format"] = "format"
    points: tuple[Literal[Point.OUTPUT], ...] = Field((Point.OUTPUT,), min_length=1, max_length=1)


class CitationRule(RuleBase):
    """Applies to sentences of an answer without a citation, or whose citation is not there or quotes nothing."""

    kind: Literal["citations"] = "citations"
    points: tuple[Literal[Point.OUTPUT], ...] = Field((Point.OUTPUT,), min_length=1, max_length=1)

    @model_validator(mode="after")
    def _nothing_uncited_instead(self) -> "CitationRule":
        if self.action is Action.REWRITE:
            raise ValueError("another text would have no citation either: use redact or block")
        return self


Rule = Annotated[
    LengthRule | InjectionRule | TopicRule | SecretsRule | FormatRule | CitationRule,
    Field(discriminator="kind"),
]


class Policy(BaseModel):
    """All rules, in the order of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[Rule, ...] = Field((), max_length=500)

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Policy":
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise ValueError("two rules have one name")
        return self

    def at(self, point: Point) -> tuple[Rule, ...]:
        """Those that are applied at a point."""
        return tuple(rule for rule in self.rules if point in rule.points and rule.action is not Action.PASS)


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy and the SHA-256 of the file that says it (64 hex digits)."""

    policy: Policy
    digest: str


NO_RULES = LoadedPolicy(Policy(), "")
"""Where guardrails are not enabled."""


def read_policy(data: bytes) -> LoadedPolicy:
    """The policy that a file says.

    Raises:
        SettingsError: It is no policy. The message lists what is wrong and where, without the values.
    """
    if len(data) > MAX_POLICY_BYTES:
        raise SettingsError(f"the policy has more than {MAX_POLICY_BYTES:,} bytes: fewer phrases must do")
    try:
        policy = Policy.model_validate_json(_as_json(data))
    except ValidationError as error:
        rows = error.errors(include_input=False, include_url=False)
        told = "; ".join(f"{'.'.join(map(str, row['loc'])) or 'policy'}: {row['msg']}" for row in rows[:20])
        raise SettingsError(f"the policy cannot be used: {told}") from None
    return LoadedPolicy(policy, hashlib.sha256(data).hexdigest())


def _as_json(data: bytes) -> bytes:
    """TOML as JSON: only from JSON does a strict model take a list for a tuple and a name for its choice."""
    from pydantic_core import to_json

    try:
        return to_json(tomllib.loads(data.decode("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        # What TOML's parser says may quote the file.
        raise SettingsError("the policy is not TOML in UTF-8: check quotes and brackets") from None


def _has_wild_word(phrase: str) -> bool:
    return any(word.count("*") > 2 for word in phrase.split())


def _without_redaction(rule: _Some) -> _Some:
    if rule.action is Action.REDACT:
        raise ValueError(f"the rule {_WITHOUT_A_PLACE}")
    return rule
