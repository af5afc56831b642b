"""The states of an award: in whatever order things happen, nothing is lost, doubled, or back without leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.award import (
    PERIOD_ONCE,
    Award,
    AwardState,
    Cause,
    Flag,
    is_at_rest,
    latest_of,
    number_of,
    period_after,
)
from lti_tool.domain.award_terms import AwardTerms, Regrade, Renewal
from lti_tool.domain.criteria import parse
from lti_tool.domain.errors import BadgeToolError

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
STEPS = ("issue", "met", "not met", "grace ends", "keep", "revoke", "lift", "undo")


def award(**values: object) -> Award:
    return Award("a", "badge", 1, "course", "ana", PERIOD_ONCE, NOW, {}, **values)  # type: ignore[arg-type]


terms = st.builds(AwardTerms, regrade=st.sampled_from(Regrade), grace_days=st.integers(0, 30))


def moved(held: Award, step: str, by: AwardTerms, now: datetime) -> Award:
    if step == "issue":
        return held.issued(now)
    if step in ("met", "not met"):
        return held.weighed(still_met=step == "met", fact_at=now, terms=by, now=now)
    if step == "grace ends":
        return held.acted(by, now) if held.act_at is not None else held
    if step == "keep":
        return held.kept(now)
    if step == "lift":
        can_be = held.state is AwardState.REVOKED and not held.may_be_earned_again
        return held.lifted(now) if can_be else held
    cause = Cause.PERSON if step == "revoke" else Cause.UNDONE
    return held if held.state is AwardState.REVOKED else held.revoked("why", now, cause)


@given(terms, st.lists(st.sampled_from(STEPS), max_size=20))
def test_revoked_is_for_ever_and_for_cause_only_a_person_lifts_it(by: AwardTerms, steps: list[str]) -> None:
    held = award()
    for place, step in enumerate(steps):
        before, held = held, moved(held, step, by, NOW + timedelta(days=place))
        if before.state is AwardState.REVOKED:
            assert held.state is AwardState.REVOKED
            assert (held.revoked_at, held.cause) == (before.revoked_at, before.cause)
            if before.cause is Cause.PERSON and not before.may_be_earned_again:
                assert held.may_be_earned_again == (step == "lift")
        # Once issued it is never "being signed" again: nothing is signed twice.
        assert not (before.issued_at is not None and held.state is AwardState.AWARDED)
        assert (held.state is AwardState.SUSPENDED) == (held.suspended_at is not None)
        assert (held.state is AwardState.REVOKED) == (held.revoked_at is not None)


@given(terms, st.lists(st.sampled_from(STEPS[:5]), max_size=20))
def test_what_is_met_again_stands_as_before(by: AwardTerms, steps: list[str]) -> None:
    """Without a person's revocation, and unless the terms revoked, the grade brings everything back."""
    held = award()
    for place, step in enumerate(steps):
        held = moved(held, step, by, NOW + timedelta(days=place))
    after = held.weighed(still_met=True, fact_at=NOW, terms=by, now=NOW)
    if held.state is AwardState.REVOKED:
        assert (by.regrade, held.cause) == (Regrade.REVOKE, Cause.POLICY)
        assert held.may_be_earned_again
    else:
        assert is_at_rest(after)
        assert after.state is (AwardState.AWARDED if held.issued_at is None else AwardState.ISSUED)


@given(st.sampled_from(Regrade), st.integers(0, 30))
def test_each_policy_does_what_it_says_after_its_grace(regrade: Regrade, days: int) -> None:
    by = AwardTerms(regrade=regrade, grace_days=days)
    fallen = award().issued(NOW).weighed(still_met=False, fact_at=NOW, terms=by, now=NOW)
    if regrade is not Regrade.KEEP and days:
        assert (fallen.state, fallen.flag, fallen.act_at) == (AwardState.ISSUED, Flag.NONE, NOW + timedelta(days=days))
        fallen = fallen.acted(by, NOW)
    expected = {
        Regrade.KEEP: (AwardState.ISSUED, Flag.NONE),
        Regrade.FLAG: (AwardState.ISSUED, Flag.REGRADED),
        Regrade.SUSPEND: (AwardState.SUSPENDED, Flag.NONE),
        Regrade.REVOKE: (AwardState.REVOKED, Flag.NONE),
    }
    assert (fallen.state, fallen.flag) == expected[regrade]


def test_what_a_person_settled_is_not_asked_again_until_something_new_happens() -> None:
    by = AwardTerms(regrade=Regrade.SUSPEND)
    kept = award().issued(NOW).weighed(still_met=False, fact_at=NOW, terms=by, now=NOW).kept(NOW)
    assert kept.weighed(still_met=False, fact_at=NOW, terms=by, now=NOW) == kept
    later = kept.weighed(still_met=False, fact_at=NOW + timedelta(hours=1), terms=by, now=NOW)
    assert later.state is AwardState.SUSPENDED


@given(st.integers(1, 50))
def test_periods_follow_one_another_and_the_last_one_counts(count: int) -> None:
    period, awards = PERIOD_ONCE, []
    for number in range(1, count + 1):
        assert number_of(period) == number
        awards.append(Award(period, "badge", 1, "course", "ana", period, NOW, {}))
        period = period_after(period)
    assert latest_of(reversed(awards))["badge"] == awards[-1]
    assert len({Award.id_for("badge", "ana", one.period) for one in awards}) == count


@given(st.integers(0, 20 * 366 * 24), st.integers(1, 120))
def test_a_badge_lasts_for_whole_months_and_renewing_early_loses_no_day(hours: int, months: int) -> None:
    by, at = AwardTerms(months=months), NOW + timedelta(hours=hours)
    ends = by.lasts_until(at)
    assert ends is not None
    assert (ends.year - at.year) * 12 + ends.month - at.month == months
    assert ends.day == at.day or (ends.day < at.day and (ends + timedelta(days=1)).day == 1)
    renewed = by.lasts_until(ends - timedelta(days=20), before=ends)
    assert renewed == by.lasts_until(ends)
    assert AwardTerms().lasts_until(at) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"grace_days": 31},
        {"grace_days": -1},
        {"months": 121},
        {"months": 1, "expires_on": NOW},
        {"renewal": Renewal.AGAIN},
        {"months": 1, "renewal": Renewal.OTHER},
        {"remind_days": 181},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadgeToolError) as refused:
        AwardTerms(**wrong)  # type: ignore[arg-type]
    assert refused.value.code == "achievement.terms_invalid"


def test_terms_are_stored_and_read_whole() -> None:
    rule = parse({"type": "item_completed", "item": "essay"})
    for one in (
        AwardTerms(),
        AwardTerms(Regrade.SUSPEND, 7, expires_on=NOW),
        AwardTerms(Regrade.REVOKE, months=24, renewal=Renewal.OTHER, renewal_rule=rule, remind_days=14),
    ):
        assert AwardTerms.from_json(one.to_json()) == one
    assert AwardTerms.from_json({}) == AwardTerms()
