"""The list of codes follows from the sources: whatever family somebody invents, its codes are in it."""

from __future__ import annotations

from pathlib import Path

from scripts.error_codes import codes

SOURCE = """
class Melted(BadgeToolError):
    code_ = "kiln.melted"


def refuse(code): ...


@dataclass
class Finding:
    code: str


BY_ANSWER = {404: "kiln.cold"}
raise Melted("glaze.cracked" if hot else "glaze.dull", "It broke.")
refuse("clay.too_dry")
Finding("ash.found")
answer(code="sand.wet")
log.warning("kiln.watched", file="kiln.json", page="oven.open", other="weather.fine")
pages = Blueprint("kiln", __name__)
def open_door(): redirect("kiln.open_door")
"""


def test_every_place_of_a_code_makes_a_family_and_nothing_else_is_one(tmp_path: Path) -> None:
    path = tmp_path / "pottery.py"
    path.write_text(SOURCE)
    assert codes([path]) == {
        "ash.found",
        "clay.too_dry",
        "glaze.cracked",
        "glaze.dull",
        "kiln.cold",
        "kiln.melted",
        "sand.wet",
    }
