"""lti-badges ledger: whether what was decided is as it was written."""

from __future__ import annotations

import json
import sys

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.cli.answers import as_json
from lti_tool.domain.errors import NotFound
from lti_tool.settings import Settings
from lti_tool.usecases.erase_from_ledger import EraseFromLedger
from lti_tool.usecases.ledger_export import as_file, course_as_file
from lti_tool.usecases.ledger_states import RecordEarlier
from lti_tool.usecases.read_ledger import ReadLedger, VerifyLedger


def _house() -> House:
    house = assemble(Settings())
    house.prepare()
    return house


@click.group()
def ledger() -> None:
    """The ledger of what was decided about badges."""


@ledger.command("verify")
@as_json
def verify(as_json: bool) -> None:
    """Read every chain from its first entry to its last, and hold the awards against it; exits with 1 where anything is
    not as it was written."""
    report = VerifyLedger(_house().transactions)()
    faults = [{"course": one.course_id, "entry": one.sequence, "what": one.what} for one in report.faults]
    if as_json:
        ends = {course_id: {"entry": end.sequence, "hash": end.hash} for course_id, end in report.ends.items()}
        found = {"ok": not faults, "entries": report.entries, "faults": faults, "ends": ends}
        click.echo(json.dumps(found, indent=2))
    else:
        for one in report.faults:
            click.echo(f"course {one.course_id}, entry {one.sequence}: {one.what}")
        state = "whole" if not faults else "NOT as they were written"
        click.echo(f"{len(report.ends)} chains with {report.entries} entries are {state}.")
    sys.exit(1 if faults else 0)


@ledger.command("export")
@click.argument("award_id", metavar="AWARD")
def export(award_id: str) -> None:
    """Print all that was decided about one learner's badge as JSON, for an appeal."""
    house = _house()
    with house.transactions(write=False) as unit:
        award = unit.awards.get(award_id)
    if award is None:
        raise NotFound("award.unknown", "There is no such award.")
    found = ReadLedger(house.transactions)(award.course_id, award.achievement_id, award.person_id)
    click.echo(as_file(found).decode())


@ledger.command("export-course")
@click.argument("course_id", metavar="COURSE")
def export_course(course_id: str) -> None:
    """Print all that was decided in a course as JSON, every entry of its chain."""
    click.echo(course_as_file(ReadLedger(_house().transactions).course(course_id)).decode())


@ledger.command("record-earlier")
def record_earlier() -> None:
    """Write entries for awards and badges from before the ledger was there; each says that it was written later."""
    house = _house()
    count = RecordEarlier(house.transactions, house.clock)()
    click.echo(f"{count} {'entry was' if count == 1 else 'entries were'} written.")


@ledger.command("erase")
@click.argument("person_id", metavar="PERSON")
@click.confirmation_option(
    prompt="Everything that the ledger says about this person is erased, and the files that she handed in. Go on?"
)
def erase(person_id: str) -> None:
    """Take a person and every word about her out of the ledger, and the files that she handed in; the chains stay
    whole."""
    house = _house()
    count = EraseFromLedger(house.transactions, house.clock)(person_id)
    click.echo(f"Erased in the ledgers of {count} {'course' if count == 1 else 'courses'}.")
