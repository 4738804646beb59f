//! A backtest as text, JSON and CSV.

use std::fmt::Write as _;

use super::replay::{Change, Point, Replay};
use crate::aws::alarm::{ComparisonOperator, StateValue, TreatMissingData};
use crate::engine::time::SimDuration;
use crate::input::unit::shown;
use crate::scenario::alarm::MetricAlarm;
use crate::scenario::alarm::math::Expression;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::Stat;
use crate::scenario::alarm::window::UnixTime;

/// The most datapoints of a change that are shown; the older ones are counted.
const POINTS_MAX: usize = 6;

/// For people.
pub fn text(alarm: &MetricAlarm, replay: &Replay) -> String {
    let mut text = head(alarm, replay);
    let states = StateValue::ALL.iter().map(|state| state.as_str().len()).max().unwrap_or(0);
    let width = 2 * states + 4;
    for change in &replay.changes {
        let evaluation = change.evaluation;
        let change_of = format!("{} -> {}", evaluation.from, evaluation.to);
        let (at, why) = (calendar(evaluation.at), why(alarm, change));
        writeln!(text, "  {at}  {change_of:<width$}  {why}").expect("memory");
    }
    if replay.changes.is_empty() {
        text += "  the state never changes\n";
    }
    text + "\n" + &summary(replay)
}

fn head(alarm: &MetricAlarm, replay: &Replay) -> String {
    let criterion = alarm.criterion;
    let (m, n) = (criterion.datapoints_to_alarm, criterion.evaluation_periods);
    let mut head = format!(
        "{}\n  ALARM if {} {} {} for {m} of {n} datapoints of {}; missing data: {}\n",
        alarm.name,
        watched(alarm),
        sign(alarm.comparison_operator),
        alarm.threshold,
        shown(alarm.period),
        criterion.treat_missing_data,
    );
    let count = replay.samples.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let (first, last) = replay.span;
    let utc = if replay.without_offset { " (times without an offset are read as UTC)" } else { "" };
    let samples = if replay.samples == [1] { "sample" } else { "samples" };
    writeln!(head, "  {count} {samples} from {} to {}{utc}", calendar(first), calendar(last))
        .expect("memory");
    let interval = alarm.rhythm().interval();
    writeln!(
        head,
        "  each datapoint arrives {} after its end (--delay); evaluated every {}, {} later (--phase)",
        shown(replay.delay),
        if interval < SimDuration::from_secs(60) { "10 s" } else { "whole minute" },
        shown(replay.phase),
    )
    .expect("memory");
    if replay.spacing > alarm.period {
        let (spacing, period) = (shown(replay.spacing), shown(alarm.period));
        writeln!(
            head,
            "  note: samples are mostly {spacing} apart, so most periods of {period} have no datapoint"
        )
        .expect("memory");
    }
    if replay.spacing > interval {
        let (spacing, more) = (replay.spacing, replay.spacing - interval);
        let (spacing, more, delay) = (shown(spacing), shown(more), shown(replay.delay + more));
        writeln!(
            head,
            "  note: where each sample sums up the {spacing} after its time, it comes {more} later: --delay {delay}"
        )
        .expect("memory");
    }
    head + "\n"
}

/// What the alarm watches: `Sum of RequestCount`, or metric math of its metrics.
fn watched(alarm: &MetricAlarm) -> String {
    match alarm.expression {
        Expression::Metric(place) => {
            let metric = &alarm.metrics[place];
            format!("{} of {}", stat(metric.stat), metric.metric.name)
        }
        _ => {
            let ids = alarm.metrics.iter().map(|metric| metric.id.as_str());
            format!("the expression of {}", ids.collect::<Vec<_>>().join(", "))
        }
    }
}

fn stat(stat: Stat) -> String {
    match stat {
        Stat::Statistic(statistic) => statistic.to_string(),
        Stat::Percentile(percentile) => {
            let percent = Ratio::whole(percentile.0.parts_per_billion());
            format!("p{}", percent.by(Ratio::whole(10_000_000)).expect("not by zero"))
        }
    }
}

const fn sign(operator: ComparisonOperator) -> &'static str {
    match operator {
        ComparisonOperator::GreaterThanThreshold => ">",
        ComparisonOperator::GreaterThanOrEqualToThreshold => ">=",
        ComparisonOperator::LessThanThreshold => "<",
        ComparisonOperator::LessThanOrEqualToThreshold => "<=",
    }
}

/// The datapoints that decided, those that breach with a star.
fn why(alarm: &MetricAlarm, change: &Change) -> String {
    let points = &change.datapoints;
    let breaching = points.iter().filter(|point| point.breaches).count();
    let mut why = format!("{breaching} of {} breach", points.len());
    if points.is_empty() {
        why = "no datapoint".into();
    }
    if change.missing > 0 {
        let treated = match alarm.criterion.treat_missing_data {
            TreatMissingData::Breaching => " (taken as breaching)",
            TreatMissingData::NotBreaching => " (taken as not breaching)",
            TreatMissingData::Missing | TreatMissingData::Ignore => "",
        };
        write!(why, ", {} missing{treated}", change.missing).expect("memory");
    }
    let older = points.len().saturating_sub(POINTS_MAX);
    let values = points[older..].iter().map(|point| {
        let star = if point.breaches { "*" } else { "" };
        format!("{} {}{star}", clock(change, point), rounded(point.value))
    });
    let values = values.collect::<Vec<_>>().join(", ");
    match older {
        _ if points.is_empty() => why,
        0 => format!("{why}: {values}"),
        _ => format!("{why}: {older} older, {values}"),
    }
}

/// The time of day of a datapoint, with its date if that is not the day of the change.
fn clock(change: &Change, point: &Point) -> String {
    let (of_change, of_point) = (calendar(change.evaluation.at), calendar(point.window.from));
    let (Some((day, _)), Some((date, time))) =
        (of_change.split_once('T'), of_point.split_once('T'))
    else {
        return of_point;
    };
    let time = time.trim_end_matches('Z');
    let time = time.strip_suffix(":00").unwrap_or(time);
    if date == day { time.to_string() } else { format!("{}T{time}", &date[5..]) }
}

/// With at most four decimals, where that leaves something.
fn rounded(value: Ratio) -> String {
    let exact = value.to_string();
    let short = format!("{:.4}", value.as_f64());
    let short = short.trim_end_matches('0').trim_end_matches('.');
    let is_small = value.abs() < Ratio::parse("0.001").expect("a number");
    if is_small || short.len() >= exact.len() { exact } else { short.to_string() }
}

fn summary(replay: &Replay) -> String {
    let (first, last) = replay.evaluated;
    let all = last.since(first);
    let Some(longest) = replay.alarms.iter().max_by_key(|(from, to)| to.since(*from)) else {
        return format!("Never in ALARM, in {}.\n", shown(all));
    };
    let times = match replay.alarms.len() {
        1 => "once".to_string(),
        many => format!("{many} times"),
    };
    let in_alarm = in_alarm(replay);
    let share = in_alarm.as_millis() as f64 * 100.0 / (all.as_millis().max(1)) as f64;
    let mut summary = format!("In ALARM {times}, for {} of {}", shown(in_alarm), shown(all));
    write!(summary, " ({share:.2} %)").expect("memory");
    if replay.alarms.len() > 1 {
        let (from, to) = *longest;
        let (length, from) = (shown(to.since(from)), calendar(from));
        write!(summary, "; the longest took {length}, from {from}").expect("memory");
    }
    let end = if super::is_alarm(replay.state) { "; not over at the end" } else { "" };
    summary + end + ".\n"
}

/// All times in ALARM together.
fn in_alarm(replay: &Replay) -> SimDuration {
    replay.alarms.iter().map(|(from, to)| to.since(*from)).sum()
}

/// For programs.
pub fn json(alarm: &MetricAlarm, replay: &Replay) -> String {
    let seconds = |duration: SimDuration| duration.as_millis() as f64 / 1000.0;
    let changes = replay.changes.iter().map(|change| {
        let datapoints = change.datapoints.iter().map(|point| {
            serde_json::json!({
                "from": calendar(point.window.from),
                "value": point.value.as_f64(),
                "breaches": point.breaches,
            })
        });
        serde_json::json!({
            "at": calendar(change.evaluation.at),
            "from": change.evaluation.from,
            "to": change.evaluation.to,
            "datapoints": datapoints.collect::<Vec<_>>(),
            "missing": change.missing,
        })
    });
    let answer = serde_json::json!({
        "alarm": alarm.name,
        "delay_s": seconds(replay.delay),
        "phase_s": seconds(replay.phase),
        "samples": replay.samples,
        "first_evaluation": calendar(replay.evaluated.0),
        "last_evaluation": calendar(replay.evaluated.1),
        "changes": changes.collect::<Vec<_>>(),
        "alarms": replay.alarms.len(),
        "alarm_s": seconds(in_alarm(replay)),
        "state": replay.state,
    });
    format!("{answer:#}\n")
}

/// For tables: one change a line.
pub fn csv(replay: &Replay) -> String {
    let mut lines = "at,from,to,breaching,missing,datapoints\n".to_string();
    for change in &replay.changes {
        let breaching = change.datapoints.iter().filter(|point| point.breaches).count();
        let points = change.datapoints.iter();
        let points = points.map(|point| format!("{}={}", calendar(point.window.from), point.value));
        let evaluation = change.evaluation;
        writeln!(
            lines,
            "{},{},{},{breaching},{},{}",
            calendar(evaluation.at),
            evaluation.from,
            evaluation.to,
            change.missing,
            points.collect::<Vec<_>>().join(" ")
        )
        .expect("memory");
    }
    lines
}

/// RFC 3339, in UTC.
fn calendar(at: UnixTime) -> String {
    let milliseconds = i64::try_from(at.as_millis()).expect("before the year 2201");
    jiff::Timestamp::from_millisecond(milliseconds).expect("before the year 2201").to_string()
}
