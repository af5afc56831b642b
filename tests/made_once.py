"""What costs much and comes out the same each time, made once for all tests of a process.

Nearly every test has an application, an engine and a key directory of its own. Each would compile the same templates,
the same SQL and the same addresses, describe the same models, and check again the primes of the same keys.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from flask import Flask
from flask_openapi3 import utils as descriptions
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from lti_tool.keystore import envelope


def arrange() -> None:
    """To be called once, before the first test."""
    _compile_templates_once()
    _compile_statements_once()
    _check_keys_once()
    _compile_addresses_once()
    _describe_models_once()


class _CompiledTemplates(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def _compile_templates_once() -> None:
    Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": _CompiledTemplates()}


def _compile_statements_once() -> None:
    kept: dict[str, Any] = {}
    make = Engine.__init__

    def make_with_what_is_kept(engine: Engine, pool: Any, dialect: Any, *rest: Any, **options: Any) -> None:
        make(engine, pool, dialect, *rest, **options)
        engine._compiled_cache = kept.setdefault(dialect.name, LRUCache(2000))

    Engine.__init__ = make_with_what_is_kept  # type: ignore[method-assign]
    # The dialect is part of what a compiled statement is found by. All of a kind are alike here (db/engine.py).
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign,assignment]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign,assignment]


def _check_keys_once() -> None:
    checked = cache(serialization.load_pem_private_key)
    for module in (serialization, envelope):
        module.load_pem_private_key = lambda text, password=None: checked(text, password)  # type: ignore[attr-defined]


def _compile_addresses_once() -> None:
    """What builds the address of a rule follows from its text; only defaults would need the rule's own converters."""
    compile_builder = Rule._compile_builder
    kept: dict[Any, Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        text = (rule.rule, tuple(rule._trace), append_unknown)
        if text not in kept:
            kept[text] = compile_builder(rule, append_unknown)
        return kept[text]

    Rule._compile_builder = compile_once  # type: ignore[method-assign]


def _describe_models_once() -> None:
    described = cache(descriptions.get_model_schema)
    # A copy: whoever gets a description may add to it.
    descriptions.get_model_schema = lambda model, mode="validation": deepcopy(described(model, mode))
