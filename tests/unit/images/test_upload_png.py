"""PNG rows of the upload catalogue, and what is refused before anything is decoded."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, PngImagePlugin

from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import check, check_upload
from tests.certification_uploads.rows import case

Chunk = Callable[[bytes, bytes], bytes]
WithChunks = Callable[..., bytes]


def _code(data: bytes) -> str:
    with pytest.raises(BadgeToolError) as refused:
        check_upload(data)
    return refused.value.code


def _kinds(png: bytes) -> list[bytes]:
    """The kinds of all chunks, read without Pillow; trailing bytes fail the walk."""
    kinds, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kinds.append(png[at + 4 : at + 8])
        at += 12 + length
    assert at == len(png)
    return kinds


def _outcome(data: bytes) -> str:
    """The code of the refusal, or "clean" when nothing but pixels was kept."""
    try:
        checked = check_upload(data)
    except BadgeToolError as refused:
        return refused.code
    return "clean" if set(_kinds(checked.png)) == {b"IHDR", b"IDAT", b"IEND"} else "kept something"


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test if anything gets as far as being decoded."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("decoded before it was refused")

    monkeypatch.setattr(check.subprocess, "run", never)


@pytest.mark.usefixtures("no_process")
@pytest.mark.parametrize(
    "start",
    [
        case("UP33_empty", b""),
        case("UP29_fits", b"SIMPLE  =                    T"),
        case("UP29_eps", b"%!PS-Adobe-3.0 EPSF-3.0"),
        case("UP29_pdf", b"%PDF-1.7"),
        case("UP29_tiff", b"II*\0"),
        case("UP29_jpeg2000", b"\0\0\0\x0cjP  \r\n\x87\n"),
        case("UP29_jpeg", b"\xff\xd8\xff\xe0"),
        case("UP30_gif", b"GIF89a"),
        case("UP30_webp", b"RIFF\x10\0\0\0WEBPVP8 "),
        case("UP30_heic", b"\0\0\0\x18ftypheic"),
        case("UP24_zip", b"PK\x03\x04"),
        case("UP24_html", b"<html><svg/></html>"),
        case("UP32_seven_bytes_of_png", b"\x89PNG\r\n\x1a"),
        case("UP32_png_with_line_ends_changed", b"\x89PNG\n\x1a\n\0"),
        pytest.param(b"\0" * 100, id="zeros"),
    ],
)
def test_other_types_are_refused_before_decoding(start: bytes) -> None:
    assert _code(start + b"\0" * 50 if start else start) == "image.unsupported_type"


@pytest.mark.usefixtures("no_process")
@pytest.mark.row("UP33")
def test_up33_one_byte_over_the_limit_is_refused_before_decoding(good_png: bytes) -> None:
    assert _code(good_png + b"\0" * (2 * 1024 * 1024 - len(good_png) + 1)) == "image.too_large"


@pytest.mark.row("UP33")
def test_up33_at_the_limit_is_decoded(good_png: bytes) -> None:
    assert check_upload(good_png + b"\0" * (2 * 1024 * 1024 - len(good_png))).width == 48


def test_a_good_png_keeps_its_pixels(good_png: bytes) -> None:
    checked = check_upload(good_png)
    assert (checked.width, checked.height) == (48, 32)
    before, after = Image.open(io.BytesIO(good_png)), Image.open(io.BytesIO(checked.png))
    assert after.tobytes() == before.tobytes()
    assert set(_kinds(checked.png)) == {b"IHDR", b"IDAT", b"IEND"}
    assert check_upload(checked.png).png == checked.png


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    colour = 40_000 if mode == "I;16" else {"1": 1, "L": 156, "P": 9}.get(mode, (156,) * len(mode))
    out = io.BytesIO()
    Image.new(mode, (9, 7), colour).save(out, "PNG")
    picture = Image.open(io.BytesIO(check_upload(out.getvalue()).png))
    assert picture.mode == "RGBA"
    if mode in {"L", "RGB", "I;16"}:
        assert picture.getpixel((3, 3)) == (156, 156, 156, 255)


def test_a_large_picture_is_fitted_and_keeps_its_proportions() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4096, 2048), "green").save(out, "PNG")
    checked = check_upload(out.getvalue())
    assert (checked.width, checked.height) == (1024, 512)


def _declared(chunk: Chunk, width: int, height: int) -> bytes:
    """A small file that says it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 20_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (4097, 1), (1, 4097), (2**31 - 1, 2**31 - 1), (5000, 4500)])
@pytest.mark.row("UP19")
def test_up19_pixel_flood(size: tuple[int, int], chunk: Chunk) -> None:
    data = _declared(chunk, *size)
    assert len(data) < 40_000
    assert _code(data) == "image.too_many_pixels"


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
@pytest.mark.row("UP20")
def test_up20_text_bomb(kind: bytes, chunk: Chunk, with_chunks: WithChunks) -> None:
    bomb = zlib.compress(b"\0" * 50_000_000, 9)
    body = b"k\0\0" + bomb if kind == b"zTXt" else b"k\0\1\0\0\0" + bomb
    data = with_chunks(*[chunk(kind, body)] * 3)
    assert _outcome(data) in {"clean", "image.damaged", "image.too_costly"}


@pytest.mark.row("UP21")
def test_up21_colour_profile_bomb(chunk: Chunk, with_chunks: WithChunks) -> None:
    data = with_chunks(chunk(b"iCCP", b"icc\0\0" + zlib.compress(b"\0" * 60_000_000, 9)))
    assert _outcome(data) in {"clean", "image.damaged", "image.too_costly"}


@pytest.mark.row("UP22")
def test_up22_an_animation_becomes_its_first_frame(chunk: Chunk) -> None:
    """APNG: acTL, and 10,000 frames of fcTL and fdAT."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)) + chunk(
        b"acTL", struct.pack(">II", 10_000, 0)
    )
    red, blue = (zlib.compress((b"\0" + colour * 4) * 4) for colour in (b"\xff\0\0", b"\0\0\xff"))
    control = [struct.pack(">IIIIIHHBB", number, 4, 4, 0, 0, 1, 9, 0, 0) for number in range(20_000)]
    body = chunk(b"fcTL", control[0]) + chunk(b"IDAT", red)
    for number in range(1, 19_999, 2):
        body += chunk(b"fcTL", control[number]) + chunk(b"fdAT", struct.pack(">I", number + 1) + blue)
    checked = check_upload(b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b""))
    assert set(_kinds(checked.png)) == {b"IHDR", b"IDAT", b"IEND"}
    assert Image.open(io.BytesIO(checked.png)).getpixel((0, 0)) == (255, 0, 0, 255)


@pytest.mark.row("UP23")
def test_up23_damage_is_refused(good_png: bytes) -> None:
    wrong_sum = bytearray(good_png)
    wrong_sum[30] ^= 1
    data_at = good_png.index(b"IDAT") + 8
    wrong_data = bytearray(good_png)
    wrong_data[data_at] ^= 0xFF
    for data in (bytes(wrong_sum), bytes(wrong_data), good_png[: len(good_png) // 2], good_png[:8], good_png[:20]):
        assert _code(data) == "image.damaged"


@pytest.mark.row("UP24")
def test_up24_what_hangs_behind_the_end_is_cut(good_png: bytes) -> None:
    checked = check_upload(good_png + b"PK\x03\x04<html><script>alert(1)</script></html>")
    assert _kinds(checked.png)[-1] == b"IEND"
    assert b"script" not in checked.png


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.row("UP25", "UP26")
def test_up25_up26_a_credential_inside_is_not_kept(times: int, chunk: Chunk, with_chunks: WithChunks) -> None:
    foreign = chunk(b"iTXt", b'openbadgecredential\0\0\0\0\0{"type":["VerifiableCredential"]}')
    checked = check_upload(with_chunks(*[foreign] * times))
    assert b"openbadge" not in checked.png


@pytest.mark.row("UP27")
def test_up27_a_credential_chunk_that_lies_about_compression(chunk: Chunk, with_chunks: WithChunks) -> None:
    data = with_chunks(chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0not zlib at all"))
    assert _outcome(data) in {"clean", "image.damaged"}


@pytest.mark.row("UP28")
def test_up28_metadata_about_people_is_stripped() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Sam Sample"  # Artist
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}  # GPS
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Sam Sample")
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG", exif=exif, pnginfo=text)
    assert out.getvalue().count(b"Sam Sample") == 2
    assert b"Sam Sample" not in check_upload(out.getvalue()).png


def test_a_worker_that_is_killed_is_the_files_fault(good_png: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_WALL_SECONDS", 0.001)
    assert _code(good_png) == "image.too_costly"
