//! From values to places on the paper, and the round values that are marked there.

/// One direction of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The place of the least value.
    from: f64,
    /// The place of the greatest.
    to: f64,
    low: f64,
    high: f64,
    logarithmic: bool,
}

/// On a logarithmic scale nothing stands here, half a step before one.
const NOTHING: f64 = 0.5;

impl Scale {
    /// Even steps from `low` to `high`.
    pub fn linear(from: f64, to: f64, low: f64, high: f64) -> Scale {
        Scale { from, to, low, high: if high > low { high } else { low + 1.0 }, logarithmic: false }
    }

    /// Each decade as long as any other, from zero (a place of its own) to `high`.
    pub fn logarithmic(from: f64, to: f64, high: f64) -> Scale {
        let (low, high) = (libm::log10(NOTHING), libm::log10(high.max(10.0)));
        Scale { from, to, low, high, logarithmic: true }
    }

    /// Each decade as long as any other, from `low`, above zero, to `high`.
    pub fn decades(from: f64, to: f64, low: f64, high: f64) -> Scale {
        let (low, high) = (libm::log10(low), libm::log10(high.max(2.0 * low)));
        Scale { from, to, low, high, logarithmic: true }
    }

    /// The place of a value.
    pub fn at(&self, value: f64) -> f64 {
        let value = if self.logarithmic { libm::log10(value.max(NOTHING)) } else { value };
        self.from + (self.to - self.from) * (value - self.low) / (self.high - self.low)
    }

    /// Round values within the scale, about `wanted` of them if the steps are even.
    pub fn ticks(&self, wanted: f64) -> Vec<f64> {
        if self.logarithmic {
            let nothing = (self.low < 0.0).then_some(0.0);
            // Less than two decades have few powers of ten.
            let steps = if self.high - self.low < 2.0 { &[1.0, 2.0, 5.0][..] } else { &[1.0] };
            let decades = (0..=self.high as i32).map(|decade| libm::pow(10.0, decade.into()));
            let all = decades.flat_map(|decade| steps.iter().map(move |step| step * decade));
            let is_within = |tick: &f64| {
                let place = libm::log10(*tick);
                self.low - 1e-9 <= place && place <= self.high + 1e-9
            };
            return nothing.into_iter().chain(all.filter(is_within)).collect();
        }
        let rough = (self.high - self.low) / wanted;
        let decade = libm::pow(10.0, libm::floor(libm::log10(rough)));
        let factors = [1.0, 2.0, 5.0, 10.0];
        let step = factors.iter().map(|factor| factor * decade).find(|step| *step >= rough * 0.999);
        let step = step.unwrap_or(10.0 * decade);
        let (first, last) =
            (libm::ceil(self.low / step - 1e-9), libm::floor(self.high / step + 1e-9));
        (first as i64..=last as i64).map(|number| number as f64 * step).collect()
    }
}

/// A tick as it is written: no more decimals than its neighbours need.
pub fn written(value: f64, ticks: &[f64]) -> String {
    let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let decimals = (0..6).find(|&decimals| step >= 0.999 * libm::pow(10.0, -f64::from(decimals)));
    let value = if value == 0.0 { 0.0 } else { value };
    format!("{value:.0$}", decimals.unwrap_or(0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale) -> Vec<String> {
        let ticks = scale.ticks(5.0);
        ticks.iter().map(|&tick| written(tick, &ticks)).collect()
    }

    #[test]
    fn ticks_are_round_and_within_the_scale() {
        assert_eq!(
            labels(Scale::linear(0.0, 1.0, 0.0, 1.0)),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(labels(Scale::linear(0.0, 1.0, -30.0, 190.0)), ["0", "50", "100", "150"]);
        assert_eq!(labels(Scale::logarithmic(0.0, 1.0, 212.0)), ["0", "1", "10", "100"]);
        assert_eq!(labels(Scale::decades(0.0, 1.0, 10.0, 200.0)), ["10", "20", "50", "100", "200"]);
        assert_eq!(labels(Scale::decades(0.0, 1.0, 10.0, 2000.0)), ["10", "100", "1000"]);
        assert_eq!(Scale::linear(5.0, 10.0, 3.0, 3.0).at(3.0), 5.0);
    }
}
