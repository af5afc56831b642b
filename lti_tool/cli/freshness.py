"""lti-badges freshness: when each source of a platform's courses was heard and read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from lti_tool.bootstrap import assemble
from lti_tool.cli.answers import as_json
from lti_tool.cli.events import the_platform
from lti_tool.settings import Settings
from lti_tool.usecases.view_freshness import CourseFreshness, ViewFreshness


@click.command()
@the_platform
@as_json
def freshness(registration_id: str, as_json: bool) -> None:
    """When each source of a platform's courses was heard and read, what waits, and what readings repaired."""
    house = assemble(Settings())
    house.prepare()
    page = ViewFreshness(house.transactions, house.clock, house.settings.tenant).platform(registration_id)
    senders = [
        {"source": source, "heard_at": _text(rhythm.heard_at), "silent_since": _text(rhythm.silent_since)}
        for source, rhythm in page.senders.items()
    ]
    courses = [_course(course) for course in page.courses]
    if as_json:
        click.echo(json.dumps({"senders": senders, "courses": courses}, indent=2))
        return
    for sender in senders:
        silent = f"  SILENT since {sender['silent_since']}" if sender["silent_since"] else ""
        click.echo(f"sender  {sender['source']:14}  heard {sender['heard_at']}{silent}")
    for course in courses:
        click.echo(f"{course['title']}: {course['waiting']} waiting, next reading {course['next_at'] or 'not planned'}")
        for each in course["sources"]:
            click.echo(
                f"  {each['source']:14}  heard {each['heard_at'] or 'never'}  read {each['swept_at'] or 'never'}"
                f"  {each['seconds']:.1f} s  {each['news']} new  {each['repaired']} repaired  {each['error']}".rstrip()
            )


def _course(found: CourseFreshness) -> dict[str, Any]:
    sources = [
        {
            "source": state.source,
            "heard_at": _text(state.heard_at),
            "swept_at": _text(state.swept_at),
            "seconds": state.seconds,
            "news": state.news,
            "repaired": state.repaired,
            "error": state.error,
        }
        for state in found.sources
    ]
    return {
        "title": found.course.title or found.course.context_id,
        "next_at": _text(found.reading.next_at),
        "waiting": found.backlog.count,
        "oldest_waiting": _text(found.backlog.oldest),
        "sources": sources,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M:%SZ") if moment else None
