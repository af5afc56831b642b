"""The badge on paper: a PDF that screen readers read (PDF/UA-1), with the address at which anybody checks it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import segno

from lti_tool.domain.errors import BadgeToolError

_COLOUR = "#1d4f91"
_WITH_ADDRESS = "This paper is no proof by itself. The signed badge is at the address below: anybody can check it."
_WITHOUT = "This paper is no proof by itself. Its holder has the signed badge as a file; anybody can check that at"


@dataclass(frozen=True, slots=True)
class Certificate:
    """All that it says. `picture` is a PNG; `address` that of the public page, "" where there is none; `colour`
    "#rrggbb" or ""."""

    name: str
    holder: str
    issuer: str
    description: str
    criteria: str
    facts: tuple[tuple[str, str], ...]
    picture: bytes
    picture_alt: str
    address: str
    verify_url: str
    made_at: datetime
    colour: str = ""


def certificate_pdf(certificate: Certificate) -> bytes:
    """A page of A4. Raises `certificate.letters_unknown` where no font on this machine has a letter of it."""
    import typst  # large, and for those few processes alone that ever make one

    try:
        made: bytes = typst.compile(
            _program(),
            format="pdf",
            sys_inputs={"said": json.dumps(_said(certificate))},
            pdf_standards=["ua-1"],
            timestamp=int(certificate.made_at.timestamp()),
        )
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        raise BadgeToolError(
            "certificate.letters_unknown",
            "The certificate has letters for which this installation has no font.",
            status=422,
            hint="Take the badge along as a picture, and ask the administrator to install a font for your script.",
        ) from None
    return made


def _said(certificate: Certificate) -> dict[str, object]:
    address = certificate.address
    holder = certificate.holder or "its holder"
    return {
        "title": f"{certificate.name}: certificate for {holder}",
        "name": certificate.name,
        "to": "was earned by",
        "holder": holder,
        "issuer": certificate.issuer,
        "description": certificate.description,
        "criteria": certificate.criteria,
        "facts": [list(line) for line in certificate.facts],
        "picture": list(certificate.picture),
        "picture_alt": certificate.picture_alt,
        "how_to_check": _WITH_ADDRESS if address else f"{_WITHOUT} {certificate.verify_url}.",
        "address": address,
        "qr": _qr(address) if address else "",
        "qr_alt": f"QR code: opens {address}",
        "colour": certificate.colour or _COLOUR,
    }


def _qr(text: str) -> str:
    """As SVG, with a quiet zone of four modules (ISO/IEC 18004)."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=5, border=4, light="#ffffff", xmldecl=False)
    return out.getvalue().decode()


@cache
def _program() -> bytes:
    return files(__package__).joinpath("certificate.typ").read_bytes()
