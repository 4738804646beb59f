//! Series as people keep them, and what is told of them.

use super::*;
use crate::diagnostic::{Severity, Sources};
use crate::input::aws_document::alarm::alarms;
use crate::input::decode::Field;
use crate::input::source::MemorySource;
use crate::input::tree;
use crate::scenario::alarm::Alarm;

const ONE: &str = "{AlarmName: a, Namespace: N, MetricName: CPUUtilization, Statistic: Average, Period: 60, \
                   EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold}";
const TWO: &str = "{AlarmName: a, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold, Metrics: \
                   [{Id: e, Expression: m1 / m2}, \
                   {Id: m1, ReturnData: false, MetricStat: {Stat: Sum, Period: 60, Metric: {Namespace: N, MetricName: bad}}}, \
                   {Id: m2, ReturnData: false, MetricStat: {Stat: Sum, Period: 60, Metric: {Namespace: N, MetricName: all}}}]}";

fn alarm(text: &str) -> MetricAlarm {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = tree::read("a.yaml", text.into(), &mut sources, &mut to).expect("a tree");
    match alarms(Field::new("alarm", &node), None, &mut to).expect("alarms").remove(0).value {
        Alarm::Metric(alarm) => *alarm,
        Alarm::Composite(_) => panic!("on metrics"),
    }
}

/// The samples as `second:value`, a metric after the other, and what is told with its line.
fn read(of: &str, csv: &str) -> (String, Vec<String>) {
    let source = MemorySource::new().with("data.csv", csv);
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let mut files = Files::beside(Path::new(""), &source, &mut sources);
    let found = measurements(Path::new("data.csv"), &alarm(of), &mut files, &mut to);
    let samples = found.into_iter().flat_map(|found| found.samples).map(|samples| {
        let shown = samples
            .iter()
            .map(|sample| format!("{}:{}", sample.at.as_millis() / 1000 % 86_400, sample.value));
        shown.collect::<Vec<_>>().join(" ")
    });
    let told = to.iter().map(|told| {
        let line = told.span.map_or(0, |span| sources.line_number(span));
        let mark = if told.severity == Severity::Error { "" } else { "warning " };
        format!("{mark}{line}: {}", told.title)
    });
    (samples.collect::<Vec<_>>().join(" | "), told.collect())
}

#[test]
fn times_and_values_are_read_as_people_write_them() {
    for (csv, expected) in [
        ("2026-01-05T00:01:00Z,1.5\n2026-01-05T01:02:00+01:00,2\n", "60:1.5 120:2"),
        ("timestamp,value\r\n2026-01-05 00:01:00,1\r\n2026-01-05 00:02:00,\r\n", "60:1"),
        ("time,cpu\n1767571260,7\n1767571320.5,-8\n", "60:7 120:-8"),
        ("time,other,CPUUtilization\n1767571260,7,8\n", "60:8"),
        ("\u{feff}time,value\n\n1767571260,7\n\n", "60:7"),
    ] {
        assert_eq!(read(ONE, csv), (expected.into(), vec![]), "{csv}");
    }
    let two = "time,m2,bad\n1767571260,7,8\n1767571320,9,\n";
    assert_eq!(read(TWO, two), ("60:8 | 60:7 120:9".into(), vec![]));
}

#[test]
fn faulty_rows_are_told_with_their_line() {
    let told = |of, csv| read(of, csv).1;
    assert_eq!(
        told(ONE, "time,value\n1767571260,x\nsoon,2\n1767571320,1,2\n1767571320000,3\n"),
        [
            "2: the value is `x`, not a number",
            "3: the time is `soon`, which is no point in time",
            "5: the time is `1767571320000`, which is not in the years 1970 to 2200",
            "4: 1 row with another number of fields than the first, which has 2",
        ]
    );
    assert_eq!(
        told(ONE, "120,1\n60,2\n60,3\n30,4\n"),
        [
            "warning 2: 2 rows earlier than the row before",
            "warning 3: 1 row at the time of the row before"
        ]
    );
    assert_eq!(
        told(ONE, "time,a,b\n60,1,2\n"),
        ["1: there is no column `CPUUtilization` for `CPUUtilization`"]
    );
    assert_eq!(told(TWO, "time,m1\n60,1\n"), ["1: there is no column `m2` for `all`"]);
    assert_eq!(told(TWO, "60,1,2\n"), ["1: the first row names no columns"]);
    assert_eq!(told(ONE, "60\n"), ["1: the first row has one column, not a time and a value"]);
    assert_eq!(told(ONE, "time,value\n"), ["1: `data.csv` holds no sample"]);
}
