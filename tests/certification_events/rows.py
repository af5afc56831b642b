"""The events that must not hurt: each row is a case, with the code of its refusal or ("") without any.

A test proves a row with ``@pytest.mark.row("EV12")``, on SQLite and on PostgreSQL. Several tests may name one row, as
several sources hear events; they stand here and in tests/functional.
"""

from __future__ import annotations

from tests.counting import DATABASES, Catalogue, Proved

ROWS: dict[str, str] = {
    # who says it
    "EV01": "event.unsigned",
    "EV02": "event.signature_invalid",
    "EV03": "event.signature_invalid",
    "EV04": "event.stale",
    "EV05": "event.future",
    "EV06": "",
    "EV07": "event.key_unknown",
    "EV08": "event.alg_forbidden",
    "EV09": "event.tenant_mismatch",
    "EV10": "",
    # repetition and order
    "EV11": "",
    "EV12": "event.id_conflict",
    "EV13": "",
    "EV14": "",
    "EV15": "event.person_unknown",
    "EV16": "",
    "EV17": "",
    "EV18": "",
    "EV19": "",
    "EV20": "event.time_invalid",
    "EV21": "",
    # of whom, of what
    "EV22": "",
    "EV23": "",
    "EV24": "",
    "EV25": "event.subject_gone",
    "EV26": "event.course_unknown",
    "EV27": "",
    "EV28": "event.score_invalid",
    "EV29": "event.score_invalid",
    "EV30": "",
    # the bytes
    "EV31": "event.malformed",
    "EV32": "event.duplicate_key",
    "EV33": "event.too_large",
    "EV34": "event.malformed",
    "EV35": "event.content_type",
    # many at once, and what breaks
    "EV36": "",
    "EV37": "",
    "EV38": "event.crashed",
    "EV39": "",
    "EV40": "",
    "EV41": "",
    # the LMS that is asked
    "EV42": "",
    "EV43": "",
    "EV44": "",
    "EV45": "",
    "EV46": "",
    "EV47": "",
    "EV48": "",
    "EV49": "",
    "EV50": "",
}
# The row that must work, so that refusing everything fails: a key that a newer one is replacing.
POSITIVE = "EV06"
# Rows that have no test yet, or none on both databases.
WAITING: frozenset[str] = frozenset()
_NAMED = 12


def missing(proved: Proved) -> list[str]:
    """Rows that were not proved on both databases."""
    return sorted(row for row in ROWS if not proved.get(row, frozenset()).issuperset(DATABASES))


def summary(proved: Proved) -> str:
    """``50 of 50 rows``, and the first of those that are missing."""
    lacking = missing(proved)
    said = f"Event catalogue: {len(ROWS) - len(lacking)} of {len(ROWS)} rows on SQLite and PostgreSQL"
    named = ", ".join(lacking[:_NAMED]) + (" …" if len(lacking) > _NAMED else "")
    return f"{said} (not: {named})" if lacking else said


EVENTS = Catalogue(frozenset(ROWS), summary)
