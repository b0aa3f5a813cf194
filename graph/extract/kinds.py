"""From what a model or a pseudonym calls a thing to the kinds of the graph. Pure."""

from core.graph import EntityKind
from core.pseudonyms import TOKEN

_OF_LABEL = {
    "PERSON": EntityKind.PERSON,
    "PER": EntityKind.PERSON,
    "ORG": EntityKind.ORGANISATION,
    "GPE": EntityKind.PLACE,
    "LOC": EntityKind.PLACE,
    "FAC": EntityKind.PLACE,
    "PRODUCT": EntityKind.PRODUCT,
    "EVENT": EntityKind.EVENT,
    "WORK_OF_ART": EntityKind.WORK,
    "LAW": EntityKind.WORK,
    "NORP": EntityKind.GROUP,
    "LANGUAGE": EntityKind.GROUP,
    "DATE": EntityKind.VALUE,
    "TIME": EntityKind.VALUE,
    "MONEY": EntityKind.VALUE,
    "PERCENT": EntityKind.VALUE,
    "QUANTITY": EntityKind.VALUE,
    "CARDINAL": EntityKind.VALUE,
    "ORDINAL": EntityKind.VALUE,
}
_OF_PSEUDONYM = {
    "PERSON": EntityKind.PERSON,
    "ORGANIZATION": EntityKind.ORGANISATION,
    "LOCATION": EntityKind.PLACE,
    "STREET_ADDRESS": EntityKind.PLACE,
    "NRP": EntityKind.GROUP,
    "DATE_TIME": EntityKind.VALUE,
    "DATE_OF_BIRTH": EntityKind.VALUE,
}

# The last word of a name says more than a small model.
_OF_LAST_WORD = {
    **dict.fromkeys(
        [
            "inc",
            "ltd",
            "limited",
            "llc",
            "corp",
            "corporation",
            "company",
            "co",
            "gmbh",
            "plc",
            "university",
            "college",
            "school",
            "institute",
            "association",
            "society",
            "foundation",
            "department",
            "ministry",
            "committee",
            "commission",
            "council",
            "agency",
            "bureau",
            "bank",
            "club",
            "league",
            "party",
            "union",
            "federation",
            "organization",
            "organisation",
            "group",
            "orchestra",
            "band",
            "church",
            "hospital",
            "museum",
            "records",
            "studios",
            "pictures",
            "airlines",
            "airways",
        ],
        EntityKind.ORGANISATION,
    ),
    **dict.fromkeys(
        [
            "river",
            "lake",
            "island",
            "islands",
            "county",
            "mountain",
            "mountains",
            "valley",
            "street",
            "road",
            "avenue",
            "airport",
            "bridge",
            "stadium",
        ],
        EntityKind.PLACE,
    ),
    **dict.fromkeys(
        [
            "festival",
            "championship",
            "championships",
            "cup",
            "bowl",
            "olympics",
            "election",
            "war",
            "battle",
            "conference",
            "summit",
        ],
        EntityKind.EVENT,
    ),
    **dict.fromkeys(
        ["act", "treaty", "agreement", "convention", "directive", "regulation", "award", "prize", "policy"],
        EntityKind.WORK,
    ),
}


def kind_of_name(name: str, kind: EntityKind) -> EntityKind:
    """The kind of something that was taken for `kind`, with what its last word says; pseudonyms and values stay."""
    if kind is EntityKind.PERSON and any(map(str.isdecimal, name)) and not TOKEN.search(name):
        return EntityKind.TOPIC
    if kind in (EntityKind.VALUE, EntityKind.IDENTIFIER) or " " not in name:
        return kind
    return _OF_LAST_WORD.get(name.rpartition(" ")[2].rstrip(".").lower(), kind)


def kind_of_label(label: str) -> EntityKind:
    """The kind that a label of OntoNotes or CoNLL stands for; a topic where it is neither's."""
    return _OF_LABEL.get(label, EntityKind.TOPIC)


def kind_of_pseudonym(token: str) -> EntityKind:
    """The kind of a value by the type in its pseudonym; numbers, addresses of mail and what else there is name one thing."""
    return _OF_PSEUDONYM.get(token.rpartition("_")[0], EntityKind.IDENTIFIER)
