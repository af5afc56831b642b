"""lti-badges withdraw: all badges of a kind or of an issuer are withdrawn."""

from __future__ import annotations

import click

from lti_tool.bootstrap import assemble
from lti_tool.cli.answers import as_json, tell
from lti_tool.domain.identity import Actor
from lti_tool.settings import Settings
from lti_tool.usecases.withdraw_badges import Which


@click.command()
@click.option("--badge", default="", help="Every award of this badge, by its id.")
@click.option("--issuer", default="", help="Everything that the issuer of this short name has signed.")
@click.option("--reason", default="", help="Why; learners and whoever verifies are told it.")
@click.option("--by", default="operator", show_default=True, help="Who decided it.")
@click.option("--dry-run", is_flag=True, help="Only count them.")
@as_json
def withdraw(badge: str, issuer: str, reason: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Withdraw badges for good. Verifiers see it at once; learners are told by the workers."""
    if bool(badge) == bool(issuer):
        raise click.UsageError("Name one badge or one issuer.")
    house = assemble(Settings())
    house.prepare()
    which, actor = Which(badge, issuer), Actor("operator", "", by)
    count = house.withdraw_badges.count(which) if dry_run else house.withdraw_badges(which, actor, reason)
    words = f"{count} {'badge' if count == 1 else 'badges'} {'would be' if dry_run else 'are'} withdrawn."
    tell(as_json, {"badges": count, "dry_run": dry_run}, words)
