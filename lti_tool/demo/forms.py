"""Filling in a form: what a browser would send for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lti_tool.demo.html_page import Element

_BUTTON_TYPES = frozenset({"submit", "image", "button", "reset"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file chosen for a form."""

    filename: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What goes out: fields as pairs in order, and files by field name, which make it a multipart form."""

    method: str
    action: str
    fields: list[tuple[str, str]]
    files: dict[str, Upload]


# What a browser sends for a file field that was left empty.
_NO_FILE = Upload("", b"", "application/octet-stream")


class Unfillable(Exception):
    """The form has no such field, choice or button: the page is not what the story expects."""


def controls(page: Element, form: Element) -> list[Element]:
    """The form's inputs and buttons, also those that stand elsewhere and name it by its id."""
    found = []
    for one in page.all("input", "select", "textarea", "button"):
        owner = one.get("form")
        inside = any(above is form for above in one.ancestors())
        if (owner and owner == form.get("id")) or (not owner and inside):
            found.append(one)
    return found


def submit(
    page: Element,
    form: Element,
    button: Element | None,
    values: Mapping[str, str | list[str]],
    files: Mapping[str, Upload],
) -> Submission:
    """The submission with `values` typed or chosen, in the order of the page; other fields keep what stands there.

    A list of values ticks several boxes of one name. Raises Unfillable for a name the form does not have, and for a
    choice it does not offer.
    """
    owned = controls(page, form)
    pairs: list[tuple[str, str]] = []
    for control in owned:
        if control.get("name") and "disabled" not in control.attributes:
            pairs += _pairs(control, values, chosen=control is button)
    _check_all_used(owned, pairs, values, files)
    source = button or form
    left_empty = {one.get("name"): _NO_FILE for one in owned if _kind(one) == "file"}
    return Submission(
        method=(source.get("formmethod") or form.get("method") or "get").upper(),
        action=source.get("formaction") or form.get("action"),
        fields=pairs,
        files=left_empty | dict(files) if form.get("enctype") == "multipart/form-data" else {},
    )


def _pairs(control: Element, values: Mapping[str, str | list[str]], chosen: bool) -> list[tuple[str, str]]:
    name, kind = control.get("name"), _kind(control)
    typed = values.get(name)
    if kind in _BUTTON_TYPES:
        return [(name, control.get("value"))] if chosen else []
    if kind in ("checkbox", "radio"):
        value = control.attributes.get("value", "on")
        ticked = "checked" in control.attributes if typed is None else value in _as_list(typed)
        return [(name, value)] if ticked else []
    if kind == "select":
        return [(name, value) for value in _selected(control, typed)]
    if kind == "file":
        return []
    if typed is None:
        return [(name, _standing(control))]
    return [(name, value) for value in _as_list(typed)]


def _kind(control: Element) -> str:
    if control.tag == "button":
        return control.get("type") or "submit"
    return (control.get("type") or "text") if control.tag == "input" else control.tag


def _standing(control: Element) -> str:
    if control.tag == "textarea":
        text = "".join(part for part in control.parts if isinstance(part, str))
        return text.removeprefix("\n")
    return control.get("value")


def _selected(control: Element, typed: str | list[str] | None) -> list[str]:
    options = {one.attributes.get("value", one.text): one for one in control.all("option")}
    if typed is not None:
        wanted = _as_list(typed)
        missing = [value for value in wanted if value not in options]
        if missing:
            raise Unfillable(f"{control.get('name')} does not offer {missing[0]!r}, only {list(options)}")
        return wanted
    standing = [value for value, one in options.items() if "selected" in one.attributes]
    if standing or "multiple" in control.attributes:
        return standing
    return list(options)[:1]


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _check_all_used(
    owned: list[Element],
    pairs: list[tuple[str, str]],
    values: Mapping[str, str | list[str]],
    files: Mapping[str, Upload],
) -> None:
    for name, value in _each(values):
        if (name, value) not in pairs:
            raise Unfillable(f"the form has no field {name!r} that takes {value!r}")
    offered = {one.get("name") for one in owned if _kind(one) == "file"}
    for name in files:
        if name not in offered:
            raise Unfillable(f"the form takes no file {name!r}")


def _each(values: Mapping[str, str | list[str]]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for one in _as_list(value):
            yield name, one
