"""lti-badges doctor: what is wrong, here and between this tool and each platform."""

from __future__ import annotations

import json
from typing import Any

import click

from lti_tool.bootstrap import assemble
from lti_tool.bootstrap.diagnosis import Finding, PlatformFinding, diagnose, diagnose_platforms
from lti_tool.domain.capability import Capability, Light
from lti_tool.settings import Settings

_MARKS = {Light.GREEN: "ok     ", Light.AMBER: "look   ", Light.RED: "WRONG  "}
_INDENT = " " * 7


@click.command()
@click.option("--platform", "platform_id", help="Only this platform, by its id; all of them otherwise.")
@click.option("--installation", is_flag=True, help="Only this installation; no platform is asked.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(platform_id: str | None, installation: bool, as_json: bool) -> None:
    """Look at this installation and ask each platform what it can do; exit code 1 when something is wrong."""
    house = assemble(Settings())
    findings = diagnose(house)
    platforms = [] if installation else diagnose_platforms(house, platform_id)
    ok = all(found.ok for found in findings) and all(found.ok for found in platforms)
    if as_json:
        click.echo(json.dumps(_document(ok, findings, platforms), indent=2))
    else:
        for finding in findings:
            _tell(_MARKS[Light.GREEN if finding.ok else Light.RED], finding.title, finding.detail, finding.remedy)
        for platform in platforms:
            _tell_platform(platform)
    if not ok:
        raise SystemExit(1)


def _tell(mark: str, title: str, detail: str, remedy: str) -> None:
    click.echo(f"{mark}{title}: {detail}")
    if remedy:
        click.echo(f"{_INDENT}{remedy}")


def _tell_platform(found: PlatformFinding) -> None:
    registration = found.registration
    product = f"{registration.product} {registration.product_version}".strip() or "product not known yet"
    click.echo(f"\n{registration.name} ({registration.id}, {product}, {registration.state.value})")
    click.echo(f"{_INDENT}launch address   {found.launch_url}\n{_INDENT}key set address  {found.jwks_url}")
    for line in found.lines:
        _tell(_MARKS[line.light], line.title, f"{line.word}. {line.detail}".strip(), line.remedy)


def _document(ok: bool, findings: list[Finding], platforms: list[PlatformFinding]) -> dict[str, Any]:
    return {
        "ok": ok,
        "installation": [
            {"key": one.key, "ok": one.ok, "title": one.title, "detail": one.detail, "remedy": one.remedy}
            for one in findings
        ],
        "platforms": [
            {
                "id": one.registration.id,
                "name": one.registration.name,
                "state": one.registration.state.value,
                "ok": one.ok,
                "launch_url": one.launch_url,
                "jwks_url": one.jwks_url,
                "lines": [_line(line) for line in one.lines],
            }
            for one in platforms
        ],
    }


def _line(line: Capability) -> dict[str, Any]:
    return {
        "key": line.key,
        "light": line.light.value,
        "title": line.title,
        "word": line.word,
        "unlocks": line.unlocks,
        "detail": line.detail,
        "remedy": line.remedy,
        "seen_at": line.seen_at.isoformat() if line.seen_at else None,
    }
