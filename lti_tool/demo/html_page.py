"""A page of HTML as elements that can be found by what a person sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "head"})
# Tags that HTML lets one leave open; the next one of the same kind ends them.
_SELF_CLOSING = frozenset({"li", "option", "p", "td", "th", "tr", "dt", "dd"})
# What lies around such a tag: a list within a list item does not end that item.
_SCOPES = frozenset(
    {"ul", "ol", "table", "tbody", "thead", "select", "div", "section", "article", "form", "dl", "main"}
)


@dataclass(eq=False)
class Element:
    """One element with its attributes, its parts in order (elements and text), and what it stands in."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[Element | str] = field(default_factory=list)
    parent: Element | None = None

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in reading order."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def get(self, name: str) -> str:
        """An attribute; "" where it is absent or empty."""
        return self.attributes.get(name, "")

    @property
    def text(self) -> str:
        """The words that a person sees, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, str):
                yield part
            elif part.tag == "br":
                yield " "
            elif part.tag not in _UNSEEN:
                spaced = " " if part.tag in _SCOPES or part.tag in _SELF_CLOSING or part.tag[0] == "h" else ""
                yield spaced + "".join(part._texts()) + spaced

    def find(self, fits: Callable[[Element], bool]) -> Element | None:
        """The first element below that fits."""
        return next((one for one in self.walk() if fits(one)), None)

    def all(self, *tags: str) -> list[Element]:
        """Every element below with one of these tags."""
        return [one for one in self.walk() if one.tag in tags]

    def by_id(self, element_id: str) -> Element | None:
        """The element with an id."""
        return self.find(lambda one: one.get("id") == element_id)

    def ancestors(self) -> Iterator[Element]:
        """What it stands in, from inside out."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SELF_CLOSING:
            self._end_left_open(tag)
        above = self._open[-1]
        made = Element(tag, {name: value or "" for name, value in attrs}, parent=above)
        above.parts.append(made)
        if tag not in _VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)

    def _end_left_open(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return
            if self._open[depth].tag in _SCOPES:
                return


def parse_html(text: str) -> Element:
    """The document of a page's text. Never raises: whatever is not HTML becomes text."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root
