"""Users of either version, for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.prompt_trials import UserAnswers

START = datetime(2026, 1, 1, tzinfo=UTC)
USUAL = UserAnswers("acme", "u", "answer/1", START, 3, 0, 0, 0.0, 900.0, 0.8, 0.01, 4.0, 1)


def users(count: int, version: int, *, prefix: str = "", **fields: object) -> list[UserAnswers]:
    """As many users, a minute apart; times differ a little."""
    return [
        replace(
            USUAL,
            subject=f"{prefix or version}-{at}",
            version=f"answer/{version}",
            first_at=START + timedelta(minutes=at),
            took_ms=900.0 + at % 7,
            **fields,
        )
        for at in range(count)
    ]
