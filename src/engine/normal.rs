//! The standard normal distribution: its quantile, and its distribution function.
//!
//! Not a sampler with rejection: one uniform gives one deviate, monotonically.
//! Source: M. J. Wichura, Algorithm AS 241, PPND16, Applied Statistics 37 (1988), 477-484.

/// Coefficients of a rational function in rising powers: numerator, then denominator.
type Rational = [[f64; 8]; 2];

/// For |u - 1/2| at most 0.425, in 0.180625 - (u - 1/2)^2; times u - 1/2.
const CENTRE: Rational = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];

/// For tails down to e^-25, in sqrt(-ln tail) - 1.6.
const TAIL: Rational = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

/// For tails beyond e^-25, in sqrt(-ln tail) - 5.
const FAR_TAIL: Rational = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

/// The `w` below which a standard normal deviate falls with probability `u`.
///
/// `u` lies strictly between 0 and 1. The relative error is about 1e-16 everywhere, and
/// `quantile(1 - u) == -quantile(u)` wherever 1 - u is exact. The uniforms of a run, odd multiples
/// of 2^-53, give -8.21 to 8.21.
///
/// # Panics
/// If `u` is 0, 1 or outside.
pub fn quantile(u: f64) -> f64 {
    assert!(0.0 < u && u < 1.0, "a normal quantile of {u}");
    let offset = u - 0.5;
    if offset.abs() <= 0.425 {
        return offset * ratio(&CENTRE, 0.180_625 - offset * offset);
    }
    let tail = if offset < 0.0 { u } else { 1.0 - u };
    let depth = (-libm::log(tail)).sqrt();
    let deviate =
        if depth <= 5.0 { ratio(&TAIL, depth - 1.6) } else { ratio(&FAR_TAIL, depth - 5.0) };
    deviate.copysign(offset)
}

/// The probability that a standard normal deviate is at most `z`.
pub fn cdf(z: f64) -> f64 {
    libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2) / 2.0
}

/// The rational function at `x`.
fn ratio([numerator, denominator]: &Rational, x: f64) -> f64 {
    polynomial(numerator, x) / polynomial(denominator, x)
}

/// The polynomial with these coefficients, lowest power first, at `x`.
///
/// By Estrin's scheme: its parts do not wait for each other as they would by Horner's rule, a third of a draw's time.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    let [a, b, c, d, e, f, g, h] = coefficients;
    let square = x * x;
    let low = (a + b * x) + (c + d * x) * square;
    let high = (e + f * x) + (g + h * x) * square;
    low + high * (square * square)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::golden;

    /// Values by root finding in forty decimal digits (mpmath 1.3).
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (u, expected) in [
            (0.4, -0.253_347_103_135_799_7),
            (0.25, -0.674_489_750_196_081_7),
            (0.08, -1.405_071_560_309_632_5),
            (0.07, -1.475_791_028_179_170_6),
            (0.95, 1.644_853_626_951_472_2),
            (0.975, 1.959_963_984_540_053_9),
            (1e-3, -3.090_232_306_167_813_5),
            (1e-5, -4.264_890_793_922_825),
            (1e-10, -6.361_340_902_404_056),
            (1e-16, -8.222_082_216_130_436),
            (1e-100, -21.273_453_560_965_324),
            (1e-300, -37.047_096_299_361_2),
            (1.0 - f64::EPSILON / 2.0, 8.209_536_151_601_387),
        ] {
            let error = (quantile(u) / expected - 1.0).abs();
            assert!(error < 5e-16, "{} at {u}, not {expected}", quantile(u));
        }
        assert_eq!(quantile(0.5), 0.0);
    }

    #[test]
    fn both_halves_mirror_each_other_bit_by_bit() {
        for u in golden::uniforms(1) {
            assert_eq!(quantile(u).to_bits(), (-quantile(1.0 - u)).to_bits(), "at {u}");
        }
    }

    /// The pieces meet at |u - 1/2| = 0.425 and at a tail of e^-25.
    #[test]
    fn a_deviate_grows_across_the_seams() {
        for seam in [0.075, 0.925, libm::exp(-25.0), 1.0 - libm::exp(-25.0)] {
            let step = seam * 1e-13;
            let values = [seam - 2.0 * step, seam - step, seam, seam + step, seam + 2.0 * step];
            assert!(values.map(quantile).is_sorted(), "at {seam}");
        }
    }

    /// Mean 0 and variance 1, within four standard deviations 1 / sqrt(n) and sqrt(2 / n).
    #[test]
    fn deviates_have_mean_zero_and_variance_one() {
        let (mean, variance) = golden::moments(2, quantile);
        let draws = golden::DRAWS as f64;
        assert!(mean.abs() < 4.0 / draws.sqrt(), "mean {mean}");
        assert!((variance - 1.0).abs() < 4.0 * (2.0 / draws).sqrt(), "variance {variance}");
    }

    #[test]
    #[should_panic(expected = "a normal quantile of 1")]
    fn the_quantile_of_one_does_not_exist() {
        quantile(1.0);
    }

    #[test]
    fn no_bit_of_any_deviate_changes() {
        let digest = golden::digest(|u| quantile(u).to_bits());
        assert_eq!(digest, 0x0a38_57d6_6f91_8231, "{digest:#x}");
    }
}
