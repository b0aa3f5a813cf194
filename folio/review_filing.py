"""Puts answers into the review queue, and their words beside it where the settings want that."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from core.answer_records import AnswerWords, Words
from core.ports import Clock
from core.record_settings import RecordSettings
from core.reviews import ReviewItem, Reviews
from folio.kept_words import Rewrite
from folio.plain_words import plain


class ReviewFiling:
    """Files what a human is to look at."""

    def __init__(
        self,
        settings: RecordSettings,
        reviews: Reviews,
        words: AnswerWords,
        *,
        clock: Clock,
        redactor: Callable[[str], Rewrite],
    ) -> None:
        """`redactor` gives what takes personal data out of what is kept of a tenant."""
        self._settings = settings
        self._reviews = reviews
        self._words = words
        self._clock = clock
        self._redactor = redactor

    async def file(self, found: Sequence[tuple[ReviewItem, Words]]) -> None:
        """Put answers into the queue; their words are kept first, so that nobody finds an item without.

        Raises:
            FolioError: A store does not answer.
        """
        if self._settings.keep_text_for_review:
            for _, words in found:
                await self._keep(words)
        await self._reviews.add([item for item, _ in found], max_open=self._settings.review.max_open)

    async def _keep(self, words: Words) -> None:
        redact = self._redactor(words.tenant)
        question, answer = await plain(words.question, redact), await plain(words.answer, redact)
        ends = self._clock.now() + timedelta(seconds=self._settings.text_retention_s)
        await self._words.keep(replace(words, question=question, answer=answer), expires_at=ends)
