"""lti-badges verify: checks badges from files, as the page /verify does, without a server of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lti_tool.bootstrap.checking import check_anybodys
from lti_tool.bootstrap.clock import SystemClock
from lti_tool.settings import Settings
from lti_tool.usecases.check_badges import MOST_AT_ONCE, CheckedBadge, HandedIn
from lti_tool.web.present.checked import as_json, judged
from lti_tool.web.present.verdict import VerdictKind, check_rows

_MOST_BYTES = 8 * 1024 * 1024


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON, one result for each file.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with the issuer's documents, such as `demo --once --out` keeps: nothing is fetched then.",
)
def verify(files: tuple[str, ...], as_json_: bool, documents: Path | None) -> None:
    """Check badges: JSON, JWT, PNG or SVG files, or https:// links.

    Ends with 0 where all are genuine and valid today, with 1 where one is not, and with 2 where one could not be
    checked and none is bad.
    """
    if len(files) > MOST_AT_ONCE:
        raise click.UsageError(f"At most {MOST_AT_ONCE} badges can be checked at once.")
    check = check_anybodys(Settings(), SystemClock(), documents)
    with check.many([_handed_in(name) for name in files]) as answers:
        answered = dict(answers)
    results = [answered[place] for place in sorted(answered)]
    if as_json_:
        click.echo(json.dumps({"results": [as_json(checked) for checked in results]}, ensure_ascii=False, indent=1))
    else:
        for checked in results:
            _tell(checked)
    raise SystemExit(_exit_code(results))


def _handed_in(name: str) -> HandedIn:
    if name.startswith(("https://", "http://")):
        return HandedIn(name, link=name)
    try:
        with Path(name).open("rb") as file:
            return HandedIn(name, file.read(_MOST_BYTES))
    except OSError as error:
        raise click.ClickException(f"{name} cannot be read: {error.strerror}.") from error


def _tell(checked: CheckedBadge) -> None:
    judgement = judged(checked)
    click.echo(f"{checked.handed.name}: {judgement.words}" + (f". {judgement.detail}" if judgement.detail else ""))
    if checked.report is None:
        return
    for row in check_rows(checked.report):
        click.echo(f"  {row.word:<12} {row.title}: {row.sentence}")


def _exit_code(results: list[CheckedBadge]) -> int:
    kinds = {judged(checked).kind for checked in results}
    if kinds <= {VerdictKind.GENUINE}:
        return 0
    return 2 if kinds <= {VerdictKind.GENUINE, VerdictKind.UNSURE} else 1
