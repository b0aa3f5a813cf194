"""Jobs that are run in processes of their own by the tests of the warm launcher."""

import os
import signal
import time

import dagster as dg


@dg.op
def say(context: dg.OpExecutionContext) -> int:
    context.log.info("said")
    print("printed")  # noqa: T201 - it must arrive in Dagster's log of the step
    return os.getpid()


@dg.op
def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dg.op
def fail() -> None:
    raise dg.Failure("it cannot be done")


@dg.op
def hang() -> None:
    while True:
        time.sleep(0.05)


@dg.job(executor_def=dg.in_process_executor)
def saying() -> None:
    say()


@dg.job(executor_def=dg.in_process_executor)
def crashing() -> None:
    crash()


@dg.job(executor_def=dg.in_process_executor)
def failing() -> None:
    fail()


@dg.job(executor_def=dg.in_process_executor)
def hanging() -> None:
    hang()
