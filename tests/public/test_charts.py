"""Geometry of the drawings, tested as numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.choices import LADDERS, Ladder
from commitments.public.charts import (
    MARGIN,
    elapsed_chart,
    ladder_chart,
    share_of,
    status_bar,
    target_chart,
)

D = Decimal


class TestTargetChart:
    def test_places_baseline_promise_and_latest_in_their_order(self):
        chart = target_chart(
            uid="t", target=D(50), comparator="at_least", unit="家", baseline=D(40), latest=D(45)
        )

        assert [mark.key for mark in chart.marks] == ["baseline", "target", "latest"]
        assert chart.baseline.x < chart.latest.x < chart.target.x
        assert chart.target.text == "≥ 50家"

    def test_axis_starts_at_nothing_when_values_are_far_apart(self):
        chart = target_chart(uid="t", target=D(50), comparator="at_least", latest=D(10))

        assert chart.starts_at_zero
        assert chart.low == "0"

    def test_axis_is_cut_when_values_are_close_and_says_so(self):
        chart = target_chart(uid="t", target=D("6.0"), comparator="about", unit="%", baseline=D("6.7"))

        assert not chart.starts_at_zero
        assert chart.low != "0%"

    @pytest.mark.parametrize(
        ("target", "latest", "low"),
        [("6", "5.88", "5.8%"), ("4", "3.92", "3.85%"), ("6", "6.7", "5.5%"), ("95", "97", "94%")],
    )
    def test_a_cut_axis_starts_at_a_round_figure(self, target, latest, low):
        chart = target_chart(uid="t", target=D(target), comparator="at_least", unit="%", latest=D(latest))

        assert chart.low == low

    def test_no_line_is_kept_for_a_figure_that_is_not_there(self):
        known = {"uid": "t", "target": D(50), "comparator": "at_least"}
        bare = target_chart(**known)
        reported = target_chart(**known, latest=D(45))
        compared = target_chart(**known, latest=D(45), baseline=D(40))

        assert bare.height < reported.height < compared.height
        assert reported.latest_y < compared.latest_y

    def test_kept_stretch_lies_beyond_the_promise(self):
        chart = target_chart(uid="t", target=D(50), comparator="at_least", latest=D(60))

        assert chart.kept.x == chart.target.x
        assert chart.kept.end == 100
        assert chart.latest.x > chart.kept.x

    def test_kept_stretch_lies_before_a_ceiling(self):
        chart = target_chart(uid="t", target=D("5.5"), comparator="at_most", unit="%", latest=D("5.2"))

        assert chart.kept.x == 0
        assert chart.kept.end == chart.target.x
        assert chart.latest.x < chart.target.x

    def test_kept_stretch_turns_when_lower_is_better(self):
        chart = target_chart(uid="t", target=D(30), comparator="equal", lower_is_better=True)

        assert chart.kept.x == 0

    def test_about_is_kept_within_the_tolerance_and_beyond(self):
        chart = target_chart(uid="t", target=D(6), comparator="about", baseline=D(4), tolerance=D("0.05"))

        assert chart.kept.x < chart.target.x
        assert chart.kept.end == 100

    def test_way_travelled_runs_from_the_baseline(self):
        chart = target_chart(uid="t", target=D(50), comparator="at_least", baseline=D(40), latest=D(20))

        assert chart.travelled.x == chart.latest.x
        assert chart.travelled.end == chart.baseline.x

    def test_no_way_is_drawn_from_the_edge_of_a_cut_axis(self):
        cut = target_chart(uid="t", target=D(4), comparator="equal", latest=D("3.92"))
        whole = target_chart(uid="t", target=D(50), comparator="at_least", latest=D(10))

        assert cut.travelled is None
        assert whole.travelled.end == whole.latest.x

    def test_nothing_was_travelled_before_a_figure_is_published(self):
        chart = target_chart(uid="t", target=D(50), comparator="at_least", baseline=D(40))

        assert chart.latest is None
        assert chart.travelled is None

    def test_target_of_zero_has_an_axis(self):
        chart = target_chart(uid="t", target=D(0), comparator="equal")

        assert chart.target.x == MARGIN

    @given(
        target=st.decimals(-(10**9), 10**9, places=2),
        others=st.lists(st.decimals(-(10**9), 10**9, places=2) | st.none(), min_size=3, max_size=3),
        comparator=st.sampled_from(["at_least", "at_most", "more_than", "equal", "about"]),
        lower=st.booleans(),
    )
    def test_every_mark_lies_inside_whatever_the_values(self, target, others, comparator, lower):
        baseline, latest, expected = others
        chart = target_chart(
            uid="t",
            target=target,
            comparator=comparator,
            baseline=baseline,
            latest=latest,
            expected=expected,
            lower_is_better=lower,
            tolerance=D("0.05"),
        )

        assert all(MARGIN <= mark.x <= 100 - MARGIN for mark in chart.marks)
        assert chart.kept.x >= 0
        assert chart.kept.width >= 0
        assert chart.kept.end <= 100


class TestLadderChart:
    STAGES = tuple((stage, stage) for stage in LADDERS[Ladder.WORKS])

    def test_marks_the_promised_and_the_reached_stage(self):
        chart = ladder_chart(uid="l", stages=self.STAGES, promised="built", reached="under_way")

        assert chart.promised.key == "built"
        assert chart.reached.key == "under_way"
        assert [rung.is_reached for rung in chart.rungs] == [True, True, True, False, False]
        assert [rung.is_beyond_promise for rung in chart.rungs] == [False, False, False, False, True]
        assert chart.is_kept is False

    def test_is_kept_from_the_promised_stage_on(self):
        chart = ladder_chart(uid="l", stages=self.STAGES, promised="started", reached="built")

        assert chart.is_kept is True

    @pytest.mark.parametrize("reached", ["", "held"])
    def test_stands_nowhere_without_a_stage_of_its_own(self, reached):
        chart = ladder_chart(uid="l", stages=self.STAGES, promised="built", reached=reached)

        assert chart.reached is None
        assert chart.climbed is None
        assert chart.is_kept is None

    def test_rungs_stand_at_equal_steps_from_end_to_end(self):
        chart = ladder_chart(uid="l", stages=self.STAGES, promised="built")

        places = [rung.x for rung in chart.rungs]
        assert (places[0], places[-1]) == (MARGIN, 100 - MARGIN)
        assert [rung.anchor for rung in chart.rungs] == ["start", "middle", "middle", "middle", "end"]

    def test_refuses_a_promise_that_is_not_on_the_ladder(self):
        with pytest.raises(ValueError, match="held"):
            ladder_chart(uid="l", stages=self.STAGES, promised="held")


class TestStatusBar:
    def test_leaves_out_what_counts_nothing(self):
        bar = status_bar([("done", "已完成", 3), ("behind", "未达序时", 0), ("blocked", "受阻", 1)], uid="b")

        assert [part.key for part in bar.parts] == ["done", "blocked"]
        assert bar.total == 4
        assert [part.share for part in bar.parts] == [D("0.75"), D("0.25")]

    def test_smallest_part_stays_visible(self):
        bar = status_bar([("not_reported", "", 9999), ("done", "", 1)], uid="b")

        assert bar.parts[1].width >= 1
        assert bar.parts[1].share < D("0.001")

    def test_is_empty_for_nothing(self):
        bar = status_bar([], uid="b")

        assert bar.parts == ()
        assert bar.length == 0

    @given(st.lists(st.integers(0, 5000), min_size=1, max_size=11))
    def test_parts_fill_the_bar_side_by_side(self, counts):
        bar = status_bar([(f"s{n}", "", count) for n, count in enumerate(counts)], uid="b")

        if bar.total:
            assert sum(part.width for part in bar.parts) == pytest.approx(100, abs=0.1)
        for left, right in zip(bar.parts, bar.parts[1:], strict=False):
            assert right.x == pytest.approx(left.x + left.width, abs=0.05)

    def test_bars_of_several_rows_share_one_scale(self):
        bars = [status_bar([("done", "", count)], uid=f"b{count}", scale=10) for count in (10, 5, 0)]

        assert [bar.length for bar in bars] == [100, 50, 0]


class TestElapsedChart:
    @pytest.mark.parametrize(("given_share", "drawn"), [("-0.1", 0), ("0.5", 50), ("1.7", 100)])
    def test_time_stays_between_nothing_and_the_whole(self, given_share, drawn):
        chart = elapsed_chart(uid="e", elapsed=D(given_share), delivered=1, total=4)

        assert chart.elapsed_width == drawn
        assert chart.delivered == D("0.25")

    def test_nothing_of_nothing_is_nothing(self):
        assert share_of(0, 0) == 0
