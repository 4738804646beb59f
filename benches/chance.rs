//! Nanoseconds a draw: our quantiles beside the rejection samplers of `rand_distr`.
//!
//! Each draw takes its next uniform from ChaCha8, as a run does; `rand_distr`'s takes what it
//! needs and builds its sampler anew, since in a run hardly two periods have the same mean.

use cutover::engine::count::{binomial, geometric, poisson};
use cutover::engine::distribution::Distribution;
use cutover::engine::normal;
use cutover::engine::random::{Random, RunKey};
use divan::{Bencher, black_box};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::Distribution as _;

const MEANS: [f64; 6] = [0.5, 6.0, 12.0, 300.0, 3000.0, 6e7];
const TRIALS: [(u64, f64); 4] = [(600, 0.001), (600, 0.08), (6000, 0.02), (60_000_000, 0.02)];

/// Draws a sample, so that rare corrections are seen in the mean.
const DRAWS: u64 = 1000;

fn main() {
    divan::main();
}

fn uniform(generator: &mut ChaCha8Rng) -> f64 {
    ((generator.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

fn run<T>(bencher: Bencher, mut draw: impl FnMut(&mut ChaCha8Rng) -> T) {
    let mut generator = ChaCha8Rng::from_seed([7; 32]);
    bencher.counter(divan::counter::ItemsCount::new(DRAWS)).bench_local(|| {
        for _ in 0..DRAWS {
            black_box(draw(&mut generator));
        }
    });
}

#[divan::bench]
fn uniform_alone(bencher: Bencher) {
    run(bencher, uniform);
}

/// Four blocks where no draw was made yet, which is what most draws of a run come to.
#[divan::bench]
fn first_draw_ours(bencher: Bencher) {
    let mut random = Random::<1>::new(RunKey::default());
    let mut index = 0;
    run(bencher, move |_| {
        index += 4;
        random.uniform(0, index, 0)
    });
}

/// The same of another library.
#[divan::bench]
fn first_draw_rand_chacha(bencher: Bencher) {
    let mut blocks = [0; 256];
    let mut stream = 0;
    run(bencher, move |generator| {
        stream += 1;
        generator.set_stream(stream);
        generator.set_word_pos(0);
        generator.fill_bytes(&mut blocks);
        blocks[0]
    });
}

#[divan::bench]
fn normal_quantile(bencher: Bencher) {
    run(bencher, |generator| normal::quantile(uniform(generator)));
}

#[divan::bench(args = MEANS)]
fn poisson_ours(bencher: Bencher, mean: f64) {
    run(bencher, |generator| poisson(black_box(mean), uniform(generator)));
}

#[divan::bench(args = MEANS)]
fn poisson_rand_distr(bencher: Bencher, mean: f64) {
    run(bencher, |generator| {
        rand_distr::Poisson::new(black_box(mean)).expect("a valid mean").sample(generator)
    });
}

#[divan::bench(args = TRIALS)]
fn binomial_ours(bencher: Bencher, (trials, probability): (u64, f64)) {
    run(bencher, |generator| {
        binomial(black_box(trials), black_box(probability), uniform(generator))
    });
}

#[divan::bench(args = TRIALS)]
fn binomial_rand_distr(bencher: Bencher, (trials, probability): (u64, f64)) {
    run(bencher, |generator| {
        rand_distr::Binomial::new(black_box(trials), black_box(probability))
            .expect("a valid probability")
            .sample(generator)
    });
}

#[divan::bench]
fn geometric_ours(bencher: Bencher) {
    run(bencher, |generator| geometric(uniform(generator), black_box(0.01)));
}

#[divan::bench]
fn lognormal_duration_ours(bencher: Bencher) {
    let distribution =
        Distribution::lognormal_median_p95(30_000.0, 60_000.0).expect("a valid distribution");
    run(bencher, |generator| distribution.duration(uniform(generator)));
}

#[divan::bench]
fn lognormal_rand_distr(bencher: Bencher) {
    let distribution = rand_distr::LogNormal::new(10.3, 0.42).expect("a valid distribution");
    run(bencher, |generator| distribution.sample(generator));
}

#[divan::bench]
fn exponential_duration_ours(bencher: Bencher) {
    let distribution = Distribution::exponential(2000.0).expect("a valid distribution");
    run(bencher, |generator| distribution.duration(uniform(generator)));
}
