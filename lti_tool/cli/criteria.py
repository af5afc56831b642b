"""lti-badges criteria: rules tried out on what a course has told."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from lti_tool.bootstrap import assemble
from lti_tool.cli.answers import as_json
from lti_tool.domain.criteria import from_document, to_json
from lti_tool.domain.errors import NotFound
from lti_tool.settings import Settings
from lti_tool.usecases.replay_rule import ReplayRule


@click.group()
def criteria() -> None:
    """Rules of badges."""


@criteria.command("replay")
@click.argument("badge_id", metavar="BADGE")
@click.option(
    "--rule",
    "rule_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A rule as the editor saves it; without it the badge's own.",
)
@as_json
def replay(badge_id: str, rule_path: Path | None, as_json: bool) -> None:
    """Replay what a badge's course has told against a rule, and tell who would have had the badge when."""
    house = assemble(Settings())
    house.prepare()
    with house.transactions(write=False) as unit:
        badge = unit.achievements.latest(badge_id)
    if badge is None:
        raise NotFound("achievement.unknown", "There is no such badge.")
    tree = to_json(from_document(json.loads(rule_path.read_text()))) if rule_path else None
    found = ReplayRule(house.transactions)(badge.course_id, badge.id, tree)
    rows = [
        {"learner": one.person.id, "name": one.person.name, "had": _text(one.had_at), "would_have": _text(one.would_at)}
        for one in found.learners
        if one.had_at or one.would_at
    ]
    if as_json:
        click.echo(json.dumps({"rule": found.sentence, "statements": found.statements, "learners": rows}, indent=2))
        return
    click.echo(found.sentence)
    for row in rows:
        click.echo(
            f"{row['name'] or row['learner']:30}  had {row['had'] or 'never':20}  would {row['would_have'] or 'never'}"
        )
    click.echo(f"{len(found.would_have)} more would have it, {len(found.would_not)} would not.")


def _text(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M:%SZ") if moment else None
