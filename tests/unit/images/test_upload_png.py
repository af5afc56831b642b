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
        pytest.param(b"", id="UP33_empty"),
        pytest.param(b"SIMPLE  =                    T", id="UP29_fits"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0", id="UP29_eps"),
        pytest.param(b"%PDF-1.7", id="UP29_pdf"),
        pytest.param(b"II*\0", id="UP29_tiff"),
        pytest.param(b"\0\0\0\x0cjP  \r\n\x87\n", id="UP29_jpeg2000"),
        pytest.param(b"\xff\xd8\xff\xe0", id="UP29_jpeg"),
        pytest.param(b"GIF89a", id="UP30_gif"),
        pytest.param(b"RIFF\x10\0\0\0WEBPVP8 ", id="UP30_webp"),
        pytest.param(b"\0\0\0\x18ftypheic", id="UP30_heic"),
        pytest.param(b"PK\x03\x04", id="UP24_zip"),
        pytest.param(b"<html><svg/></html>", id="UP24_html"),
        pytest.param(b"\x89PNG\r\n\x1a", id="UP32_seven_bytes_of_png"),
        pytest.param(b"\x89PNG\n\x1a\n\0", id="UP32_png_with_line_ends_changed"),
        pytest.param(b"\0" * 100, id="zeros"),
    ],
)
def test_other_types_are_refused_before_decoding(start: bytes) -> None:
    assert _code(start + b"\0" * 50 if start else start) == "image.unsupported_type"


@pytest.mark.usefixtures("no_process")
def test_up33_one_byte_over_the_limit_is_refused_before_decoding(good_png: bytes) -> None:
    assert _code(good_png + b"\0" * (2 * 1024 * 1024 - len(good_png) + 1)) == "image.too_large"


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
def test_up19_pixel_flood(size: tuple[int, int], chunk: Chunk) -> None:
    data = _declared(chunk, *size)
    assert len(data) < 40_000
    assert _code(data) == "image.too_many_pixels"


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_up20_text_bomb(kind: bytes, chunk: Chunk, with_chunks: WithChunks) -> None:
    bomb = zlib.compress(b"\0" * 50_000_000, 9)
    body = b"k\0\0" + bomb if kind == b"zTXt" else b"k\0\1\0\0\0" + bomb
    data = with_chunks(*[chunk(kind, body)] * 3)
    assert _outcome(data) in {"clean", "image.damaged", "image.too_costly"}


def test_up21_colour_profile_bomb(chunk: Chunk, with_chunks: WithChunks) -> None:
    data = with_chunks(chunk(b"iCCP", b"icc\0\0" + zlib.compress(b"\0" * 60_000_000, 9)))
    assert _outcome(data) in {"clean", "image.damaged", "image.too_costly"}


def test_up22_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.new("RGB", (4, 4), (n % 256, 0, n // 256)) for n in range(2_000)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    checked = check_upload(out.getvalue())
    assert set(_kinds(checked.png)) == {b"IHDR", b"IDAT", b"IEND"}
    assert Image.open(io.BytesIO(checked.png)).getpixel((0, 0)) == (0, 0, 0, 255)


def test_up23_damage_is_refused(good_png: bytes) -> None:
    wrong_sum = bytearray(good_png)
    wrong_sum[30] ^= 1
    data_at = good_png.index(b"IDAT") + 8
    wrong_data = bytearray(good_png)
    wrong_data[data_at] ^= 0xFF
    for data in (bytes(wrong_sum), bytes(wrong_data), good_png[: len(good_png) // 2], good_png[:8], good_png[:20]):
        assert _code(data) == "image.damaged"


def test_up24_what_hangs_behind_the_end_is_cut(good_png: bytes) -> None:
    checked = check_upload(good_png + b"PK\x03\x04<html><script>alert(1)</script></html>")
    assert _kinds(checked.png)[-1] == b"IEND"
    assert b"script" not in checked.png


@pytest.mark.parametrize("times", [1, 2])
def test_up25_up26_a_credential_inside_is_not_kept(times: int, chunk: Chunk, with_chunks: WithChunks) -> None:
    foreign = chunk(b"iTXt", b'openbadgecredential\0\0\0\0\0{"type":["VerifiableCredential"]}')
    checked = check_upload(with_chunks(*[foreign] * times))
    assert b"openbadge" not in checked.png


def test_up27_a_credential_chunk_that_lies_about_compression(chunk: Chunk, with_chunks: WithChunks) -> None:
    data = with_chunks(chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0not zlib at all"))
    assert _outcome(data) in {"clean", "image.damaged"}


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
