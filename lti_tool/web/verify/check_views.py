"""/verify: anybody checks badges, one or two hundred, of any issuer. No account, no cookie, nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from flask import Blueprint, Response, make_response, render_template, request, stream_with_context

from lti_tool.domain.issuer import Issuer
from lti_tool.usecases.check_badges import MOST_AT_ONCE, CheckBadges, CheckedBadge, HandedIn
from lti_tool.web.present.checked import as_json, judged, problems_first, row_of
from lti_tool.web.present.tally import tally
from lti_tool.web.present.verdict import OUTCOME_WORDS, VerdictKind, check_rows, date_in_words, is_signed_by_issuer
from lti_tool.web.verify.intake import MOST_REQUEST_BYTES, MOST_TEXT_BYTES, handed_in
from lti_tool.web.verify.table_files import csv_file, data_url, json_file


def add_check_views(blueprint: Blueprint, check: CheckBadges, find_issuer: Callable[[str], Issuer | None]) -> None:
    """The form and its answers: a page for one badge, a table for several. `find_issuer(id)`: one of this tool."""

    @blueprint.get("/verify")
    def form() -> Response:
        return make_response(render_template("verify/form.html", most=MOST_AT_ONCE))

    @blueprint.post("/verify")
    def answer() -> Response:
        # Images of two hundred badges are more than any other form of the tool takes.
        request.max_content_length = MOST_REQUEST_BYTES
        request.max_form_memory_size = MOST_TEXT_BYTES
        handed = handed_in(request.form.get("badges", ""), request.files.getlist("files"))
        return _one(check.one(handed[0]), find_issuer) if len(handed) == 1 else _many(check, handed)


def _one(checked: CheckedBadge, find_issuer: Callable[[str], Issuer | None]) -> Response:
    report, judgement = checked.report, judged(checked)
    facts = report.facts if report else None
    brand = find_issuer(facts.issuer_id) if facts and is_signed_by_issuer(report) else None
    html = render_template(
        "verify/answer.html",
        checked=checked,
        verdict=judgement,
        brand=brand,
        checks=check_rows(report) if report else [],
        facts=facts if judgement.kind is not VerdictKind.FORGED else None,
        recipient_hashes=[{"hash": one.hash, "salt": one.salt} for one in facts.identities] if facts else [],
        endorsements=report.endorsements if report else (),
        contents=report.contents if report else (),
        outcome_words=OUTCOME_WORDS,
        awarded_on=date_in_words(facts.awarded_date) if facts else "",
        valid_until=date_in_words(facts.valid_until) if facts and facts.valid_until else "",
    )
    return make_response(html)


def _many(check: CheckBadges, handed: list[HandedIn]) -> Response:
    """A page that grows while the badges are checked: the browser shows how far it is, without a script."""
    stack = ExitStack()
    answers = stack.enter_context(check.many(handed))

    def page() -> Iterator[str]:
        with stack:
            done: dict[int, CheckedBadge] = {}
            yield render_template("verify/many_begin.html", total=len(handed))
            for place, checked in answers:
                done[place] = checked
                yield render_template("verify/_progress.html", done=len(done), total=len(handed))
            yield _table([done[place] for place in sorted(done)])

    response = Response(stream_with_context(page()), mimetype="text/html")
    # A proxy that collects the whole answer first would hide the progress.
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(stack.close)
    return response


def _table(answers: list[CheckedBadge]) -> str:
    rows = problems_first([row_of(number, checked) for number, checked in enumerate(answers, 1)])
    at = max(checked.checked_at for checked in answers)
    return render_template(
        "verify/many_end.html",
        rows=rows,
        counts=tally(row.kind for row in rows),
        checked_at=at,
        csv_url=data_url("text/csv", "\ufeff" + csv_file(rows, at.isoformat(timespec="seconds"))),
        json_url=data_url("application/json", json_file([as_json(checked) for checked in answers])),
    )
