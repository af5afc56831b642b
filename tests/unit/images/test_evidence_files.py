"""What may be kept of a file that is handed in as evidence."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import check_evidence
from lti_tool.images.photo import STORED_EDGE

MOST = 1024 * 1024
PDF = b"%PDF-1.7\n/OpenAction << /JS (app.alert(1)) >>"
TURNED, GPS, MAKER = 0x0112, 0x8825, 0x010F


def photo(size: tuple[int, int] = (60, 40)) -> bytes:
    """As a telephone takes it: lying on its side, with the place and the maker in it."""
    exif = Image.Exif()
    exif[TURNED], exif[MAKER] = 6, "Telephones Inc."
    exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photo_is_made_anew_upright_and_tells_nothing_but_what_is_seen() -> None:
    sent = photo((STORED_EDGE * 3, 600))
    assert b"Telephones" in sent
    kept = check_evidence(sent, "..\\C:/photos/me <at> home.JPEG", MOST)
    assert (kept.name, kept.media_type) == ("me at home.jpg", "image/jpeg")
    assert b"Telephones" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as image:
        assert (image.format, dict(image.getexif())) == ("JPEG", {})
        assert image.height == STORED_EDGE > image.width


def test_a_png_stays_one_and_a_pdf_is_kept_as_it_is(good_png: bytes) -> None:
    assert check_evidence(good_png + b"<script>", "a.pdf", MOST).media_type == "image/png"
    assert b"<script>" not in check_evidence(good_png + b"<script>", "a", MOST).content
    kept = check_evidence(PDF, "report.pdf.exe", MOST)
    assert (kept.name, kept.media_type, kept.content) == ("report.pdf.pdf", "application/pdf", PDF)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "evidence.file_type"),
        (b"<html><script>alert(1)</script>", "evidence.file_type"),
        (b"GIF89a" + b"\0" * 50, "evidence.file_type"),
        (b" %PDF-1.7", "evidence.file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "evidence.file_type"),
        (PDF + b"\0" * MOST, "evidence.file_too_large"),
        (photo()[:200], "image.damaged"),
        (b"\xff\xd8\xff<html>", "image.damaged"),
    ],
)
def test_everything_else_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        check_evidence(content, "report.pdf", MOST)
    assert refused.value.code == code


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (10_001, 5_000)).save(out, "PNG")
    with pytest.raises(BadgeToolError) as refused:
        check_evidence(out.getvalue(), "huge.png", MOST)
    assert refused.value.code == "image.photo_too_large"
