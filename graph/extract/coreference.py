"""What stands for a name inside of a document becomes a mention of it. Pure."""

from collections.abc import Sequence

from core.graph import ALSO_KNOWN_AS, EntityKind
from core.sentences import Sentence
from graph.extract.mentions import Named
from graph.extract.pronouns import with_pronouns
from graph.extract.short_names import with_full_names
from graph.extract.stated import Stated

_INTRODUCED = 0.8
# What a sentence begins with, or an article before it.
_MAX_LEAD_CHARS = 5


def resolved(
    text: str,
    *,
    sentences: Sequence[Sentence],
    mentions: Sequence[Named],
    title: Named | None,
    reads_pronouns: bool = True,
) -> list[Named]:
    """The mentions by place: short names as those of the full one, pronouns among them where `reads_pronouns` (English)."""
    whole = with_full_names(text, mentions)
    return with_pronouns(text, sentences, whole, title) if reads_pronouns else whole


def introduction(
    sentences: Sequence[Sentence], mentions: Sequence[Named], title: Named | None
) -> Stated | None:
    """That the person with whose full name a document begins is the one in its title, where the last names are the same.

    "Catherine Elise Blanchett" is "Cate Blanchett"; of other things the same words say nothing ("Carroll County, Ohio").
    """
    if title is None or not sentences or not mentions:
        return None
    lead, first = mentions[0], sentences[0]
    is_lead = 0 <= lead.start - first.start <= _MAX_LEAD_CHARS and lead.kind is EntityKind.PERSON
    words, named = lead.key.split(), title.key.split()
    if not is_lead or lead.key == title.key or min(len(words), len(named)) < 2 or words[-1] != named[-1]:
        return None
    return Stated(title, ALSO_KNOWN_AS, lead, first.start, first.end, _INTRODUCED, "title")
