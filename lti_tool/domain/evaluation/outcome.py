"""What comes of weighing, and why."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why a leaf is not met or not known; "" where its value says it all."""

    PLAIN = ""
    UNTOLD = "untold"  # no source has said anything about it
    WITHHELD = "withheld"  # the statement does not count: hidden, excused, ungraded, deleted
    WITHDRAWN = "withdrawn"  # the grade was taken back
    NO_MAXIMUM = "no_maximum"  # points without a maximum cannot be weighed in percent
    NO_LETTER = "no_letter"  # a number where a grade in letters is asked for
    NO_NUMBER = "no_number"  # a grade in letters where a number is asked for
    OFF_SCALE = "off_scale"  # the grade does not stand on the rule's scale
    OUTSIDE = "outside"  # done, and not within the window
    ENROLMENT_UNTOLD = "enrolment_untold"  # since when she is enrolled is not known
    LATE = "late"
    LATENESS_UNTOLD = "lateness_untold"
    NOT_HERS = "not_hers"  # the part is for other groups
    GROUP_UNTOLD = "group_untold"  # whether she is in one of the part's groups is not known
