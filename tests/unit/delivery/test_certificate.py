"""The certificate, read back: what it says, its tags for screen readers, and its QR code."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp

from lti_tool.delivery.certificate import Certificate, certificate_pdf
from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import BadgeDesign, draw

ADDRESS = "https://badges.example.edu/b/AbcdEFGhijklmnopqrstuvwx"
PLAIN = Certificate(
    name="Lab safety",
    holder="Zoë Bright",
    issuer="University of Example",
    description="Works safely in the laboratory.",
    criteria="Score at least 80 % in Quiz 1 and complete Module 1.",
    facts=(("Issued by", "University of Example"), ("Earned on", "1 September 2026")),
    picture=draw(BadgeDesign("blue", "shield", "star")),
    picture_alt="A blue shield with a star",
    address=ADDRESS,
    verify_url="https://badges.example.edu/verify",
    made_at=datetime(2026, 9, 1, tzinfo=UTC),
)


def text_of(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def codes_of(pdf: bytes) -> list[str]:
    pictures = (page.render(scale=2).to_pil() for page in pypdfium2.PdfDocument(pdf))
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


def tags(node: Any) -> Iterator[tuple[str, str]]:
    """The kind of every part in reading order, and what stands for it where it is a picture."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        for one in node:
            yield from tags(one)
    elif isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            yield str(node["/S"]), str(node.get("/Alt", ""))
        if "/K" in node:
            yield from tags(node["/K"])


def test_it_says_who_what_and_where_to_check_it() -> None:
    pdf = certificate_pdf(PLAIN)
    text = text_of(pdf)
    for words in ("Lab safety", "Zoë Bright", "University of Example", "80 % in Quiz 1", "1 September 2026", ADDRESS):
        assert words in text
    assert codes_of(pdf) == [ADDRESS]
    assert certificate_pdf(PLAIN) == pdf


def test_screen_readers_find_title_language_headings_and_what_pictures_show() -> None:
    reader = pypdf.PdfReader(io.BytesIO(certificate_pdf(PLAIN)))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Lab safety: certificate for Zoë Bright"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    found = list(tags(root["/StructTreeRoot"]))
    kinds = [kind for kind, _ in found]
    assert {"/H1", "/H2", "/P", "/Figure", "/Link"} <= set(kinds)
    assert kinds.index("/H1") < kinds.index("/H2")
    assert [alt for kind, alt in found if kind == "/Figure"] == [
        "A blue shield with a star",
        f"QR code: opens {ADDRESS}",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        '#image("/etc/passwd")',
        "*bold* _em_ `raw` $x^2$ = heading",
        '"] #let x = sys.inputs //',
        "<label> @ref \\ \u2028",
        '{"said": 1}',
    ],
)
def test_names_are_text_and_never_a_program(name: str) -> None:
    pdf = certificate_pdf(replace(PLAIN, holder=name, name=name, description=name, criteria=name, issuer=name))
    shown = "".join(text_of(pdf).split())
    assert shown.count("".join(name.split())) >= 4
    assert codes_of(pdf) == [ADDRESS]


def test_without_a_public_page_there_is_no_code_and_it_says_how_to_check() -> None:
    pdf = certificate_pdf(replace(PLAIN, address="", holder=""))
    assert codes_of(pdf) == []
    assert "https://badges.example.edu/verify." in text_of(pdf)
    assert "its holder" in text_of(pdf)


def test_letters_that_no_font_has_are_said_and_not_left_out() -> None:
    with pytest.raises(BadgeToolError) as refused:
        certificate_pdf(replace(PLAIN, holder="\U000130a0\U00013171"))
    assert (refused.value.code, refused.value.status) == ("certificate.letters_unknown", 422)
