"""What is kept can be checked with nothing but the folder."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lti_tool.credentials.verification import verify
from lti_tool.demo.keep import KeptBadge, keep_everything
from lti_tool.demo.verifier import Stranger
from tests.factories.credentials import Issuer, LocalResolver, full_claim

TODAY = datetime.now(UTC)


class FolderResolver:
    """Reads the kept documents, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def did_document(self, did: str) -> dict[str, Any]:
        return self._read("did.json")

    def key_document(self, url: str) -> dict[str, Any]:
        return self._read(f"keys/{url.rpartition('/')[2]}")

    def hosted_document(self, url: str) -> dict[str, Any]:
        raise AssertionError(url)

    def status_list(self, url: str) -> dict[str, Any]:
        return self._read("status-list.json")

    def _read(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self._folder / name).read_text())
        return found


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def served_by(issuer: Issuer) -> Stranger:
    """A stranger to whom the issuer's documents are handed without a network."""
    served = LocalResolver(
        dids={issuer.did: issuer.did_json()},
        keys=issuer.resolver().keys,
        lists={full_claim(issuer.did).status.list_url: issuer.status_list(at=TODAY)},
    )
    stranger = Stranger()
    stranger.did_document = served.did_document  # type: ignore[method-assign]
    stranger.key_document = served.key_document  # type: ignore[method-assign]
    stranger.status_list = served.status_list  # type: ignore[method-assign, assignment]
    return stranger


def badge_of(issuer: Issuer) -> KeptBadge:
    claim = full_claim(issuer.did, valid_from=TODAY - timedelta(hours=1), valid_until=TODAY + timedelta(days=9))
    signed = issuer.writer.sign(issuer.writer.unsigned(claim), TODAY)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    png = issuer.writer.bake(picture.getvalue(), signed.document)
    return KeptBadge("ana-example", "earned by Ana Example", signed.json.encode(), signed.jwt, png)


def test_every_form_verifies_from_the_folder_alone(issuer: Issuer, tmp_path: Path) -> None:
    paths = keep_everything(tmp_path / "out", [badge_of(issuer)], served_by(issuer))
    assert [path.name for path in paths] == ["ana-example.json", "ana-example.jwt", "ana-example.png"]
    for path in paths:
        report = verify(path.read_bytes(), FolderResolver(tmp_path / "out"), now=datetime.now(UTC))
        assert report.valid, report.checks


def test_the_index_names_badges_and_documents(issuer: Issuer, tmp_path: Path) -> None:
    keep_everything(tmp_path, [badge_of(issuer)], served_by(issuer))
    text = (tmp_path / "README.txt").read_text()
    for words in ("ana-example", "earned by Ana Example", issuer.did, full_claim(issuer.did).status.list_url):
        assert words in text
    assert sorted(path.name for path in (tmp_path / "contexts").iterdir()) == ["context-3.0.3.json", "extensions.json"]


def test_a_badge_without_a_picture_is_kept_in_two_forms(issuer: Issuer, tmp_path: Path) -> None:
    badge = badge_of(issuer)
    plain = KeptBadge(badge.stem, badge.note, badge.json, badge.jwt, None)
    assert [path.suffix for path in keep_everything(tmp_path, [plain], served_by(issuer))] == [".json", ".jwt"]
