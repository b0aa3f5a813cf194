"""What Dagster writes down of errors: our words, or type and place; never a foreign message, nor a chain of causes."""

import dagster as dg
import pytest

from core.errors import DependencyDownError, InvalidInputError
from pipelines.safe_failures import told_to_dagster

NAME = "Ludmilla Quillfeather"


def parse() -> None:
    raise ValueError(f"cannot parse {NAME}")


def fails_with(error: Exception) -> dg.JobDefinition:
    @dg.op
    def failing() -> None:
        with told_to_dagster():
            try:
                parse()
            except ValueError as cause:
                raise error from cause

    @dg.job
    def one() -> None:
        failing()

    return one


def event_log(error: Exception) -> str:
    with dg.DagsterInstance.ephemeral() as instance:
        result = fails_with(error).execute_in_process(instance=instance, raise_on_error=False)
        assert not result.success
        return "\n".join(map(str, instance.all_logs(result.run_id)))


@pytest.mark.parametrize(
    "error", [KeyError(NAME), InvalidInputError("there is no source 'x'"), DependencyDownError("it is down")]
)
def test_no_message_of_a_foreign_error_and_no_cause_reaches_the_event_log(error: Exception):
    assert NAME not in event_log(error)


def test_a_bug_is_named_with_its_place():
    assert "unexpected KeyError at" in event_log(KeyError(NAME))


def test_our_errors_keep_their_words_but_for_what_its_shape_gives_away():
    text = event_log(InvalidInputError("there is no source 'ludmilla@corp.example' in the settings"))
    assert "there is no source '<EMAIL_ADDRESS>' in the settings" in text


@pytest.mark.parametrize(("error", "again"), [(DependencyDownError("down"), True), (KeyError("x"), False)])
def test_only_what_may_pass_is_tried_again(error: Exception, again: bool):
    with pytest.raises(dg.Failure) as failure, told_to_dagster():
        raise error
    assert failure.value.allow_retries is again
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_failures_and_retries_of_dagster_pass():
    failure = dg.Failure("as it is")
    with pytest.raises(dg.Failure) as passed, told_to_dagster():
        raise failure
    assert passed.value is failure
