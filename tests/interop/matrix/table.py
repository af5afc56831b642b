"""What the readers said, as docs/reference/interoperability.md has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.interop.matrix.specimens import GOOD, ISSUER, KEY, LIST, TAMPERED, Specimen

ACCEPTS = "accepts"
_LETTERS = {TAMPERED: "T", ISSUER: "I", KEY: "K", LIST: "L"}
_INTRO = """# Interoperability

Every form that is written here, and what each reader that installs from a registry says of it. The tests make this page
(`make interoperability`) and fail where it is not what the readers say.

Of each form there is a good one, and beside it what nobody may believe: **T** tampered with after it was signed, **I**
signed by somebody who names another as its issuer, **K** signed with a key that the issuer does not have, **L** on a
status list that the issuer did not sign. A cell says what the reader makes of the good one, then the letters that it
does not accept; after *not* stand those that it accepts, because it does not look at that or was not asked to.
"""
_READERS = """
## The readers

| reader | version | what it was asked |
|---|---|---|
"""
_ASKED = {
    "ours": "all of [verification](verification.md)",
    "openbadgeslib": "signature, issuer and dates, with the issuer's key; no status; it knows `eddsa-rdfc-2022` alone",
    "openbadges-bakery": "to find an Open Badge 2.0 in a picture that carries both generations; it judges nothing",
    "@digitalbazaar/vc": "proof, issuer and dates, and the list by `vc-bitstring-status-list`",
    "jose": "the signature, with the issuer's key",
    "@sd-jwt/core": "the signature and the disclosures, with the issuer's key",
}


def page(found: Sequence[Specimen], said: Mapping[str, Sequence[str | None]], versions: Mapping[str, str]) -> str:
    """The whole page."""
    readers = list(_ASKED)
    forms = list(dict.fromkeys(one.form for one in found))
    lines = [f"| form | {' | '.join(readers)} |", "|---" * (len(readers) + 1) + "|"]
    for form in forms:
        cells = [_cell([(one.case, said[reader][place]) for place, one in enumerate(found) if one.form == form])
                 for reader in readers]  # fmt: skip
        lines.append(f"| {form} | {' | '.join(cells)} |")
    rows = [f"| {reader} | {versions.get(reader, 'this one')} | {_ASKED[reader]} |" for reader in readers]
    return _INTRO + "\n" + "\n".join(lines) + "\n" + _READERS + "\n".join(rows) + "\n"


def _cell(said: Sequence[tuple[str, str | None]]) -> str:
    of = dict(said)
    good = of.pop(GOOD, None)
    if good is None:
        return "–"
    refused = [_LETTERS[case] for case, words in of.items() if words is not None and words != ACCEPTS]
    accepted = [_LETTERS[case] for case, words in of.items() if words == ACCEPTS]
    parts = [good, " ".join(refused), f"not {' '.join(accepted)}" if accepted else ""]
    return "; ".join(part for part in parts if part)
