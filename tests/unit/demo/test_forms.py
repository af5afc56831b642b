"""What a form sends is what a browser would send."""

from __future__ import annotations

import pytest

from lti_tool.demo.forms import Submission, Unfillable, Upload, submit
from lti_tool.demo.html_page import parse_html

PAGE = """<!doctype html><title>T</title>
<form id=f method=post action=/save enctype=multipart/form-data>
  <input type=hidden name=token value=t>
  <label>Name <input name=name value="Old &amp; known"></label>
  <textarea name=text>
two
lines</textarea>
  <select name=colour><option value=red>Red<option value=blue selected>Blue</select>
  <select name=size><option>S</option><option>M</option></select>
  <input type=radio name=joiner value=all checked><input type=radio name=joiner value=any>
  <input type=checkbox name=tick value=1 checked><input type=checkbox name=tick value=2>
  <input name=off value=x disabled><input type=file name=image>
  <button name=op value=save>Save</button><button name=op value="up:1" formaction=/other>Up</button>
</form>
<input form=f name=outside value=o><input name=stranger value=s>"""


def made(button: str | None = None, values: dict[str, str | list[str]] | None = None, **files: Upload) -> Submission:
    page = parse_html(PAGE)
    form = page.by_id("f")
    assert form is not None
    pressed = next((one for one in page.all("button") if one.text == button), None)
    return submit(page, form, pressed, values or {}, files)


def test_untouched_fields_keep_what_stands_in_them() -> None:
    sent = made("Save")
    assert sent.fields == [
        ("token", "t"),
        ("name", "Old & known"),
        ("text", "two\nlines"),
        ("colour", "blue"),
        ("size", "S"),
        ("joiner", "all"),
        ("tick", "1"),
        ("op", "save"),
        ("outside", "o"),
    ]
    assert (sent.method, sent.action) == ("POST", "/save")


def test_values_are_typed_chosen_and_ticked() -> None:
    values: dict[str, str | list[str]] = {"name": "New", "colour": "red", "joiner": "any", "tick": ["2"], "text": ""}
    fields = made(None, values).fields
    assert {("name", "New"), ("colour", "red"), ("joiner", "any"), ("tick", "2"), ("text", "")} <= set(fields)
    assert {("joiner", "all"), ("tick", "1"), ("op", "save")}.isdisjoint(fields)


def test_only_the_pressed_button_goes_along_and_it_may_lead_elsewhere() -> None:
    sent = made("Up")
    assert [value for name, value in sent.fields if name == "op"] == ["up:1"]
    assert sent.action == "/other"


def test_a_file_is_sent_and_an_empty_field_as_an_empty_file() -> None:
    picture = Upload("badge.png", b"png", "image/png")
    assert made("Save", image=picture).files == {"image": picture}
    assert made("Save").files["image"].filename == ""


@pytest.mark.parametrize(
    "values", [{"missing": "1"}, {"colour": "green"}, {"joiner": "none"}, {"off": "y"}, {"stranger": "y"}]
)
def test_what_the_form_does_not_offer_is_an_error(values: dict[str, str | list[str]]) -> None:
    with pytest.raises(Unfillable):
        made("Save", values)


def test_a_file_for_a_field_that_takes_none_is_an_error() -> None:
    with pytest.raises(Unfillable):
        made("Save", name=Upload("a", b"", "text/plain"))


def test_text_is_what_a_person_reads() -> None:
    page = parse_html(
        "<head><title>no</title></head><h1>My <b>bad</b>ges</h1><script>no</script><ul><li>One<li>Two</ul>"
    )
    assert page.text == "My badges One Two"
    assert [one.text for one in page.all("li")] == ["One", "Two"]
