"""Which lines of Moodle's grade report are gradebook columns of the tool's own badges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.sources.moodle.grade_report import GradeReport

# (registration, course) -> addresses of the columns, as Moodle gave them.
Columns = Callable[[Registration, Course], Sequence[str]]

# …/mod/lti/services.php/<course>/lineitems/<grade item>/lineitem?type_id=…
_GRADE_ITEM = re.compile(r"/lineitems/([0-9]{1,18})/lineitem$")


def no_columns(registration: Registration, course: Course) -> Sequence[str]:
    return ()


def own_targets(report: GradeReport, addresses: Iterable[str]) -> frozenset[str]:
    """Targets of the lines whose grade item one of the addresses names. An address is read here and never made."""
    found = (_GRADE_ITEM.search(urlsplit(address).path) for address in addresses)
    ids = {int(match[1]) for match in found if match}
    own = (item.target for items in report.lines.values() for item in items if item.id in ids)
    return frozenset(target for target in own if target)
