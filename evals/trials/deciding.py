"""Trials read from the catalog, and what follows carried out at the desk of prompts, whose audit log has each decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import InvalidInputError
from core.ports import Clock
from core.prompt_releases import PromptRelease
from core.prompt_trials import TrialAnswers, UserAnswers
from evals.gates.policy import TrialPolicy
from evals.trials.arms import Arms, arms, cut, planned
from evals.trials.changes import judge_change
from evals.trials.judging import Pair, judge_trial
from evals.trials.verdict import Next, TrialVerdict
from folio.prompt_releasing import PromptDesk, PromptInUse

WRITERS = ("answer", "refine", "tree_summarize")
"""The prompts that records of answers name: those that have written the answer."""

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TrialRoom:
    """Reads trials and carries out what follows from them."""

    desk: PromptDesk
    answers: TrialAnswers
    clock: Clock
    policy: TrialPolicy

    async def trial(self, prompt: str) -> TrialVerdict:
        """The candidate of a prompt against the current version, since its share was set.

        Raises:
            InvalidInputError: There is no such prompt, no version of it is tried, or records of answers do not name it.
            MissingExtraError: scipy is not installed.
            DependencyDownError: The catalog does not answer.
        """
        found = await self._prompt(prompt)
        release = found.release
        if release is None or release.candidate is None:
            raise InvalidInputError(
                f"no version of the prompt '{prompt}' is tried: `folio prompts candidate {prompt} VERSION` begins a trial"
            )
        pair = Pair(prompt, f"{prompt}/{found.version}", f"{prompt}/{release.candidate}")
        both = await self._until_horizon(pair, release)
        return judge_trial(pair, both, share=release.share, policy=self.policy)

    async def change(self, prompt: str, *, days: int) -> TrialVerdict:
        """The current version of a prompt against the one before, by answers of the last days.

        Raises:
            InvalidInputError: There is no such prompt, it has no version before, or records of answers do not name it.
            MissingExtraError: scipy is not installed.
            DependencyDownError: The catalog does not answer.
        """
        found = await self._prompt(prompt)
        release = found.release
        if release is None or release.current is None or release.previous is None:
            raise InvalidInputError(
                f"the prompt '{prompt}' has no version before: there is no way back to tell"
            )
        pair = Pair(prompt, f"{prompt}/{release.previous}", f"{prompt}/{release.current}")
        now = self.clock.now()
        users = await self.answers.by_user(
            (pair.before, pair.after), since=now - timedelta(days=days), until=now
        )
        return judge_change(pair, users, self.policy)

    async def carry_out(self, verdict: TrialVerdict) -> PromptRelease | None:
        """Do what follows; None where that is nothing.

        Raises:
            InvalidInputError: Somebody has decided otherwise meanwhile, or the gate of releases refuses.
        """
        await self._check_unchanged(verdict)
        match verdict.next:
            case Next.PROMOTE:
                return await self.desk.promote(verdict.prompt, _number(verdict.after))
            case Next.WITHDRAW:
                return await self.desk.withdraw(verdict.prompt)
            case Next.ROLL_BACK:
                return await self.desk.rollback(verdict.prompt)
        return None

    async def _until_horizon(self, pair: Pair, release: PromptRelease) -> Arms:
        versions = pair.before, pair.after
        users = await self._users(versions, since=release.changed_at, until=self.clock.now())
        found = arms(users, current=pair.before, candidate=pair.after)
        ended = cut(found, planned(release.share, self.policy))
        if ended is None:
            return found
        users = await self._users(versions, since=release.changed_at, until=ended + _INSTANT)
        return arms(users, current=pair.before, candidate=pair.after)

    async def _users(self, versions: Sequence[str], *, since: datetime, until: datetime) -> list[UserAnswers]:
        return await self.answers.by_user(versions, since=since, until=until)

    async def _prompt(self, name: str) -> PromptInUse:
        known = {one.name: one for one in await self.desk.prompts()}
        if name not in known:
            raise InvalidInputError(f"there is no prompt '{name[:60]}': `folio prompts list` names them")
        if name not in WRITERS:
            raise InvalidInputError(
                f"records of answers do not name the version of '{name}', only of {', '.join(WRITERS)}: `folio usage --by prompt` "
                "compares time, cost and failures of its calls"
            )
        return known[name]

    async def _check_unchanged(self, verdict: TrialVerdict) -> None:
        release = (await self._prompt(verdict.prompt)).release
        tried = (
            None if release is None else release.current if not verdict.is_randomised else release.candidate
        )
        if tried != _number(verdict.after):
            raise InvalidInputError(
                f"somebody has decided about the prompt '{verdict.prompt}' meanwhile: look again"
            )


def _number(label: str) -> int:
    return int(label.rpartition("/")[2])
