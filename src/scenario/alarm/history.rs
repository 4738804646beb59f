//! Samples of the past, as an alarm would have seen them.
//!
//! Not how they are written down, nor the evaluations. Rules: CW-MET-1, CW-MET-3, CW-MET-4, CW-DELAY-1, CW-ALARM-4.

use super::MetricAlarm;
use super::ratio::Ratio;
use super::statistic::{Datapoint, Stat, StatisticSet};
use super::window::{Rhythm, UnixTime, Window};
use crate::engine::time::SimDuration;

/// One sample of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When it was taken.
    pub at: UnixTime,
    /// What was measured.
    pub value: Ratio,
}

/// The samples of an alarm's metrics, every datapoint of which is delivered with the same delay.
#[derive(Clone, Debug)]
pub struct History {
    rhythm: Rhythm,
    delay: SimDuration,
    metrics: Vec<Series>,
}

/// The samples of one metric, and what was made of windows that no delivery can change any more.
#[derive(Clone, Debug)]
struct Series {
    stat: Stat,
    samples: Vec<Sample>,
    /// By the end of the window, in intervals, modulo the length: as many as one evaluation can look at.
    complete: Vec<Option<(UnixTime, Option<Datapoint>)>>,
}

impl History {
    /// The samples of each metric of an alarm, in the order of its metrics; `delay` after the end of a minute (10 s
    /// for short periods) its datapoint is delivered.
    ///
    /// # Panics
    /// If there are not as many series as the alarm has metrics.
    pub fn new(alarm: &MetricAlarm, delay: SimDuration, samples: Vec<Vec<Sample>>) -> History {
        assert_eq!(samples.len(), alarm.metrics.len(), "one series a metric");
        let intervals = alarm.period.as_millis() / alarm.rhythm().interval().as_millis();
        let kept = u64::from(alarm.evaluation_range(delay)) * intervals.max(1) + 1;
        let kept = usize::try_from(kept).expect("an evaluation looks at a week at most");
        let series = |(mut samples, stat): (Vec<Sample>, Stat)| {
            samples.sort_by_key(|sample| sample.at);
            Series { stat, samples, complete: vec![None; kept] }
        };
        let stats = alarm.metrics.iter().map(|metric| metric.stat);
        let metrics = samples.into_iter().zip(stats).map(series).collect();
        History { rhythm: alarm.rhythm(), delay, metrics }
    }

    /// The first and the last sample of all; none without any.
    pub fn span(&self) -> Option<(UnixTime, UnixTime)> {
        let firsts = self.metrics.iter().filter_map(|series| series.samples.first());
        let lasts = self.metrics.iter().filter_map(|series| series.samples.last());
        Some((firsts.map(|sample| sample.at).min()?, lasts.map(|sample| sample.at).max()?))
    }

    /// How many samples each metric has.
    pub fn counts(&self) -> Vec<usize> {
        self.metrics.iter().map(|series| series.samples.len()).collect()
    }

    /// The median time from one sample of the first metric to the next at another time; zero without two of them.
    pub fn spacing(&self) -> SimDuration {
        let samples = &self.metrics[0].samples;
        let gaps = samples.windows(2).map(|pair| pair[1].at.since(pair[0].at));
        let mut gaps: Vec<SimDuration> = gaps.filter(|gap| !gap.is_zero()).collect();
        let middle = gaps.len() / 2;
        if gaps.is_empty() { SimDuration::ZERO } else { *gaps.select_nth_unstable(middle).1 }
    }

    /// What has been delivered of a window by an instant.
    pub fn datapoint(&mut self, metric: usize, window: Window, at: UnixTime) -> Option<Datapoint> {
        let series = &mut self.metrics[metric];
        let delivered = self.rhythm.delivered(window, at, self.delay);
        if delivered < window.until {
            return series.aggregate(Window { until: delivered, ..window });
        }
        let number = window.until.as_millis() / self.rhythm.interval().as_millis();
        let slot = usize::try_from(number).expect("64 bits") % series.complete.len();
        match series.complete[slot] {
            Some((until, datapoint)) if until == window.until => datapoint,
            _ => {
                let datapoint = series.aggregate(window);
                series.complete[slot] = Some((window.until, datapoint));
                datapoint
            }
        }
    }
}

impl Series {
    /// What the statistic makes of the samples in a window; none without any.
    fn aggregate(&self, window: Window) -> Option<Datapoint> {
        let place = |at: UnixTime| self.samples.partition_point(|sample| sample.at < at);
        let samples = &self.samples[place(window.from)..place(window.until)];
        let sample_count = samples.len() as u64;
        let value = match self.stat {
            Stat::Statistic(statistic) => {
                let (first, others) = samples.split_first()?;
                let set =
                    others.iter().try_fold(StatisticSet::of(first.value), |set, sample| {
                        set.with(StatisticSet::of(sample.value))
                    })?;
                set.value(statistic)
            }
            Stat::Percentile(percentile) => {
                let rank = usize::try_from(percentile.rank(sample_count)).expect("64 bits");
                let mut values: Vec<Ratio> = samples.iter().map(|sample| sample.value).collect();
                (!values.is_empty()).then(|| *values.select_nth_unstable(rank - 1).1)?
            }
        };
        Some(Datapoint { value, sample_count })
    }
}
