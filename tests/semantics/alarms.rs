//! Alarms: missing data, windows, delays, metric math, percentiles.
//!
//! The pure rules, played on series that are written out; no scenario.

use cutover::aws::alarm::{
    ComparisonOperator, LowSampleCount, StateValue, Statistic, TreatMissingData,
};
use cutover::diagnostic::{Diagnostics, Severity, Sources};
use cutover::engine::time::SimDuration;
use cutover::input::aws_document::alarm::alarms;
use cutover::input::decode::Field;
use cutover::input::tree::read;
use cutover::scenario::alarm::Alarm as Document;
use cutover::scenario::alarm::criterion::Criterion;
use cutover::scenario::alarm::history::{History, Sample};
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
        scaling_policies: Vec::new(),
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

/// Story F28 (CW-MISS-2, CW-ALARM-9): one bad period, then three without data, again and again, for the four treatments. With one
/// of one the bad period alone decides for as long as it is in the range, whatever is missing around it, and `missing` alone falls
/// back to INSUFFICIENT_DATA. With two of three and missing data taken as good two bad periods decide that are four apart:
/// they are the only real ones in the range of five.
#[test]
fn one_bad_period_among_missing_ones_is_judged_by_the_treatment() {
    let series = ["X - - -"; 4].map(points).concat();
    let told = |m, n, treat| {
        let criterion = criterion(m, n, treat);
        let range = criterion.evaluation_range(seconds(60), SimDuration::ZERO) as usize;
        let mut state = Ok;
        let after = (1..=series.len()).map(|seen| {
            let past = series[..seen].iter().rev().copied();
            state = criterion.state(past.chain(std::iter::repeat(None)).take(range), state);
            &state.as_str()[..1]
        });
        after.collect::<String>()
    };
    // The range of one period is three: the bad one leaves it in the fourth.
    assert_eq!(told(1, 1, TreatMissingData::Missing), "AAAIAAAIAAAIAAAI");
    assert_eq!(told(1, 1, TreatMissingData::Ignore), "AAAAAAAAAAAAAAAA");
    assert_eq!(told(1, 1, TreatMissingData::Breaching), "AAAAAAAAAAAAAAAA");
    assert_eq!(told(1, 1, TreatMissingData::NotBreaching), "AAAOAAAOAAAOAAAO");
    assert_eq!(told(2, 3, TreatMissingData::NotBreaching), "OOOOAOOOAOOOAOOO");
    assert_eq!(told(2, 3, TreatMissingData::Breaching), "AAAAAAAAAAAAAAAA");
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

/// CW-ALARM-7: only a change of state is one that actions run on; without `ActionsEnabled` states change all the same.
#[test]
fn a_state_that_lasts_is_no_change() {
    let mut alarm = alarm(60, criterion(1, 1, TreatMissingData::NotBreaching));
    let feed = Feed { minute: five_bad_minutes(Some(0)), delay_s: 60 };
    let changes = |alarm: &MetricAlarm| {
        let mut playback = Playback::new(alarm, seconds(115), at(20), Ok);
        let steps = (0..20).map(|_| playback.step(|_, window, now| feed.seen(alarm, window, now)));
        steps.map(|evaluation| evaluation.is_change()).collect::<Vec<_>>()
    };
    let with_actions = changes(&alarm);
    assert_eq!(with_actions.iter().filter(|is_change| **is_change).count(), 2);
    alarm.actions_enabled = false;
    assert_eq!(changes(&alarm), with_actions);
}

// ---- documents -------------------------------------------------------------------------------------

/// What is told of an alarm as its owner writes it, the code and the title of each fault.
fn told(text: &str) -> Vec<String> {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read("alarm.yaml", text.into(), &mut sources, &mut to).expect("a tree");
    alarms(Field::new("alarm", &node), None, &mut to);
    let faults = to.iter().filter(|told| told.severity != Severity::Note);
    faults.map(|told| format!("{} {}", told.code, told.title)).collect()
}

fn written(namespace: &str, rest: &str) -> String {
    format!(
        "{{AlarmName: a, Namespace: {namespace}, MetricName: m, Statistic: Sum, Threshold: 1, \
         ComparisonOperator: GreaterThanThreshold, {rest}}}"
    )
}

/// CW-ALARM-2: periods, N and M, and how long a time they may span.
#[test]
fn alarms_stay_within_the_limits_of_cloud_watch() {
    for (rest, ok) in [
        ("Period: 10, EvaluationPeriods: 8640", true),
        ("Period: 20, EvaluationPeriods: 1", true),
        ("Period: 45, EvaluationPeriods: 1", false),
        ("Period: 60, EvaluationPeriods: 1440", true),
        ("Period: 60, EvaluationPeriods: 1441", false),
        ("Period: 3600, EvaluationPeriods: 168", true),
        ("Period: 3600, EvaluationPeriods: 169", false),
        ("Period: 60, EvaluationPeriods: 0", false),
        ("Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 3", true),
        ("Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 4", false),
        ("Period: 60, EvaluationPeriods: 3, OKActions: [a, b, c, d, e]", true),
        ("Period: 60, EvaluationPeriods: 3, OKActions: [a, b, c, d, e, f]", false),
    ] {
        let told = told(&written("N", rest));
        let is_refused = told.len() == 1 && told[0].starts_with("CUT0229");
        assert!(if ok { told.is_empty() } else { is_refused }, "{rest}: {told:?}");
    }
}

/// CW-ALARM-12: metrics of DynamoDB ignore missing data whatever the alarm says.
#[test]
fn metrics_of_dynamodb_keep_their_state_without_data() {
    let text =
        written("AWS/DynamoDB", "Period: 60, EvaluationPeriods: 1, TreatMissingData: breaching");
    assert!(told(&text)[0].starts_with("CUT0233"));
    let alarm = documented(&text);
    for current in StateValue::ALL {
        assert_eq!(alarm.evaluate(at(620), 3, *current, |_, _| None), *current);
    }
}

/// CW-ALARM-11: ten metrics, and one period that they have in common.
#[test]
fn metric_math_has_ten_metrics_of_one_period() {
    let of = |periods: &[u32]| {
        let metrics = periods.iter().enumerate().map(|(number, period)| {
            format!(
                "{{Id: m{number}, ReturnData: false, MetricStat: {{Stat: Sum, Period: {period}, \
                 Metric: {{Namespace: N, MetricName: a}}}}}}"
            )
        });
        told(&format!(
            "{{AlarmName: a, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold, \
             Metrics: [{{Id: e, Expression: SUM(METRICS())}}, {}]}}",
            metrics.collect::<Vec<_>>().join(", ")
        ))
    };
    assert!(of(&[60; 10]).is_empty());
    assert_eq!(of(&[60; 11]), ["CUT0229 `Metrics` has 11 metrics among 12 entries"]);
    assert_eq!(of(&[60, 300]), ["CUT0229 a metric has a `Period` of 300 s beside one of 60 s"]);
}

/// CW-ALARM-10: a rule over the states of at most a hundred others.
#[test]
fn composite_alarms_follow_the_states_of_others() {
    let rule = "(ALARM(a) OR ALARM(b)) AND NOT INSUFFICIENT_DATA(c)";
    let text = format!("{{AlarmName: any, AlarmRule: '{rule}'}}");
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read("alarm.yaml", text.into(), &mut sources, &mut to).expect("a tree");
    let found = alarms(Field::new("alarm", &node), None, &mut to).expect("alarms").remove(0).value;
    let Document::Composite(alarm) = found else { panic!("a composite alarm") };
    for (states, expected) in [
        ([Ok, Ok, Ok], Ok),
        ([Alarm, Ok, Ok], Alarm),
        ([Ok, Alarm, Alarm], Alarm),
        ([Ok, Alarm, InsufficientData], Ok),
    ] {
        assert_eq!(alarm.state(&states), expected, "{states:?}");
    }
    let many = |count: usize| {
        let names = (0..count).map(|n| format!("OK(a{n})")).collect::<Vec<_>>();
        told(&format!("{{AlarmName: many, AlarmRule: '{}'}}", names.join(" AND ")))
    };
    assert!(many(100).is_empty());
    assert_eq!(many(101), ["CUT0231 `AlarmRule`: the rule names more than 100 alarms"]);
}

// ---- metric math -----------------------------------------------------------------------------------

/// An alarm as its owner writes it.
fn documented(text: &str) -> MetricAlarm {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read("alarm.yaml", text.into(), &mut sources, &mut to).expect("a tree");
    let found = alarms(Field::new("alarm", &node), None, &mut to).unwrap_or_default().pop();
    match found.map(|found| found.value) {
        Some(Document::Metric(alarm)) if !to.has_errors() => *alarm,
        _ => panic!("{}", cutover::diagnostic::render::terminal_all(&to, &sources, false)),
    }
}

/// An alarm on an expression of `m1` and `m2`, 2 of 3 above 1.
fn on_math(expression: &str, treat: TreatMissingData) -> MetricAlarm {
    let metric = |id: &str, name: &str| {
        format!(
            "{{Id: {id}, ReturnData: false, MetricStat: {{Stat: Sum, Period: 60, \
             Metric: {{Namespace: AWS/ApplicationELB, MetricName: {name}}}}}}}"
        )
    };
    documented(&format!(
        "{{AlarmName: rate, EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 1, TreatMissingData: {treat}, \
         ComparisonOperator: GreaterThanThreshold, Metrics: [{{Id: e1, Expression: '{expression}'}}, {}, {}]}}",
        metric("m1", "HTTPCode_Target_5XX_Count"),
        metric("m2", "RequestCount"),
    ))
}

/// What the newest period holds of both metrics, `-` for nothing.
fn pair(m1: &str, m2: &str) -> [Option<Datapoint>; 2] {
    let point = |text: &str| Ratio::parse(text).map(|value| Datapoint { value, sample_count: 1 });
    [point(m1), point(m2)]
}

/// CW-MATH-1, CW-MATH-2 (T136..T138): what is missing counts as 0 beside what is not, and nothing is divided by 0.
#[test]
fn a_rate_is_nought_without_errors_and_missing_without_requests() {
    let alarm = on_math("100 * m1 / m2", TreatMissingData::NotBreaching);
    for (number, m1, m2, expected) in [
        ("T136", "5", "200", "2.5"),
        ("T137", "-", "200", "0"),
        ("CW-MATH-1", "0", "200", "0"),
        ("T138", "3", "0", "-"),
        ("T138", "3", "-", "-"),
        ("CW-MATH-2", "-", "-", "-"),
    ] {
        let points = pair(m1, m2);
        let value = alarm.datapoint(at(60), 1, 1, &mut |metric, _| points[metric]);
        let found = value.map_or("-".to_string(), |value| value.to_string());
        assert_eq!(found, expected, "{number}: {m1} of {m2}");
    }
}

/// CW-MATH-1, CW-ALARM-2 (T139): exactly one percent is not more than one percent.
#[test]
fn a_rate_is_compared_with_its_threshold_exactly() {
    let alarm = on_math("100 * m1 / m2", TreatMissingData::NotBreaching);
    let minutes = [pair("3", "200"), pair("-", "200"), pair("4", "100")];
    let of = |minutes: [[Option<Datapoint>; 2]; 3]| {
        move |metric: usize, window: Window| {
            let minute = usize::try_from(second(window.from) / 60).ok()?;
            minutes.get(minute)?[metric]
        }
    };
    assert_eq!(alarm.evaluate(at(200), 5, Ok, of(minutes)), Alarm, "T139: X 0 X");
    let exact = [pair("1", "100"), pair("3", "300"), pair("7", "700")];
    assert_eq!(alarm.evaluate(at(200), 5, Alarm, of(exact)), Ok);
    let tenth = Ratio::parse("0.1").expect("a number");
    assert!(
        !MetricAlarm { threshold: tenth, ..alarm.clone() }
            .breaches(Ratio::whole(3).by(Ratio::whole(30)).expect("not by zero"))
    );
}

/// CW-MATH-3: while the requests of a minute have arrived and its errors have not, its rate is nought.
#[test]
fn a_rate_is_nought_until_its_errors_arrive() {
    let alarm = on_math("100 * m1 / m2", TreatMissingData::NotBreaching);
    // Requests arrive 20 s after their minute, errors 100 s; half of all fail.
    let seen = |metric: usize, window: Window, now: UnixTime| {
        let delay = seconds([100, 20][metric]);
        let has_arrived = alarm.rhythm().delivered(window, now, delay) == window.until;
        has_arrived.then_some(Datapoint { value: Ratio::whole([50, 100][metric]), sample_count: 1 })
    };
    let shown = |age| {
        let value =
            alarm.datapoint(at(620), age, 5, &mut |metric, window| seen(metric, window, at(620)));
        value.map(|value| value.to_string())
    };
    assert_eq!([shown(1), shown(2), shown(3)].map(Option::unwrap), ["0", "0", "50"]);
}

/// CW-MATH-4: a filled series has a datapoint in every period, the newest included.
#[test]
fn a_filled_series_is_never_missing() {
    let nothing = |_: usize, _: Window| None;
    let ignoring = |expression| on_math(expression, TreatMissingData::Missing);
    let state = |expression| ignoring(expression).evaluate(at(620), 5, Alarm, nothing);
    assert_eq!(state("m1"), InsufficientData);
    assert_eq!(state("FILL(m1, 0)"), Ok);
    assert_eq!(state("FILL(m1, 5)"), Alarm);
    assert_eq!(state("FILL(m1, REPEAT)"), InsufficientData, "nothing to repeat");
}

/// CW-MATH-5: an alarm on the counter of the targets does not see what the load balancer answers itself.
#[test]
fn errors_of_the_load_balancer_are_seen_by_their_own_counter_only() {
    // m1 stands for HTTPCode_Target_5XX_Count, m2 for HTTPCode_ELB_5XX_Count: every request meets a dead target.
    let refused = |metric: usize, _: Window| pair("-", "500")[metric];
    let state = |expression| {
        on_math(expression, TreatMissingData::NotBreaching).evaluate(at(620), 5, Ok, refused)
    };
    assert_eq!([state("m1"), state("m1 + m2")], [Ok, Alarm]);
}

// ---- samples ---------------------------------------------------------------------------------------

/// CW-MET-1, CW-MET-3, CW-MET-4: what is made of the samples of a period, which is stamped with its start.
#[test]
fn samples_are_aggregated_by_period_and_statistic() {
    let of = |stat: Stat, from: i64| {
        let mut alarm = alarm(60, criterion(1, 1, TreatMissingData::Missing));
        alarm.metrics[0].stat = stat;
        let samples = [(0, 4), (20, 1), (59, 3), (60, 9), (180, 0)];
        let sample = |(second, value)| Sample { at: at(second), value: Ratio::whole(value) };
        let mut history = History::new(&alarm, seconds(0), vec![samples.map(sample).to_vec()]);
        let window = Window { from: at(from), until: at(from + 60) };
        let found = history.datapoint(0, window, at(600));
        found.map_or("-".to_string(), |found| format!("{} of {}", found.value, found.sample_count))
    };
    let first = |statistic| of(Stat::Statistic(statistic), 0);
    assert_eq!(
        Statistic::ALL.iter().map(|statistic| first(*statistic)).collect::<Vec<_>>(),
        ["3 of 3", "2.6666666666666665 of 3", "8 of 3", "1 of 3", "4 of 3"]
    );
    let percentiles = ["0", "33", "34", "66.6", "67", "100"];
    let ranks = percentiles.map(|text| of(Stat::Percentile(percentile(text)), 0));
    assert_eq!(ranks, ["1 of 3", "1 of 3", "3 of 3", "3 of 3", "4 of 3", "4 of 3"]);
    let sums = [60, 120, 180].map(|from| of(Stat::Statistic(Statistic::Sum), from));
    assert_eq!(sums, ["9 of 1", "-", "0 of 1"], "a period without samples is missing, not nought");
}

/// CW-ALARM-4, CW-DELAY-1: a window is made of the minutes that have arrived by then, each evaluation anew.
#[test]
fn a_window_is_aggregated_from_what_has_arrived() {
    let alarm = alarm(300, criterion(1, 1, TreatMissingData::Missing));
    let samples = (0..10).map(|minute| Sample { at: at(minute * 60), value: Ratio::ONE });
    let mut history = History::new(&alarm, seconds(90), vec![samples.collect()]);
    let mut sum = |now: i64, age| {
        let window = alarm.rhythm().window(at(now), age);
        history.datapoint(0, window, at(now)).map(|found| found.value.to_string())
    };
    assert_eq!(sum(320, 1), Some("3".into()), "the minutes from 180 on come at 330");
    assert_eq!(sum(330, 1), Some("4".into()));
    assert_eq!(sum(399, 1), Some("4".into()), "from 60 to 360, the last minute of which is late");
    assert_eq!(sum(699, 2), Some("5".into()));
    assert_eq!(sum(5000, 1), None);
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

/// Parts that expressions are put together from, in any order.
const PARTS: [&str; 24] = [
    "m1", "m2", "1", "0", "0.1", "1e300", "+", "-", "*", "/", "(", ")", "[", "]", ",", "IF(",
    "FILL(", "SUM(", "REPEAT", "AND", "<", "ABS(", "FLOOR(", "ß",
];

proptest! {
    /// CW-MATH-1, CW-MATH-2: whatever is written is read or told, and what is read can be evaluated; without any
    /// datapoint and without `FILL` it has none.
    #[test]
    fn any_expression_is_read_or_told(
        parts in prop::collection::vec(0..PARTS.len(), 1..9), m1 in 0..3_u32, m2 in 0..3_u32,
    ) {
        let text = parts.iter().map(|part| PARTS[*part]).collect::<Vec<_>>().join(" ");
        let document = format!(
            "{{AlarmName: a, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold, Metrics: \
             [{{Id: e1, Expression: '{text}'}}, \
             {{Id: m1, ReturnData: false, MetricStat: {{Stat: Sum, Period: 60, Metric: {{Namespace: N, MetricName: a}}}}}}, \
             {{Id: m2, ReturnData: false, MetricStat: {{Stat: Sum, Period: 60, Metric: {{Namespace: N, MetricName: b}}}}}}]}}"
        );
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read("alarm.yaml", document.into(), &mut sources, &mut to).expect("a tree");
        let found = alarms(Field::new("alarm", &node), None, &mut to).unwrap_or_default().pop();
        let Some(Document::Metric(alarm)) = found.map(|found| found.value) else {
            prop_assert!(to.has_errors(), "{text} is refused in silence");
            return Result::Ok(());
        };
        let value = |number: u32| (number > 0).then(|| Datapoint {
            value: Ratio::whole(number - 1),
            sample_count: 1,
        });
        let mut seen = |metric: usize, _: Window| [value(m1), value(m2)][metric];
        let found = alarm.datapoint(at(60), 1, 3, &mut seen);
        if m1 == 0 && m2 == 0 && !text.contains("FILL") {
            prop_assert_eq!(found, None, "{}", text);
        }
    }

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
