"""What each simulated client does; locust runs this file. Every request becomes a line of JSON: when, what, status, how long.

locust -f evals/load/locustfile.py --headless --host http://127.0.0.1:8700 --plan plan.json --rows rows.jsonl -u 100 -r 100 -t 60s
"""

import random
import time
from pathlib import Path
from typing import Any

import orjson
from locust import FastHttpUser, constant, events, task

_MS_PER_S = 1000
# Told to come later, a client does, but not much later: the load has to stay.
_LONGEST_PAUSE_S = 1.0
_TURNED_AWAY = (429, 503)


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def _add_options(parser: Any) -> None:
    parser.add_argument("--plan", required=True, help="JSON: keys and questions")
    parser.add_argument("--rows", required=True, help="where the lines go")


class Client(FastHttpUser):
    """Asks again as soon as it has its answer: four searches to one answer, with a key that it keeps."""

    wait_time = constant(0)
    connection_timeout = 60.0
    network_timeout = 120.0

    def on_start(self) -> None:
        """Take a key, and open the file."""
        options = self.environment.parsed_options
        plan = orjson.loads(Path(options.plan).read_bytes())
        self._questions = plan["questions"]
        self._headers = {"Authorization": f"Bearer {random.choice(plan['keys'])}"}  # noqa: S311 - no secret
        self._rows = Path(options.rows).open("ab", buffering=0)  # noqa: SIM115 - until `on_stop`

    def on_stop(self) -> None:
        """Close the file."""
        self._rows.close()

    @task(4)
    def search(self) -> None:
        """One search; most questions have been asked before, as they are in a company."""
        self._post("/v1/search", {"query": self._question(), "limit": 5}, name="search")

    @task(1)
    def answer(self) -> None:
        """One answer in the documents' own words."""
        self._post("/v1/answer", {"question": self._question(), "mode": "extractive"}, name="answer")

    def _question(self) -> str:
        question: str = random.choice(self._questions)  # noqa: S311 - no secret
        # One in four is new, so that its vector is not remembered.
        return f"{question} {random.randrange(10**6)}" if random.random() < 0.25 else question  # noqa: S311

    def _post(self, path: str, body: dict[str, Any], *, name: str) -> None:
        began_s = time.perf_counter()
        with self.client.post(path, json=body, headers=self._headers, name=name, catch_response=True) as got:
            status = got.status_code or 0
            took_ms = (time.perf_counter() - began_s) * _MS_PER_S
            if status in _TURNED_AWAY:
                got.success()
        row = {"at_s": time.time(), "name": name, "status": status, "took_ms": took_ms}
        self._rows.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        if status in _TURNED_AWAY:
            time.sleep(_LONGEST_PAUSE_S * random.uniform(0.5, 1.0))  # noqa: S311
