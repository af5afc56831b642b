"""lti-badges issuer: who issues badges, and for what."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.cli.answers import as_json, tell
from lti_tool.domain.issuer import JWT_ALGORITHMS, PROOFS, Issuer, IssuerForm, IssuerKind, Scope
from lti_tool.images import check_upload
from lti_tool.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
_DESCRIBED = (
    ("--name", "What people know it by."),
    ("--url", "Its web site."),
    ("--email", "Where it can be written to."),
    ("--description", "One or two sentences."),
    ("--colour", "Of the band above its badges, as #1a2b3c."),
)


def _described(command: F) -> F:
    """The options that describe an issuer."""
    logo = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in (
        click.option("--proof", type=click.Choice(PROOFS), help="Cryptosuite of embedded proofs."),
        click.option("--jwt", "jwt_algorithm", type=click.Choice(JWT_ALGORITHMS), help="Algorithm of JWTs."),
        click.option("--logo", type=logo, help="A PNG or SVG."),
        click.option("--parent", "parent_slug", help="Short name of the issuer that it belongs to."),
        *(click.option(name, help=text) for name, text in reversed(_DESCRIBED)),
    ):
        command = option(command)
    return command


def _house() -> House:
    house = assemble(Settings())
    house.prepare()
    return house


@click.group()
def issuer() -> None:
    """Who issues badges, and for what."""


@issuer.command("list")
@as_json
def issuer_list(as_json: bool) -> None:
    """Every issuer, and which of them issues where nothing else is chosen."""
    manage = _house().issuers
    default = manage.default().slug
    rows = [_row(one, default) for one in manage.all()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['slug']:20} {row['kind']:8} {'default ' if row['default'] else '        '}{row['name']}")
        click.echo(f"{'':20} {row['id']}")


@issuer.command("add")
@click.argument("slug", metavar="SHORT-NAME")
@click.option("--kind", type=click.Choice([kind.value for kind in IssuerKind]), default=IssuerKind.DID_WEB.value,
              show_default=True, help="How its keys are found; cannot be changed later.")  # fmt: skip
@_described
@as_json
def issuer_add(slug: str, kind: str, logo: Path | None, as_json: bool, **said: str | None) -> None:
    """Make an issuer. SHORT-NAME stands in its addresses for ever."""
    form = _form(IssuerForm(name=slug), said)
    _tell(_house().issuers.add(slug, IssuerKind(kind), form, _png(logo)), as_json)


@issuer.command("edit")
@click.argument("slug", metavar="SHORT-NAME")
@_described
@click.option("--no-logo", is_flag=True, help="Take its logo away.")
@as_json
def issuer_edit(slug: str, logo: Path | None, no_logo: bool, as_json: bool, **said: str | None) -> None:
    """Change what is said of an issuer from now on; what is not named stays."""
    manage = _house().issuers
    held = manage.get(slug)
    now = IssuerForm(*(getattr(held, one.name) for one in fields(IssuerForm)))
    _tell(manage.edit(slug, _form(now, said), _png(logo), without_logo=no_logo), as_json)


@issuer.command("choose")
@click.argument("slug", metavar="SHORT-NAME")
@click.option("--platform", help="For a platform, by its id.")
@click.option("--course", help="For a course.")
@click.option("--badge", help="For a badge.")
@click.option("--undo", is_flag=True, help="Take the choice back.")
@as_json
def issuer_choose(slug: str, undo: bool, as_json: bool, **chosen: str | None) -> None:
    """Let an issuer issue for a platform, a course or a badge, or else wherever nothing is chosen. Badges that were
    issued keep their issuer."""
    named = [(Scope(scope), name) for scope, name in chosen.items() if name]
    if len(named) > 1:
        raise click.UsageError("Name one platform, one course or one badge.")
    house = _house()
    scope, scope_id = named[0] if named else (Scope.TENANT, house.settings.tenant)
    if undo:
        house.issuers.choose_no_more(scope, scope_id, slug)
    else:
        house.issuers.choose(scope, scope_id, slug)
    words = f"{slug} {'does not issue' if undo else 'issues'} for this {scope.value} by choice."
    tell(as_json, {"issuer": slug, "scope": scope.value, "id": scope_id, "chosen": not undo}, words)


@issuer.command("choices")
@as_json
def issuer_choices(as_json: bool) -> None:
    """Tell who was chosen for what, the narrowest first; everywhere else the default issues."""
    rows = [{"issuer": one.slug, "scope": scope.value, "id": name} for scope, name, one in _house().issuers.chosen()]
    lines = [f"{row['scope']:9} {row['id']:36} {row['issuer']}" for row in rows]
    tell(as_json, rows, "\n".join(lines) or "Nothing was chosen.")


def _form(held: IssuerForm, said: dict[str, str | None]) -> IssuerForm:
    return replace(held, **{name: text for name, text in said.items() if text is not None})


def _png(logo: Path | None) -> bytes | None:
    return check_upload(logo.read_bytes()).png if logo else None


def _row(one: Issuer, default: str) -> dict[str, Any]:
    edited = one.edited_at.isoformat() if one.edited_at else None
    return asdict(one) | {"kind": one.kind.value, "default": one.slug == default, "edited_at": edited}


def _tell(made: Issuer, as_json: bool) -> None:
    tell(as_json, _row(made, ""), f"{made.slug}: {made.id}")
