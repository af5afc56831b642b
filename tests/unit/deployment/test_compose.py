"""docker-compose.yml and the Dockerfile: their form, as no container engine runs in the tests."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from lti_tool.settings import Settings
from tests.services.peers import require_peer

ROOT = Path(__file__).parents[3]
PREFIX = "LTI_BADGES_"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return document


def test_the_four_parts_are_there_and_each_tells_its_health(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"prepare", "tool", "worker", "postgres", "redis"}
    assert {name for name, service in services.items() if "healthcheck" in service} == set(services) - {"prepare"}


def test_the_tool_starts_with_these_settings(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    environment = compose["services"]["tool"]["environment"]
    assert compose["services"]["worker"]["environment"] == environment
    assert set(environment) <= {PREFIX + name.upper() for name in Settings.model_fields}
    for name, value in environment.items():
        monkeypatch.setenv(name, re.sub(r"\$\{(\w+):\?[^}]*\}", _filled, value))
    settings = Settings()
    assert settings.base_url == "https://badges.example.edu"
    assert settings.database == "postgresql://lti_badges:0123@postgres:5432/lti_badges"
    assert settings.embedded_worker is False


def _filled(variable: re.Match[str]) -> str:
    return {"LTI_BADGES_BASE_URL": "https://badges.example.edu", "POSTGRES_PASSWORD": "0123"}[variable[1]]


def test_nothing_starts_with_a_password_that_somebody_else_chose(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.findall(r"\$\{[A-Z_]+(?!:\?|[A-Z_])[^}]*\}", text), "each variable from .env is required: ${NAME:?…}"
    filled = [
        line for line in (ROOT / ".env.example").read_text().splitlines() if line[:1] != "#" and line.partition("=")[2]
    ]
    assert filled == []
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()
    database = compose["services"]["postgres"]["environment"]
    assert database["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_only_the_tool_is_published_and_only_to_this_machine(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert list(published) == ["tool"]
    assert all(port.startswith("127.0.0.1:") for port in published["tool"])
    assert compose["networks"]["backend"]["internal"] is True
    assert compose["services"]["postgres"]["networks"] == compose["services"]["redis"]["networks"] == ["backend"]


def test_what_is_named_is_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("networks", [])) <= set(compose["networks"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(compose["volumes"])
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][needed]


def test_the_tool_and_the_worker_wait_for_the_schema_and_the_keys(compose: dict[str, Any]) -> None:
    for name in ("tool", "worker"):
        condition = compose["services"][name]["depends_on"]["prepare"]["condition"]
        assert condition == "service_completed_successfully"


def test_the_image_is_built_from_the_hashed_lock_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert any("--require-hashes -r requirements.lock" in line for line in lines)
    assert [line for line in lines if line.startswith("USER ")] == ["USER lti-badges"]
    copies = [line.split() for line in lines if line.startswith("COPY ") and "--from" not in line]
    copied = {word for words in copies for word in words[1:-1]}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.peer("docker-compose")
def test_docker_compose_reads_it(compose: dict[str, Any]) -> None:
    filled = {**os.environ, "LTI_BADGES_BASE_URL": "https://badges.example.edu", "POSTGRES_PASSWORD": "x"}
    command = [str(require_peer("docker-compose")), "config"]
    # Podman and Docker give the plugin under `docker compose`, Debian gives a program of its own.
    if Path(command[0]).name == "docker":
        command.insert(1, "compose")
    read = subprocess.run(command, cwd=ROOT, env=filled, capture_output=True, text=True, check=True)
    assert set(yaml.safe_load(read.stdout)["services"]) == set(compose["services"])
    unfilled = {name: value for name, value in filled.items() if name != "LTI_BADGES_BASE_URL"}
    refused = subprocess.run(command, cwd=ROOT, env=unfilled, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "LTI_BADGES_BASE_URL" in refused.stderr
