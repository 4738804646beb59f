//! e to a power, by a table and a short polynomial: the price of a lognormal draw is its latency.
//!
//! Not the other elementary functions, which are those of `libm`. Source of the method: P.-T. P. Tang, Table-driven
//! implementation of the exponential function in IEEE floating-point arithmetic, ACM TOMS 15 (1989), 144-157.

/// Powers of two by 32nds: `2^(n / 32)`.
const POWERS: [f64; 32] = [
    1.0,
    1.021_897_148_654_116_6,
    1.044_273_782_427_413_8,
    1.067_140_400_676_823_7,
    1.090_507_732_665_257_7,
    1.114_386_742_595_892_4,
    1.138_788_634_756_691_6,
    1.163_724_858_777_577_5,
    1.189_207_115_002_721,
    1.215_247_359_980_469,
    1.241_857_812_073_484,
    1.269_050_957_191_733_2,
    1.296_839_554_651_009_6,
    1.325_236_643_159_741_3,
    1.354_255_546_936_892_7,
    1.383_909_881_963_832,
    std::f64::consts::SQRT_2,
    1.445_180_806_977_046_7,
    1.476_826_145_939_499_3,
    1.509_164_427_593_422_8,
    1.542_210_825_407_940_7,
    1.575_980_845_107_886_5,
    1.610_490_331_949_254_3,
    1.645_755_478_153_965,
    1.681_792_830_507_429,
    1.718_619_298_122_478,
    1.756_252_160_373_299_5,
    1.794_709_075_003_107_2,
    1.834_008_086_409_342_4,
    1.874_167_634_110_3,
    1.915_206_561_397_147_4,
    1.957_144_124_175_400_2,
];

/// 32 / ln 2.
const STEPS: f64 = 32.0 * std::f64::consts::LOG2_E;
/// ln 2 / 32 in two parts, of which a whole number of up to 21 bits times the first is exact.
const STEP: [f64; 2] = [6.931_471_803_691_238e-1 / 32.0, 1.908_214_929_270_587_7e-10 / 32.0];
/// Added and taken away again, it rounds to whole numbers: 3 * 2^51.
const ROUNDING: f64 = 6_755_399_441_055_744.0;
/// Powers up to here, and down to its negative, are normal numbers.
const SIMPLE: f64 = 700.0;

/// e to the power of `x`, to within 2.5e-16 of itself; infinite where f64 ends.
///
/// With n the whole number next to 32 x / ln 2 and r what x has beyond n ln 2 / 32, at most 0.011 either way, it is
/// 2^(n / 32) e^r; e^r is its Taylor series up to r^6.
pub fn exp(x: f64) -> f64 {
    if x.is_nan() || x.abs() > SIMPLE {
        return libm::exp(x);
    }
    let shifted = x * STEPS + ROUNDING;
    let n = shifted.to_bits() as i32;
    let steps = shifted - ROUNDING;
    let r = (x - steps * STEP[0]) - steps * STEP[1];
    let square = r * r;
    let high = (1.0 / 24.0 + r * (1.0 / 120.0)) + square * (1.0 / 720.0);
    let beyond_one = r + square * ((0.5 + r * (1.0 / 6.0)) + square * high);
    let power = POWERS[(n & 31) as usize];
    let mantissa = power + power * beyond_one;
    f64::from_bits(mantissa.to_bits().wrapping_add_signed(i64::from(n >> 5) << 52))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values in forty decimal digits (mpmath 1.3), of the numbers as f64 has them.
    #[test]
    fn powers_are_those_of_the_tables() {
        for (x, expected) in [
            (-699.5, 1.625_585_843_991_985_8e-304),
            (-30.25, 7.287_724_095_819_692e-14),
            (-1.0, 0.367_879_441_171_442_33),
            (-0.001, 0.999_000_499_833_375),
            (0.0, 1.0),
            (0.0108, 1.010_858_530_520_097),
            (0.5, 1.648_721_270_700_128_2),
            (9.21, 9_996.596_859_437_876),
            (25.75, 152_434_373_093.439_85),
            (699.5, 6.151_628_372_601_221e+303),
        ] {
            let error = (exp(x) / expected - 1.0).abs();
            assert!(error < 2.5e-16, "e^{x} is {} with an error of {error}", exp(x));
        }
    }

    #[test]
    fn it_is_that_of_libm_but_for_the_last_bit_and_grows_across_the_seams_of_its_table() {
        for step in -22_000..22_000 {
            // Where one entry of the table hands over to the next.
            let seam = (f64::from(step) + 0.5) / STEPS;
            let [before, after] = [seam - 1e-9, seam + 1e-9].map(exp);
            assert!(before < after, "at {seam}");
            for x in [seam - 1e-9, seam, f64::from(step) / 32.0] {
                let error = (exp(x) / libm::exp(x) - 1.0).abs();
                assert!(error < 4.5e-16, "e^{x} is off by {error}");
            }
        }
    }

    #[test]
    fn what_leaves_the_normal_numbers_is_that_of_libm() {
        assert_eq!(
            [exp(710.0), exp(-800.0), exp(f64::INFINITY)],
            [f64::INFINITY, 0.0, f64::INFINITY]
        );
        assert_eq!(exp(-740.0), libm::exp(-740.0));
        assert!(exp(f64::NAN).is_nan());
    }
}
