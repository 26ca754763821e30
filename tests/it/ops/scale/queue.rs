//! The clock and the events of a simulation.

use std::collections::BTreeMap;
use std::time::Duration;

/// Events in the order of their time, and of the same time in the order in which they were planned.
#[derive(Debug)]
pub struct Queue<E> {
    now: Duration,
    planned: BTreeMap<(Duration, u64), E>,
    count: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self {
            now: Duration::ZERO,
            planned: BTreeMap::new(),
            count: 0,
        }
    }
}

impl<E> Queue<E> {
    pub fn now(&self) -> Duration {
        self.now
    }

    pub fn plan(&mut self, wait: Duration, event: E) {
        self.count += 1;
        self.planned.insert((self.now + wait, self.count), event);
    }

    /// The next event. The clock moves to it.
    pub fn pop(&mut self) -> Option<E> {
        let ((now, _), event) = self.planned.pop_first()?;
        self.now = now;
        Some(event)
    }
}

/// Random numbers that are the same in each run (`SplitMix64`).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    pub fn with_seed(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// At least 0 and less than 1.
    fn fraction(&mut self) -> f64 {
        let [a, b, c, d, ..] = self.next().to_be_bytes();
        f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
    }

    pub fn happens(&mut self, share: f64) -> bool {
        self.fraction() < share
    }

    /// A duration up to this one.
    pub fn up_to(&mut self, longest: Duration) -> Duration {
        longest.mul_f64(self.fraction())
    }
}
