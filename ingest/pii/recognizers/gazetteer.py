"""Names that people have, and words that are mostly something else. Origin and licences: ingest/pii/data/README.md."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from core.ordinary_words import ordinary_words

# Names of people that more often name something else in a company's documents.
_PLACES = (
    "america asia africa europe france germany china india israel ireland kenya cuba burma argentina holland jordan chad "
    "georgia georgian carolina virginia florida texas montana arizona nevada indiana dakota alabama missouri tennessee "
    "louisiana maryland alberta columbia washington london paris rome berlin milan venice geneva basel vienna boston "
    "brooklyn houston dallas austin denver atlanta phoenix cleveland columbus lincoln madison richmond raleigh melbourne "
    "sydney adelaide valencia alexandria santiago salvador bristol york kent devon chester lancaster hamilton wellington "
    "francisco diego angeles santa san saint hong kong rico bernardino monte crete nile brazil mexico canada bolivia "
    "quebec ontario perth orlando memphis savannah troy ithaca odessa lima havana manila delhi"
)
_PEOPLES = (
    "french german roman irish danish muslim christian baptist sunni nazi arab gregorian slovak lombard english swedish "
    "finnish polish czech dutch spanish italian russian greek turkish chinese japanese indian american british"
)
_DAYS = (
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday easter jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun"
)
_RANKS = "queen duke earl pope king prince princess baron marquis jesus christ god allah buddha lord apollo mars venus"
_PRODUCTS = (
    "alexa siri cortana claude gemini kafka jenkins travis maven django hudson selenium sentry apache oracle java python "
    "jira grafana tesla dell ford mercedes marvel mac macs raf fe na vi nova sierra trinity ms word excel"
)
_ELSEWHERE = frozenset(" ".join((_PLACES, _PEOPLES, _DAYS, _RANKS, _PRODUCTS)).split())


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Given names, family names, and words that are common in lower case; all in lower case."""

    given: frozenset[str]
    family: frozenset[str]
    ordinary: frozenset[str]

    def is_given(self, word: str) -> bool:
        """Whether somebody is called so, whatever else the word means."""
        return all(part in self.given for part in word.lower().split("-"))

    def is_family(self, word: str) -> bool:
        """Whether it is a family name, whatever else the word means."""
        return all(part in self.family for part in word.lower().split("-"))

    def is_ordinary(self, word: str) -> bool:
        """Whether the word alone says nothing about a person."""
        low = word.lower()
        return len(low) < 3 or low in self.ordinary or low in _ELSEWHERE

    def means_person(self, word: str) -> bool:
        """Whether the word alone is enough to suspect a person: a given name that is little else."""
        return self.is_given(word) and not self.is_ordinary(word)


@cache
def load_gazetteer() -> Gazetteer:
    """The lists of the package."""
    return Gazetteer(_words("given_names.txt"), _words("family_names.txt"), ordinary_words())


def _words(name: str) -> frozenset[str]:
    text = resources.files("ingest.pii").joinpath("data", name).read_text(encoding="utf-8")
    return frozenset(text.split())
