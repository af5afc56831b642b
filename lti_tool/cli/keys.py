"""lti-badges keys: the private keys, from making to retiring them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.bootstrap.key_care import encrypt_everything
from lti_tool.cli.answers import as_json, tell
from lti_tool.keystore import OVERLAP, PURPOSES, ROTATED, KeyPair
from lti_tool.settings import Settings, read_secret

_MINUTES = int(OVERLAP.total_seconds() // 60)


def _house() -> House:
    return assemble(Settings())


@click.group()
def keys() -> None:
    """The private keys."""


@keys.command("ensure")
@as_json
def keys_ensure(as_json: bool) -> None:
    """Make the keys that are missing."""
    store = _house().key_store
    store.ensure()
    found = {purpose: store.active(purpose).kid for purpose in ROTATED}
    tell(as_json, found, "\n".join(f"{purpose}: {kid}" for purpose, kid in found.items()))


@keys.command("list")
@as_json
def keys_list(as_json: bool) -> None:
    """Tell every key that is published: whether it signs, since or from when, and whether it is encrypted."""
    house = _house()
    found = [_row(house, pair) for purpose in PURPOSES for pair in house.key_store.all(purpose)]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in found:
        stored = "encrypted" if row["encrypted"] else "not encrypted"
        click.echo(f"{row['purpose']:20}{row['state']:10}{row['signs_from']:22}{stored:15}{row['kid']}")


def _row(house: House, pair: KeyPair) -> dict[str, Any]:
    """State: "waiting" (published, does not sign yet), "signing", or "published" (a newer one signs)."""
    active = pair.purpose not in ROTATED or house.key_store.active(pair.purpose).kid == pair.kid
    state = "signing" if active else "waiting" if pair.created_at > datetime.now(UTC) else "published"
    return {
        "purpose": pair.purpose,
        "kid": pair.kid,
        "state": state,
        "signs_from": pair.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "encrypted": pair.encrypted,
    }


@keys.command("rotate")
@click.argument("purpose", type=click.Choice(ROTATED))
@click.option("--now", "at_once", is_flag=True, help="Sign with it at once, as after a theft.")
@as_json
def keys_rotate(purpose: str, at_once: bool, as_json: bool) -> None:
    """Add a key: it is published now and signs later, when whoever keeps our key set has seen it."""
    house = _house()
    house.key_store.ensure()
    pair = house.key_store.rotate(purpose, timedelta(0) if at_once else OVERLAP)
    tell(as_json, _row(house, pair), f"{purpose}: {pair.kid}")
    if not at_once and not as_json:
        click.echo(f"It signs in {_MINUTES} minutes; the older ones stay published.", err=True)


# One in 64 thumbprints begins with a hyphen, and is no option, whichever letters follow.
@keys.command("retire", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("kid")
@as_json
def keys_retire(kid: str, as_json: bool) -> None:
    """Delete an older key for messages to platforms. Keys of badges stay: their badges would no longer verify."""
    _house().key_store.retire("lti", kid)
    tell(as_json, {"purpose": "lti", "kid": kid, "retired": True}, f"lti: {kid} is retired.")


@keys.command("encrypt")
@click.option(
    "--old-secret-file",
    "old_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the secret that was set before; can be repeated.",
)
@as_json
def keys_encrypt(old_files: tuple[Path, ...], as_json: bool) -> None:
    """Encrypt private keys and the platforms' secrets in the database with the key-encryption secret that is set."""
    keys_written, platforms = encrypt_everything(_house(), [read_secret(path) for path in old_files])
    words = f"{keys_written} keys written; the secrets of {platforms} platforms are encrypted."
    tell(as_json, {"keys": keys_written, "platforms": platforms}, words)


@keys.command("compromised", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("kid")
@click.option("--reason", default="", help="Why, for the key history.")
@click.option("--dry-run", is_flag=True, help="Only count what there is to do.")
@as_json
def keys_compromised(kid: str, reason: str, dry_run: bool, as_json: bool) -> None:
    """Withdraw a stolen key of badges: another signs, and every badge that it signed is issued anew.

    Broken off anywhere, call it again.
    """
    house = _house()
    house.prepare()
    if dry_run:
        damage, left = house.withdraw_key.damage(kid), None
    else:
        damage = house.withdraw_key(kid, reason, _progress(as_json))
        after = house.withdraw_key.damage(kid)
        left = after.credentials + after.endorsed
    if as_json:
        withdrawn = damage.withdrawn_at.isoformat() if damage.withdrawn_at else None
        click.echo(json.dumps(asdict(damage) | {"withdrawn_at": withdrawn, "left": left, "dry_run": dry_run}, indent=2))
        return
    more = f"{damage.endorsed} with an endorsement by it, {damage.status_lists} status lists"
    click.echo(f"{damage.purpose} {kid}: {damage.credentials} credentials of {damage.learners} learners, {more}.")
    if not dry_run:
        click.echo(f"The key is withdrawn. {left} of these credentials are not issued anew.")


def _progress(as_json: bool) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if not as_json and done % 100 == 0:
            click.echo(f"{done} issued anew", err=True)

    return tell
