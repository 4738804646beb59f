//! Alarms: missing data, windows, delays, metric math, percentiles.
//!
//! The pure rules, played on series that are written out; no scenario.

use cutover::aws::alarm::{
    ComparisonOperator, LowSampleCount, StateValue, Statistic, TreatMissingData,
};
use cutover::engine::time::SimDuration;
use cutover::scenario::alarm::criterion::Criterion;
use cutover::scenario::alarm::math::Expression;
use cutover::scenario::alarm::playback::{Before, Playback, Saturation};
use cutover::scenario::alarm::ratio::Ratio;
use cutover::scenario::alarm::statistic::{Datapoint, Percentile, Stat};
use cutover::scenario::alarm::window::{UnixTime, Window};
use cutover::scenario::alarm::{Metric, MetricAlarm, MetricStat};
use proptest::prelude::*;

use StateValue::{Alarm, InsufficientData, Ok};

const TREATMENTS: [TreatMissingData; 4] = [
    TreatMissingData::Missing,
    TreatMissingData::Ignore,
    TreatMissingData::Breaching,
    TreatMissingData::NotBreaching,
];

fn criterion(m: u32, n: u32, treat_missing_data: TreatMissingData) -> Criterion {
    Criterion { datapoints_to_alarm: m, evaluation_periods: n, treat_missing_data }
}

fn seconds(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

/// An alarm on the sum of a counter that is more than nought.
fn alarm(period_s: u64, criterion: Criterion) -> MetricAlarm {
    MetricAlarm {
        name: "errors".into(),
        metrics: vec![MetricStat {
            id: String::new(),
            metric: Metric {
                namespace: "AWS/ApplicationELB".into(),
                name: "HTTPCode_Target_5XX_Count".into(),
                dimensions: Vec::new(),
            },
            stat: Stat::Statistic(Statistic::Sum),
        }],
        expression: Expression::Metric(0),
        period: seconds(period_s),
        criterion,
        comparison_operator: ComparisonOperator::GreaterThanThreshold,
        threshold: Ratio::ZERO,
        low_sample_count: LowSampleCount::Evaluate,
        actions_enabled: true,
    }
}

// ---- missing data ----------------------------------------------------------------------------------

/// `0 - X` from old to new: not breaching, missing, breaching.
fn points(written: &str) -> Vec<Option<bool>> {
    let point = |sign: &str| match sign {
        "0" => Some(false),
        "X" => Some(true),
        "-" => None,
        _ => panic!("`{sign}` is no point"),
    };
    written.split_whitespace().map(point).collect()
}

/// The state that an evaluation gives: `cur` if it is the one before, whichever that was.
fn state_of(criterion: Criterion, written: &str) -> String {
    let after = StateValue::ALL
        .iter()
        .map(|&current| (current, criterion.state(points(written).into_iter().rev(), current)));
    let after: Vec<_> = after.collect();
    if after.iter().all(|(before, after)| before == after) {
        return "cur".into();
    }
    assert!(after.iter().all(|(_, state)| *state == after[0].1), "{written}: {after:?}");
    match after[0].1 {
        InsufficientData => "INSUFF".into(),
        state => state.to_string(),
    }
}

fn check(number: &str, m: u32, n: u32, written: &str, expected: &str) {
    let found = TREATMENTS.map(|treat| state_of(criterion(m, n, treat), written)).join(" ");
    assert_eq!(found, expected, "{number}: {written}, {m} of {n}");
}

/// CW-MISS-2, CW-MISS-1 (T91..T103): both tables that AWS publishes, for `missing`, `ignore`, `breaching` and
/// `notBreaching`; five periods are fetched for three that are evaluated.
#[test]
fn the_published_tables_of_missing_data_hold() {
    for (number, m, written, expected) in [
        ("T91", 3, "0 - X - X", "OK OK OK OK"),
        ("T92", 3, "0 - - - -", "OK OK OK OK"),
        ("T93", 3, "- - - - -", "INSUFF cur ALARM OK"),
        ("T94", 3, "0 X X - X", "ALARM ALARM ALARM ALARM"),
        ("T95", 3, "- - X - -", "ALARM cur ALARM OK"),
        ("T96", 2, "0 - X - X", "ALARM ALARM ALARM ALARM"),
        ("T97", 2, "0 0 X 0 X", "ALARM ALARM ALARM ALARM"),
        ("T98", 2, "0 - X - -", "OK OK ALARM OK"),
        ("T99", 2, "- - - - 0", "OK OK ALARM OK"),
        ("T100", 2, "- - - X -", "ALARM cur ALARM OK"),
        ("T101", 3, "- - - - X", "cur cur ALARM OK"),
        ("T102", 3, "- - - X -", "cur cur ALARM OK"),
        ("T103", 3, "- - - - -", "INSUFF cur ALARM OK"),
    ] {
        check(number, m, 3, written, expected);
        let range = criterion(m, 3, TreatMissingData::Missing)
            .evaluation_range(seconds(60), SimDuration::ZERO);
        assert_eq!(range as usize, points(written).len(), "{number}");
    }
}

/// CW-MISS-2, CW-ALARM-6 (T104..T122): what the algorithm gives beside the published cells.
#[test]
fn the_cells_between_the_published_ones_follow_from_the_algorithm() {
    for (number, m, n, written, expected) in [
        ("T104", 3, 3, "0 0 X X X", "ALARM ALARM ALARM ALARM"),
        ("T105", 3, 3, "X X X 0 X", "OK OK OK OK"),
        ("T106", 3, 3, "0 0 0 X X", "OK OK OK OK"),
        ("T107", 3, 3, "X - - - -", "ALARM cur ALARM OK"),
        ("T108", 3, 3, "- - - X X", "cur cur ALARM OK"),
        ("T109", 3, 3, "- X - X -", "ALARM cur ALARM OK"),
        ("T110", 3, 3, "- - - 0 X", "OK OK OK OK"),
        ("T111", 3, 3, "X 0 - X X", "OK OK OK OK"),
        ("T112", 2, 3, "- - - - X", "cur cur ALARM OK"),
        ("T113", 2, 3, "- - - X X", "ALARM ALARM ALARM ALARM"),
        ("T114", 2, 3, "X - - 0 -", "OK OK ALARM OK"),
        ("T115", 2, 3, "X X - - 0", "ALARM ALARM ALARM ALARM"),
        ("T116", 1, 1, "0 0 X", "ALARM ALARM ALARM ALARM"),
        ("T116", 1, 1, "X X 0", "OK OK OK OK"),
        ("T117", 1, 1, "X - -", "ALARM ALARM ALARM ALARM"),
        ("T118", 1, 1, "- - -", "INSUFF cur ALARM OK"),
        ("T119", 3, 5, "0 0 0 X 0 X X", "ALARM ALARM ALARM ALARM"),
        ("T120", 3, 5, "- - - - - X X", "cur cur ALARM OK"),
        ("T121", 3, 5, "0 - - - - X X", "OK OK ALARM OK"),
        ("T122", 3, 5, "- - - - X - -", "ALARM cur ALARM OK"),
    ] {
        check(number, m, n, written, expected);
    }
}

/// CW-MISS-2 (T123..T126): one bad minute before the stream ends, after a long history without any.
///
/// CW-ALARM-9: under `missing` the alarm comes four periods late, as the last good datapoint leaves the range.
#[test]
fn a_stream_that_ends_after_a_bad_minute_is_judged_again() {
    let series = [points("0 0 0 0 0"), points("X - - - - - -")].concat();
    for (number, treat, expected) in [
        (
            "T123",
            TreatMissingData::Missing,
            [Ok, Ok, Ok, Ok, Alarm, InsufficientData, InsufficientData],
        ),
        ("T124", TreatMissingData::Ignore, [Ok; 7]),
        ("T125", TreatMissingData::Breaching, [Ok, Ok, Ok, Ok, Alarm, Alarm, Alarm]),
        ("T126", TreatMissingData::NotBreaching, [Ok; 7]),
    ] {
        let mut state = Ok;
        let states = (6..=12).map(|end| {
            state = criterion(3, 3, treat).state(series[end - 5..end].iter().rev().copied(), state);
            state
        });
        assert_eq!(states.collect::<Vec<_>>(), expected, "{number}");
    }
}

/// CW-ALARM-1: an alarm is INSUFFICIENT_DATA until an evaluation says otherwise, if on points older than itself.
/// CW-ALARM-8: a state that was set by hand holds until the next evaluation, or beyond if that keeps the state.
#[test]
fn a_state_holds_until_the_next_evaluation() {
    for (treat, written, expected) in [
        (TreatMissingData::Missing, "0 0 0 0 0", Ok),
        (TreatMissingData::Missing, "X X X X X", Alarm),
        (TreatMissingData::Missing, "- - - - -", InsufficientData),
    ] {
        for current in StateValue::ALL {
            let state = criterion(3, 3, treat).state(points(written).into_iter().rev(), *current);
            assert_eq!(state, expected, "{written} after {current}");
        }
    }
    for current in StateValue::ALL {
        let ignoring = criterion(3, 3, TreatMissingData::Ignore);
        assert_eq!(ignoring.state(points("- - - - -"), *current), *current);
    }
}

// ---- windows, delays and phases --------------------------------------------------------------------

/// Midnight of a day: second 0 of the vectors, with as much calendar before it as any alarm looks at.
const DAY: UnixTime = UnixTime::from_millis(1_767_571_200_000);

fn at(second: i64) -> UnixTime {
    let millis = i64::try_from(DAY.as_millis()).expect("today") + second * 1000;
    UnixTime::from_millis(u64::try_from(millis).expect("after 1970"))
}

/// Second of the vectors.
fn second(at: UnixTime) -> i64 {
    i64::try_from(at.as_millis()).expect("today") / 1000
        - i64::try_from(DAY.as_millis()).expect("today") / 1000
}

/// What a minute beginning at a second counts; each arrives a delay after its end.
struct Feed<F> {
    minute: F,
    delay_s: u64,
}

impl<F: Fn(i64) -> Option<u32>> Feed<F> {
    fn seen(&self, alarm: &MetricAlarm, window: Window, now: UnixTime) -> Option<Datapoint> {
        let delivered = alarm.rhythm().delivered(window, now, seconds(self.delay_s));
        let minutes = (second(window.from)..second(delivered)).step_by(60);
        let counts: Vec<u32> = minutes.filter_map(|minute| (self.minute)(minute)).collect();
        let value = Ratio::whole(counts.iter().sum());
        (!counts.is_empty()).then_some(Datapoint { value, sample_count: counts.len() as u64 })
    }

    /// Every change of state from the evaluation at second 20 on, until one at or after `until`.
    fn changes(&self, alarm: &MetricAlarm, initial: StateValue, until: i64) -> String {
        let mut playback = Playback::new(alarm, seconds(115), at(20), initial);
        let mut told = Vec::new();
        loop {
            let evaluation = playback.step(|_, window, now| self.seen(alarm, window, now));
            if evaluation.is_change() {
                let state = match evaluation.to {
                    InsufficientData => "INSUFF".to_string(),
                    state => state.to_string(),
                };
                told.push(format!("{} {state}", second(evaluation.at)));
            }
            if second(evaluation.at) >= until {
                return told.join(", ");
            }
        }
    }
}

/// Errors in the five minutes from 0 on; otherwise noughts or nothing.
fn five_bad_minutes(otherwise: Option<u32>) -> impl Fn(i64) -> Option<u32> {
    move |minute| if (0..=240).contains(&minute) { Some(7) } else { otherwise }
}

/// CW-ALARM-3, CW-ALARM-5, CW-DELAY-1 (T127..T132): errors in five minutes, delivered a minute late, evaluated at
/// second 20 of each.
#[test]
fn alarms_come_and_go_with_what_has_been_delivered() {
    use TreatMissingData::{Ignore, Missing, NotBreaching};
    for (number, m, treat, otherwise, expected) in [
        ("T127", 1, NotBreaching, Some(0), "140 ALARM, 440 OK"),
        ("T128", 1, NotBreaching, None, "140 ALARM, 500 OK"),
        ("T129", 2, NotBreaching, Some(0), "200 ALARM, 440 OK"),
        ("T130", 2, NotBreaching, None, "200 ALARM, 500 OK"),
        ("T131", 2, Missing, None, "140 ALARM, 560 INSUFF"),
        ("T132", 2, Ignore, None, "200 ALARM"),
    ] {
        let alarm = alarm(60, criterion(m, m, treat));
        let initial = match (treat, otherwise) {
            (Missing, None) => InsufficientData,
            _ => Ok,
        };
        let feed = Feed { minute: five_bad_minutes(otherwise), delay_s: 60 };
        let found = feed.changes(&alarm, initial, 1200);
        assert_eq!(found, expected, "{number}");
    }
}

/// CW-MISS-2, CW-DELAY-3 (T133, T134): how soon high and low alarms of a scaling policy fire after a long history;
/// without one the first datapoints decide.
#[test]
fn a_history_on_the_other_side_delays_an_alarm() {
    for (number, n, with_history, without) in
        [("T133", 3, "320 ALARM", "200 ALARM"), ("T134", 15, "1040 ALARM", "920 ALARM")]
    {
        let alarm = alarm(60, criterion(n, n, TreatMissingData::Missing));
        let since_onset = |minute| Some(u32::from(minute >= 0));
        let feed = Feed { minute: since_onset, delay_s: 110 };
        assert_eq!(feed.changes(&alarm, Ok, 2000), with_history, "{number}");
        let feed = Feed { minute: |minute| (minute >= 0).then_some(1), delay_s: 110 };
        assert_eq!(feed.changes(&alarm, InsufficientData, 2000), without, "{number}, premature");
    }
}

/// CW-MISS-2 (T135): a new alarm, one bad minute, and nothing else.
#[test]
fn one_bad_minute_of_a_sparse_metric_is_enough_for_a_new_alarm() {
    let alarm = alarm(60, criterion(3, 3, TreatMissingData::Missing));
    let feed = Feed { minute: |minute| (minute == 0).then_some(9), delay_s: 60 };
    assert_eq!(feed.changes(&alarm, InsufficientData, 1200), "200 ALARM, 380 INSUFF");
}

/// CW-ALARM-3: one evaluation a minute, for short periods one in ten seconds, always at the same phase.
#[test]
fn evaluations_keep_their_rhythm_and_phase() {
    for (period, interval, phase) in [(60, 60, 20), (300, 60, 0), (10, 10, 3), (30, 10, 9)] {
        let alarm = alarm(period, criterion(1, 1, TreatMissingData::Missing));
        let first = alarm.rhythm().next_evaluation(at(1), seconds(phase));
        let mut playback = Playback::new(&alarm, seconds(0), first, Ok);
        let times: Vec<i64> = (0..5).map(|_| second(playback.step(|_, _, _| None).at)).collect();
        let phase = i64::try_from(phase).expect("small");
        let first = if phase == 0 { interval } else { phase };
        let expected: Vec<i64> = (0..5).map(|n| first + n * interval).collect();
        assert_eq!(times, expected, "period {period}");
    }
}

/// CW-ALARM-4: the windows of a period longer than a minute slide, and are aggregated anew.
#[test]
fn windows_of_long_periods_slide() {
    let mut alarm = alarm(300, criterion(1, 1, TreatMissingData::NotBreaching));
    alarm.threshold = Ratio::whole(9);
    // Two errors a minute for five minutes: no aligned five minutes but the right ones have ten.
    let bad = |minute| Some(if (120..420).contains(&minute) { 2 } else { 0 });
    let feed = Feed { minute: bad, delay_s: 0 };
    assert_eq!(feed.changes(&alarm, Ok, 1200), "440 ALARM, 500 OK");
}

/// CW-MISS-1 (decision 18): where delays can be long, the range is wide enough to see what comes so late.
#[test]
fn a_long_delay_widens_the_range() {
    let alarm = alarm(60, criterion(1, 1, TreatMissingData::NotBreaching));
    let onset = |delay_max| Saturation {
        onset: at(0),
        before: Before::NotBreaching,
        delay: seconds(300),
        delay_max: seconds(delay_max),
        phase: seconds(20),
    };
    let found = |delay_max| onset(delay_max).earliest_alarm(&alarm).map(second);
    assert_eq!(found(300), Some(380));
    assert_eq!(found(115), None, "it is blind for ever");
}

/// CW-LINT-2: the earliest alarm is that of the alarm's own evaluator, for its treatment and its history.
#[test]
fn the_earliest_alarm_is_that_of_the_evaluator() {
    let earliest = |m: u32, treat, before, delay_s| {
        let onset = Saturation {
            onset: at(0),
            before,
            delay: seconds(delay_s),
            delay_max: seconds(115),
            phase: seconds(20),
        };
        onset.earliest_alarm(&alarm(60, criterion(m, m, treat))).map(second)
    };
    use TreatMissingData::{Breaching, Missing, NotBreaching};
    // Later than the second step of a canary of five minutes.
    assert_eq!(earliest(5, NotBreaching, Before::NotBreaching, 60), Some(380));
    assert_eq!(earliest(3, Missing, Before::NotBreaching, 110), Some(320), "T133");
    assert_eq!(earliest(3, Missing, Before::NoData, 110), Some(200));
    assert_eq!(earliest(3, NotBreaching, Before::NoData, 110), Some(320));
    assert_eq!(earliest(3, Breaching, Before::NoData, 110), Some(20), "before any data");
}

/// V7 (CW-LINT-2): an onset anywhere in a period is found (M-1)P + d to MP + d later, M periods of P that arrive
/// after d; in the mean after P/2 + (M-1)P + d.
#[test]
fn the_phase_of_an_onset_moves_detection_by_up_to_one_period() {
    for (period, m, delay) in [(60, 3, 10), (60, 1, 0), (10, 3, 4)] {
        let alarm = alarm(period, criterion(m, m, TreatMissingData::NotBreaching));
        let (period, m, delay) = (period * 1000, u64::from(m), delay * 1000);
        let waits: Vec<u64> = (0..period)
            .step_by(50)
            .map(|offset| {
                let onset = at(600) + SimDuration::from_millis(offset);
                let delay = SimDuration::from_millis(delay);
                let before = Before::NotBreaching;
                let onset_of = Saturation { onset, before, delay, delay_max: delay, phase: delay };
                let found = onset_of.earliest_alarm(&alarm).expect("it fires");
                found.since(onset).as_millis()
            })
            .collect();
        let (least, most) = ((m - 1) * period + delay, m * period + delay);
        assert!(waits.iter().all(|wait| (least..=most).contains(wait)), "{waits:?}");
        let mean = waits.iter().sum::<u64>() / waits.len() as u64;
        let expected = period / 2 + (m - 1) * period + delay;
        assert!(mean.abs_diff(expected) <= 25, "{mean}, not {expected}: steps of 50 ms");
    }
}

// ---- percentiles -----------------------------------------------------------------------------------

fn percentile(text: &str) -> Percentile {
    let share = cutover::input::unit::parse_share(&format!("{text}%")).expect("a share");
    Percentile(share)
}

/// CW-MISS-3 (T140): fewer samples than 10 / (1 - p), or 10 / p below the median, are few.
#[test]
fn percentiles_need_enough_samples() {
    let few = ["50", "90", "95", "99", "10"].map(|text| percentile(text).samples_min());
    assert_eq!(few, [20, 100, 200, 1000, 100]);
    assert_eq!(percentile("99.9").samples_min(), 10_000);
}

/// CW-MISS-3 (T141, T142): `ignore` keeps the state while there are few samples, `evaluate` does not care.
#[test]
fn few_samples_keep_the_state_if_they_are_to_be_ignored() {
    for (number, samples, low_sample_count, expected) in [
        ("T141", 999, LowSampleCount::Ignore, "cur"),
        ("T141", 999, LowSampleCount::Evaluate, "ALARM"),
        ("T142", 1000, LowSampleCount::Ignore, "ALARM"),
    ] {
        let mut alarm = alarm(60, criterion(1, 1, TreatMissingData::Missing));
        alarm.metrics[0].stat = Stat::Percentile(percentile("99"));
        alarm.low_sample_count = low_sample_count;
        for current in StateValue::ALL {
            let state = alarm.evaluate(at(20), 3, *current, |_, _| {
                Some(Datapoint { value: Ratio::ONE, sample_count: samples })
            });
            let expected = if expected == "cur" { *current } else { Alarm };
            assert_eq!(state, expected, "{number}: {samples} samples, {low_sample_count}");
        }
    }
}

// ---- properties ------------------------------------------------------------------------------------

/// How alarming a state is.
fn rank(state: StateValue) -> u8 {
    u8::from(state == Alarm)
}

fn any_point() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![Just(None), Just(Some(false)), Just(Some(true))]
}

proptest! {
    /// CW-MISS-2: a datapoint that breaches instead of one that does not never ends an alarm, nor does a smaller M
    /// where enough data is there; no series makes the evaluator fail.
    #[test]
    fn one_more_breach_never_ends_an_alarm(
        points in prop::collection::vec(any_point(), 0..12),
        n in 1_u32..8, less in 0_u32..7, treat in 0_usize..4, current in 0_usize..3, at in 0_usize..12,
    ) {
        let m = n.saturating_sub(less).max(1);
        let criterion = criterion(m, n, TREATMENTS[treat]);
        let current = StateValue::ALL[current];
        let before = criterion.state(points.iter().copied(), current);
        let mut worse = points.clone();
        if let Some(point) = worse.get_mut(at) && *point == Some(false) {
            *point = Some(true);
            let after = criterion.state(worse.iter().copied(), current);
            // A state that is kept is not a verdict: all datapoints breach now, but too few of them.
            prop_assert!(rank(after) >= rank(before) || after == current, "{points:?}");
        }
        let real = points.iter().flatten().count();
        if real >= n as usize {
            let easier = Criterion { datapoints_to_alarm: (m - 1).max(1), ..criterion };
            prop_assert!(rank(easier.state(points.iter().copied(), current)) >= rank(before));
            let states = TREATMENTS.map(|treat_missing_data| {
                Criterion { treat_missing_data, ..criterion }.state(points.iter().copied(), Ok)
            });
            prop_assert!(states.iter().all(|state| *state == states[0]), "missing data plays no part");
        }
    }
}
