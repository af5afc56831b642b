"""SVG rows of the upload catalogue: refused with a code, or drawn without what was hostile."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest
from PIL import Image

from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import check_upload, worker
from lti_tool.images.worker import CPU_SECONDS
from tests.certification_uploads.rows import case

Svg = Callable[..., bytes]
BLUE = (0, 0, 255, 255)

UNSAFE = {
    "UP01_script": {"inner": "<script>alert(1)</script>"},
    "UP01_script_in_metadata": {"inner": "<metadata><script>alert(1)</script></metadata>"},
    "UP02_onload": {"root": 'onload="alert(1)"'},
    "UP02_onclick": {"inner": '<g onclick="alert(1)"/>'},
    "UP02_onbegin": {"inner": '<path d="M0 0" OnBegin="alert(1)"/>'},
    "UP03_javascript_link": {"inner": '<a href="javascript:alert(1)"><rect width="4" height="4"/></a>'},
    "UP03_javascript_use": {"inner": '<use xlink:href="javascript:alert(1)"/>'},
    "UP03_data_html": {"inner": '<use href="data:text/html,&lt;script>"/>'},
    "UP03_style_javascript": {"inner": '<rect width="4" height="4" style="fill:url( javascript:alert(1) )"/>'},
    "UP04_foreign_object": {"inner": '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml">x</b></foreignObject>'},
    "UP04_html_element": {"inner": '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://example.org"/>'},
    "UP05_use_outside": {"inner": '<use href="https://example.org/a.svg#x"/>'},
    "UP05_image_outside": {"inner": '<image href="https://example.org/a.png" width="4" height="4"/>'},
    "UP05_image_file": {"inner": '<image xlink:href="file:///etc/passwd" width="4" height="4"/>'},
    "UP05_image_nested_svg": {"inner": '<image href="data:image/svg+xml;base64,PHN2Zy8+" width="4" height="4"/>'},
    "UP05_fill_outside": {"inner": '<rect width="4" height="4" fill="url(https://example.org/#a)"/>'},
    "UP05_filter_outside": {"inner": '<rect width="4" height="4" style="filter:url(\'//example.org/#a\')"/>'},
    "UP05_fe_image": {"inner": '<filter id="f"><feImage href="#a"/></filter>'},
    "UP06_import": {"inner": "<style>@import url(https://example.org/a.css);</style>"},
    "UP06_import_escaped": {"inner": r"<style>@\69mport 'a.css'; rect{fill:u\72l(//example.org)}</style>"},
    "UP06_font_face": {"inner": "<style>@font-face{font-family:a;src:url(https://example.org/a)}</style>"},
    "UP07_set": {"inner": '<set attributeName="href" to="javascript:alert(1)"/>'},
    "UP07_animate": {"inner": '<animate attributeName="xlink:href" values="javascript:alert(1)"/>'},
    "UP08_external_entity": {
        "before": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "inner": "<desc>&x;</desc>",
    },
    "UP09_billion_laughs": {
        "before": '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        "inner": "<desc>&c;</desc>",
    },
    "UP10_parameter_entity": {"before": '<!DOCTYPE svg [<!ENTITY % p SYSTEM "https://example.org/x.dtd"> %p;]>'},
    "UP10_xinclude": {
        "inner": '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    },
    "UP11_namespaced_script": {"inner": '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>'},
    "UP13_cdata_script": {"inner": "<script><![CDATA[alert(1)]]></script>"},
    "UP13_comment_split_style": {"inner": "<style>rect{fill:url(java/**/script:alert(1))}</style>"},
}


@pytest.mark.parametrize("row", [*map(case, UNSAFE)])
def test_hostile_svg_is_refused(row: str, svg: Svg) -> None:
    with pytest.raises(BadgeToolError) as refused:
        check_upload(svg(**UNSAFE[row]))
    assert refused.value.code == "image.unsafe_svg"
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param('<text y="20">Well done</text>', id="text"),
        pytest.param('<image href="data:image/png;base64,iVBORw0KGgo=" width="4" height="4"/>', id="photo"),
        case("UP16_turbulence", '<filter id="f"><feTurbulence baseFrequency="9"/></filter>'),
    ],
)
def test_what_would_vanish_from_the_picture_is_refused_and_says_so(inner: str, svg: Svg) -> None:
    with pytest.raises(BadgeToolError) as refused:
        check_upload(svg(inner))
    assert refused.value.code == "image.unsupported_svg"
    assert "paths" in refused.value.hint


@pytest.mark.parametrize(
    "disguise",
    [
        case("UP12_gzip", gzip.compress),
        case("UP12_utf16", lambda data: data.decode().encode("utf-16")),
        case("UP12_utf7", lambda data: b"+ADw-script+AD4-" + data),
        case("UP17_html_around_it", lambda data: b"<!DOCTYPE html><html>" + data + b"</html>"),
        case("UP32_gif_first", lambda data: b"GIF89a" + data),
        case("UP32_html_root", lambda data: b'<?xml version="1.0"?><html>' + data + b"</html>"),
        case("UP32_foreign_root", lambda data: data.replace(b"2000/svg", b"2000/other")),
    ],
)
def test_svg_in_disguise_is_refused(disguise: Callable[[bytes], bytes], svg: Svg) -> None:
    with pytest.raises(BadgeToolError) as refused:
        check_upload(disguise(svg("<script>alert(1)</script>")))
    assert refused.value.code == "image.unsupported_type"


@pytest.mark.row("UP12")
def test_up12_a_declared_encoding_hides_nothing(svg: Svg) -> None:
    for encoding in ("utf-7", "utf-16", "no-such-encoding"):
        with pytest.raises(BadgeToolError) as refused:
            check_upload(svg(before=f'<?xml version="1.0" encoding="{encoding}"?>'))
        assert refused.value.code == "image.damaged"


_USE_TEN_TIMES = [f'<use href="#u{level}"/>' * 10 for level in range(12)]
_USES = "".join(f'<g id="u{level + 1}">{uses}</g>' for level, uses in enumerate(_USE_TEN_TIMES))
_BLURS = '<feGaussianBlur stdDeviation="999"/>' * 4000
COSTLY = {
    "UP15_nested_groups": "<g>" * 100_000 + "</g>" * 100_000,
    "UP15_many_elements": "<g/>" * 100_000,
    "UP15_path_points": f'<path d="M0 0{"L1 2L3 1" * 200_000}" stroke="red"/>',
    "UP15_uses_of_uses": f'<defs><rect id="u0" width="9" height="9"/>{_USES}</defs><use href="#u12"/>',
    "UP16_heavy_filter": f'<filter id="f">{_BLURS}</filter><rect width="40" height="40" filter="url(#f)"/>',
}


@pytest.mark.parametrize("row", [*map(case, COSTLY)])
def test_costly_svg_is_stopped(row: str, svg: Svg) -> None:
    before = getrusage(RUSAGE_CHILDREN)
    with pytest.raises(BadgeToolError) as refused:
        check_upload(svg(COSTLY[row]))
    after = getrusage(RUSAGE_CHILDREN)
    assert refused.value.code == "image.too_costly"
    # The system looks at the time now and then, so a process may run a moment longer.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < CPU_SECONDS + 0.7


def test_what_stops_a_drawing_of_many_layers_is_the_limit_of_memory(svg: Svg) -> None:
    """Each half-transparent layer is a canvas of its own: hundreds of them are soon computed, and much to hold."""
    groups, ends = '<g opacity=".9">' * 50, "</g>" * 50
    layers = "".join(f'<g id="u{n + 1}">{groups}<use href="#u{n}"/>{ends}</g>' for n in range(10))
    data = svg(f'<defs><rect id="u0" width="40" height="40"/>{layers}</defs><use href="#u10"/>')
    with pytest.raises(BadgeToolError) as refused:
        check_upload(data)
    assert refused.value.code == "image.too_costly"
    command = [sys.executable, "-I", "-m", worker.__name__, "svg"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.stdout == b""
    assert b"memory allocation of" in done.stderr


@pytest.mark.parametrize(
    ("act", "how"),
    [
        pytest.param(f"bytearray({worker.MEMORY})", b"MemoryError", id="memory"),
        pytest.param("open(sys.argv[1], 'wb', 0).write(b'x')", b"File too large", id="files"),
    ],
)
def test_the_limits_stand_in_the_process_that_decodes(act: str, how: bytes, tmp_path: Path) -> None:
    program = "import signal, sys; from lti_tool.images import worker; worker.limit_resources(); "
    program += f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {act}"
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "made"], capture_output=True, check=False)
    assert done.returncode == 1
    assert how in done.stderr


@pytest.mark.row("UP16")
def test_up16_a_pattern_that_paints_with_itself_ends(svg: Svg) -> None:
    pattern = '<pattern id="p" width="1" height="1"><rect width="9" height="9" fill="url(#p)"/></pattern>'
    assert check_upload(svg(pattern + '<rect width="9" height="9" fill="url(#p)"/>')).width == 512


@pytest.mark.row("UP18")
def test_up18_what_is_kept_is_a_png_and_never_the_markup(svg: Svg) -> None:
    checked = check_upload(svg("<title>Sam Sample</title><desc>secret note</desc><metadata>x</metadata>"))
    assert checked.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert b"svg" not in checked.png
    assert b"Sample" not in checked.png
    picture = Image.open(io.BytesIO(checked.png))
    assert picture.size == (checked.width, checked.height) == (512, 512)
    assert picture.getpixel((256, 256)) == BLUE


@pytest.mark.row("UP14")
def test_up14_foreign_tags_are_left_out(svg: Svg) -> None:
    tag = '<o:assertion xmlns:o="http://openbadges.org" verify="https://example.org"/>'
    assert check_upload(svg(tag + tag)).png == check_upload(svg()).png


def test_an_ordinary_export_of_a_drawing_program_is_drawn(svg: Svg) -> None:
    data = svg(
        '<metadata id="m"/><defs><style type="text/css">.a{fill:#00ff00;stroke:none}</style>'
        '<linearGradient id="g"><stop offset="0" stop-color="#ff0000"/><stop offset="1" stop-color="#ff0000"/>'
        '</linearGradient><path id="p" d="M0 0H10V10H0Z"/></defs>'
        '<use xlink:href="#p" class="a" transform="translate(30 30)"/>'
        '<rect width="10" height="10" fill="url(#g)" e:label="x" xmlns:e="http://editor.example"/>',
        before='<?xml version="1.0" encoding="utf-8"?>\n<!-- Made by hand -->\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n',
    )
    picture = Image.open(io.BytesIO(check_upload(data).png))
    assert picture.getpixel((60, 60)) == (255, 0, 0, 255)
    assert picture.getpixel((256, 256)) == BLUE
    assert picture.getpixel((450, 450)) == (0, 255, 0, 255)


def test_an_svg_that_shows_nothing_or_cannot_be_read_is_refused(svg: Svg) -> None:
    for data, code in (
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', "image.empty"),
        (svg()[:-3], "image.damaged"),
        (svg().replace(b"fill=", b"<="), "image.damaged"),
    ):
        with pytest.raises(BadgeToolError) as refused:
            check_upload(data)
        assert refused.value.code == code


@pytest.mark.row("UP08")
def test_up08_no_local_file_is_read(tmp_path: Path, svg: Svg) -> None:
    red = tmp_path / "red.png"
    Image.new("RGB", (4, 4), "red").save(red)
    for target in (red.as_uri(), str(red), red.name, f"../{red.name}"):
        with pytest.raises(BadgeToolError) as refused:
            check_upload(svg(f'<image href="{target}" width="40" height="40"/>'))
        assert refused.value.code == "image.unsafe_svg"
