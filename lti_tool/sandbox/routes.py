"""Where the LTI services of a form answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from lti_tool.sandbox import access_tokens, ags, deep_linking, dynamic_registration, notices, nrps, oidc
from lti_tool.sandbox.canvas_api import oauth
from lti_tool.sandbox.forms.plain import Form


def add(app: Flask, form: Form) -> None:
    """Gives each service the path it has in that form."""
    paths = form.paths
    results, scores = f"{paths.line_item}/results", f"{paths.line_item}/scores"
    services: tuple[tuple[str, str, Callable[..., Any]], ...] = (
        ("GET", paths.configuration, dynamic_registration.configuration),
        ("POST", paths.registration, dynamic_registration.register),
        ("GET POST", paths.authorization, oidc.authenticate),
        ("GET", paths.keys, oidc.jwks),
        ("POST", paths.token, oauth.token if form.has_api else access_tokens.issue),
        ("GET", paths.line_items, ags.list_items),
        ("POST", paths.line_items, ags.create_item),
        ("GET", paths.line_item, ags.read_item),
        ("PUT", paths.line_item, ags.replace_item),
        ("DELETE", paths.line_item, ags.delete_item),
        ("POST", scores, ags.post_score),
        ("GET", results, ags.list_results),
        ("GET", paths.roster, nrps.memberships),
        ("POST", paths.content_return, deep_linking.take_answer),
    )
    if form.notice_types:
        services += (
            ("GET", paths.notice_handlers, notices.read_handlers),
            ("PUT", paths.notice_handlers, notices.set_handler),
        )
    for methods, path, view in services:
        # The endpoint's first part is the blueprint, whose error handlers answer.
        room = view.__module__.rpartition(".")[2]
        app.add_url_rule(path, f"{room}.{view.__name__}", view, methods=methods.split())
