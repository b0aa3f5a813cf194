"""One pass of spaCy over many texts, names only. Its documents serve Presidio, and whoever wants entities after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

from core.config import RedactionSettings
from core.errors import SettingsError
from inference.nlp.models import installed_model, model_names, not_for_names
from inference.nlp.pieces import without_blobs

_BATCH_COUNT = 32


@dataclass(frozen=True, slots=True)
class NlpPass:
    """A text and what one run of the language model found in it; `doc` is a `spacy.tokens.Doc` over the same offsets."""

    text: str
    language: str
    artifacts: NlpArtifacts

    @property
    def doc(self) -> Any:
        """The spaCy document, with `ents`."""
        return self.artifacts.tokens


class NameModels(SpacyNlpEngine):
    """Runs the entity recogniser alone: two thirds of the model's time go into tags, syntax and lemmas.

    Context words ("card", "phone") are looked for as parts of the words around a finding. A word in lower case holds its
    lemma but for irregular forms, and no context word has one.
    """

    def load(self) -> None:
        """Load the models, without the components that names do not need."""
        super().load()
        for model in map(self.get_nlp, self.get_supported_languages()):
            for name in list(not_for_names(model)):
                model.disable_pipe(name)

    def passes(self, texts: Sequence[str], *, language: str) -> Iterator[NlpPass]:
        """One pass per text, in order; the model sees many at once."""
        masked = (without_blobs(text) for text in texts)
        docs = self.get_nlp(language).pipe(masked, batch_size=_BATCH_COUNT)
        for text, doc in zip(texts, docs, strict=True):
            yield NlpPass(text, language, self._doc_to_nlp_artifact(doc, language))

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """The same for one text, as Presidio asks for it."""
        return next(iter(self.passes([text], language=language))).artifacts

    def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
        for token in doc:
            token.lemma = token.lower
        return super()._doc_to_nlp_artifact(doc, language)


def create_models(settings: RedactionSettings) -> NameModels:
    """The loaded models of the settings' languages; the same ones for every policy, so not for several threads at once.

    Raises:
        SettingsError: A language has no installed spaCy model.
    """
    return _loaded(tuple((code, _model_for(code, settings)) for code in settings.languages))


# Seconds and a hundred megabytes. A process that others are forked from loads them for all of them.
@lru_cache(maxsize=1)
def _loaded(chosen: tuple[tuple[str, str], ...]) -> NameModels:
    models = NameModels(models=[{"lang_code": code, "model_name": name} for code, name in chosen])
    models.load()
    return models


def _model_for(language: str, settings: RedactionSettings) -> str:
    # Presidio answers a missing model with a download; this one has to be installed.
    name = installed_model(language, english=settings.nlp_model)
    if name is not None:
        return name
    if language == "en":
        package = settings.nlp_model.replace("_", "-")
        raise SettingsError(
            f"the spaCy model '{settings.nlp_model}' (FOLIO_REDACTION__NLP_MODEL) is not installed. "
            f"Install it: pip install {package}"
        )
    raise SettingsError(
        f"FOLIO_REDACTION__LANGUAGES names '{language}', for which no spaCy model is installed "
        f"(looked for: {', '.join(model_names(language))}). Install one, or leave the language out"
    )
