"""From what was found in a document to the document without it. Pure but for `Taken`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.documents import ParsedDocument, RedactedDocument
from core.graph import NamedSpan
from core.pseudonyms import Mention, MentionField, PseudonymKey
from ingest.pii.borders import Borders, borders_of
from ingest.pii.names import names_left
from ingest.pii.pseudonymise import FoundIn, mentions_of, placed
from ingest.pii.spans import Finding, Replaced, final, placeholder, replaced, values_found
from ingest.pii.tokens import Taken


@dataclass(frozen=True, slots=True)
class Pseudonymiser:
    """Puts pseudonyms of a tenant where findings are, and placeholders where secrets are.

    `borders` are what no finding reaches into. Of pseudonyms that are `taken` a longer form is used.
    """

    key: PseudonymKey
    taken: Taken | None = None
    borders: Borders | None = None
    reversible: bool = True

    def redacted(
        self,
        document: ParsedDocument,
        *,
        in_text: Sequence[Finding],
        in_title: Sequence[Finding] = (),
        names: Sequence[NamedSpan] | None = None,
    ) -> RedactedDocument:
        """The document, its page spans moved along. Values found in the text are looked for in the title too.

        `names` are what a language model took for names in the text; those that are left as they are move along too.
        """
        borders = self.borders or borders_of()
        of_text = final(document.text, in_text, borders=borders)
        known = values_found(document.text, of_text)
        of_title = final(document.title, in_title, known=known, borders=borders)
        fields = (
            FoundIn(MentionField.TEXT, document.text, of_text),
            FoundIn(MentionField.TITLE, document.title, of_title),
        )
        made = mentions_of(fields, self.key, taken=self.taken, reversible=self.reversible)
        text, title = (_written(field, row, document) for field, row in zip(fields, made, strict=True))
        return RedactedDocument(
            replace(document, text=text.text, title=title.text, pages=text.pages),
            dict(sorted(Counter(finding.entity for finding in (*of_text, *of_title)).items())),
            (*placed(made[0], text.places), *placed(made[1], title.places)),
            None if names is None else names_left(names, of_text, text.places),
        )


def _written(field: FoundIn, mentions: list[Mention | None], document: ParsedDocument) -> Replaced:
    stand_ins = [
        mention.token if mention else placeholder(finding.entity)
        for mention, finding in zip(mentions, field.findings, strict=True)
    ]
    pages = document.pages if field.where is MentionField.TEXT else ()
    return replaced(field.text, field.findings, stand_ins, pages=pages)
