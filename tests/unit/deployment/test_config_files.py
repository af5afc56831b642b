"""The files in config/ name settings that exist, and say what they claim to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from lti_tool.settings import Settings

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(autouse=True)
def _nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LTI_BADGES_{name.upper()}", raising=False)
    monkeypatch.delenv("LTI_BADGES_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_default_file_is_what_is_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    built_in = Settings()
    monkeypatch.setenv("LTI_BADGES_CONFIG", str(CONFIG / "default.toml"))
    assert Settings() == built_in


def test_the_default_file_names_every_setting() -> None:
    text = (CONFIG / "default.toml").read_text()
    assert [name for name in Settings.model_fields if name not in text] == []


def test_the_production_example_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    example = CONFIG / "production.example.toml"
    monkeypatch.setenv("LTI_BADGES_CONFIG", str(example))
    settings = Settings()
    assert settings.base_url.startswith("https://")
    assert settings.embedded_worker is False
