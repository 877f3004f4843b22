//! Contenders that take turns, so that what slows a machine for a while slows all of them.
//!
//! ```text
//! turn      some calls of one contender
//! round     a turn of each
//! sample    the fastest turn of each in some rounds: what criterion is given
//! ```

use core::cell::LazyCell;
use core::time::Duration;
use std::time::Instant;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, SamplingMode};

/// Somebody whose turns are timed.
pub(crate) struct Contender<'c> {
    name: &'static str,
    turn: Box<dyn FnMut() -> Duration + 'c>,
    /// Calls of one turn.
    calls: u32,
    samples: Vec<Duration>,
}

impl<'c> Contender<'c> {
    /// `calls` of `call` a turn.
    pub(crate) fn new(name: &'static str, calls: u32, mut call: impl FnMut() + 'c) -> Self {
        let turn = move || {
            // The first call finds the others' code and data in the caches.
            call();
            let start = Instant::now();
            for _ in 0..calls {
                call();
            }
            start.elapsed()
        };
        Self::timed(name, calls, turn)
    }

    /// `turn` returns what its `calls` took.
    pub(crate) fn timed(
        name: &'static str,
        calls: u32,
        turn: impl FnMut() -> Duration + 'c,
    ) -> Self {
        Self { name, turn: Box::new(turn), calls, samples: Vec::new() }
    }
}

/// Samples of each. The fastest of them is the figure that counts.
const SAMPLES: usize = 100;

/// Lets all take turns for `seconds`, if their rounds are not too long for that, and hands the samples
/// to criterion.
pub(crate) fn take_turns(
    mut group: BenchmarkGroup<'_, WallTime>,
    seconds: u64,
    mut contenders: Vec<Contender<'_>>,
) {
    let names: Vec<_> = contenders.iter().map(|contender| contender.name).collect();
    // Not before criterion asks for one of them.
    let played = LazyCell::new(move || {
        let start = Instant::now();
        for contender in &mut contenders {
            (contender.turn)();
        }
        let one_round = start.elapsed().as_nanos().max(1);
        let samples = u128::try_from(SAMPLES).expect("a small number");
        let time = Duration::from_secs(seconds).as_nanos();
        let rounds = usize::try_from(time / one_round / samples).expect("no more than time");
        for _ in 0..SAMPLES {
            let mut fastest = vec![Duration::MAX; contenders.len()];
            for round in 0..rounds.max(1) {
                // Nobody always comes after the same one.
                for index in 0..contenders.len() {
                    let index = (index + round) % contenders.len();
                    fastest[index] = fastest[index].min((contenders[index].turn)());
                }
            }
            contenders.iter_mut().zip(fastest).for_each(|(contender, time)| {
                contender.samples.push(time);
            });
        }
        contenders
    });
    group.sample_size(SAMPLES).sampling_mode(SamplingMode::Flat);
    // What criterion concludes from them beyond that is not worth seconds a contender.
    group.nresamples(1000);
    // There is nothing left to warm up or to wait for.
    group.warm_up_time(Duration::from_nanos(1)).measurement_time(Duration::from_millis(1));
    for (index, name) in names.into_iter().enumerate() {
        let mut next = 0;
        group.bench_function(name, |bencher| {
            // Outside of what criterion times, from which it concludes how many iterations to ask for.
            let Contender { calls, samples, .. } = &played[index];
            bencher.iter_custom(|iterations| {
                let sample = samples[next % SAMPLES].as_nanos();
                next += 1;
                let time = sample * u128::from(iterations) / u128::from(*calls);
                Duration::from_nanos(time.try_into().expect("less than centuries"))
            });
        });
    }
    group.finish();
}
