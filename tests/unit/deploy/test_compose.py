"""The container files: pinned, healthy, without secrets, and in step with the settings."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from folio.settings_table import setting_rows

REPO = Path(__file__).resolve().parents[3]
COMPOSE_TEXT = (REPO / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE_TEXT)["services"]
DOCKERFILE = (REPO / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = (REPO / "deploy" / "env.example").read_text(encoding="utf-8")
SECRETS = {"FOLIO_API__TOKEN", "POSTGRES_PASSWORD", "QDRANT_API_KEY", "REDIS_PASSWORD"}
# `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; `$$` is a dollar for the container's shell.
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")


def uses(name: str) -> list[tuple[str, str]]:
    return [(sign, text) for found, sign, text in VARIABLE.findall(COMPOSE_TEXT) if found == name]


def test_all_parts_of_a_deployment_are_there() -> None:
    assert set(SERVICES) == {
        "qdrant", "postgres", "redis", "api", "dagster-code", "dagster-webserver", "dagster-daemon",
    }  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_image_has_a_full_version(service: str) -> None:
    assert re.search(r":v?\d+\.\d+\.\d+(-[a-z]+)?$|:\d+\.\d+-bookworm$", SERVICES[service]["image"])


@pytest.mark.parametrize("service", SERVICES)
def test_service_has_a_health_check(service: str) -> None:
    check = SERVICES[service]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries"} <= set(check)


@pytest.mark.parametrize("service", SERVICES)
def test_dependencies_are_waited_for_until_healthy(service: str) -> None:
    conditions = {one["condition"] for one in SERVICES[service].get("depends_on", {}).values()}
    assert conditions <= {"service_healthy"}


def test_qdrant_server_is_within_one_minor_version_of_the_client() -> None:
    """qdrant-client warns beyond that, and the server must know the requests of the client."""
    server = re.search(r":v1\.(\d+)", SERVICES["qdrant"]["image"])
    client = re.search(
        r"(?m)^qdrant-client==1\.(\d+)", (REPO / "constraints.txt").read_text(encoding="utf-8")
    )
    assert server is not None
    assert client is not None
    assert abs(int(server[1]) - int(client[1])) <= 1


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_secret_is_demanded_and_has_no_default(secret: str) -> None:
    assert uses(secret), f"{secret} is not used"
    assert {sign for sign, _ in uses(secret)} == {"?"}
    assert f"\n{secret}=\n" in EXAMPLE


def test_no_secret_is_written_down() -> None:
    settings = [
        (name, str(value))
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if re.search(r"(?i)password|token|api_key|_auth$", name)
    ]
    assert len(settings) >= 5
    assert [name for name, value in settings if not VARIABLE.fullmatch(value)] == []


def test_example_names_every_variable() -> None:
    named = set(re.findall(r"(?m)^(?:# )?([A-Z][A-Z_]+)=", EXAMPLE))
    assert named == {name for name, _, _ in VARIABLE.findall(COMPOSE_TEXT)}


def test_every_folio_variable_exists() -> None:
    known = {row.variable for row in setting_rows()}
    used = set(re.findall(r"FOLIO_[A-Z_]+", COMPOSE_TEXT + DOCKERFILE + EXAMPLE)) - {"FOLIO_"}
    assert used
    assert used <= known


def test_ports_are_bound_to_loopback_unless_asked() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(published) == 2
    assert all(port.startswith("${BIND_ADDRESS:-127.0.0.1}:") for port in published)


def test_documents_are_mounted_read_only() -> None:
    volumes = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    mounts = [volume for volume in volumes if "DOCUMENTS" in volume]
    assert len(mounts) == 2
    assert all(mount.endswith(":/documents:ro") for mount in mounts)


def test_mounted_and_copied_files_exist() -> None:
    sources = re.findall(r"\./([\w/.-]+):", COMPOSE_TEXT) + re.findall(
        r"(?m)^COPY --chown=\S+ (\S+)", DOCKERFILE
    )
    assert sources == ["deploy/postgres", "deploy/dagster/"]
    assert all((REPO / source).is_dir() for source in sources)


def test_image_runs_as_an_unprivileged_user_with_a_health_check() -> None:
    assert re.findall(r"(?m)^USER (\S+)", DOCKERFILE) == ["10001:10001"]
    assert "HEALTHCHECK" in DOCKERFILE
    assert set(re.findall(r"(?m)^FROM (\S+)", DOCKERFILE)) == {"python:3.12.12-slim-bookworm"}


def test_build_context_holds_every_packaged_room() -> None:
    pyproject = (REPO / "pyproject.toml").read_text(encoding="utf-8")
    packages = set(re.findall(r'"(\w+)"', pyproject.split("packages = [")[1].split("]")[0]))
    allowed = {line[1:] for line in (REPO / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert packages <= allowed
    assert {"pyproject.toml", "constraints.txt", "README.md"} <= allowed


def test_dagster_keeps_its_state_in_postgres_and_sends_no_telemetry() -> None:
    config = yaml.safe_load((REPO / "deploy" / "dagster" / "dagster.yaml").read_text(encoding="utf-8"))
    assert config["storage"] == {"postgres": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}}
    assert config["telemetry"] == {"enabled": False}
    for service in ("dagster-code", "dagster-webserver", "dagster-daemon"):
        assert "DAGSTER_POSTGRES_URL" in SERVICES[service]["environment"]


def test_dagster_workspace_points_at_the_code_service() -> None:
    workspace = yaml.safe_load((REPO / "deploy" / "dagster" / "workspace.yaml").read_text(encoding="utf-8"))
    server = workspace["load_from"][0]["grpc_server"]
    command = SERVICES["dagster-code"]["command"]
    assert server["host"] in SERVICES
    assert command[command.index("--port") + 1] == str(server["port"])


def compose_config(env_file: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed")
    command = [program, "--env-file", str(env_file), "config", "-q"]
    only_path = {"PATH": os.environ["PATH"]}  # a secret of the developer must not fill the gap
    return subprocess.run(command, cwd=REPO, env=only_path, capture_output=True, text=True, check=False)


def filled_in(*, without: str = "") -> str:
    """The example as an operator completes it, one value forgotten."""
    names = re.findall(r"(?m)^([A-Z][A-Z_]+)=$", EXAMPLE)
    return "".join(
        f"{name}={'/srv/handbook' if name == 'DOCUMENTS' else 'x' * 8}\n" for name in names if name != without
    )


def test_compose_accepts_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / "env"
    env_file.write_text(filled_in(), encoding="utf-8")
    result = compose_config(env_file)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_compose_refuses_to_start_without_a_secret(tmp_path: Path, secret: str) -> None:
    env_file = tmp_path / "env"
    env_file.write_text(filled_in(without=secret), encoding="utf-8")
    result = compose_config(env_file)
    assert result.returncode != 0
    assert "set it in deploy/.env" in result.stderr
