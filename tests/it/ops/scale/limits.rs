//! What AWS gives the stack, and how it refuses more.

use std::time::Duration;

/// A token bucket, by which API Gateway, SES and Lambda's scaling are limited.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    per_second: f64,
    most: f64,
    tokens: f64,
    filled_at: Duration,
}

impl Bucket {
    pub fn new(per_second: u32, burst: u32) -> Self {
        let most = f64::from(burst);
        Self {
            per_second: f64::from(per_second),
            most,
            tokens: most,
            filled_at: Duration::ZERO,
        }
    }

    /// Whether there is a token. Takes it.
    pub fn take(&mut self, now: Duration) -> bool {
        let filled = now.saturating_sub(self.filled_at).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + filled).min(self.most);
        self.filled_at = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

/// Lambda's instances of one function.
#[derive(Clone, Copy, Debug)]
pub struct Instances {
    busy: u32,
    /// The most that were busy at once. Idle ones stay for the next calls.
    started: u32,
    most: u32,
    starts: Bucket,
}

impl Instances {
    /// A function may start 1,000 more instances in ten seconds (AWS Lambda Developer Guide,
    /// "Lambda scaling behavior").
    pub fn new(most: u32) -> Self {
        Self {
            busy: 0,
            started: 0,
            most,
            starts: Bucket::new(100, 1000),
        }
    }

    /// An instance for one call, and whether it starts cold. `None`: Lambda refuses the call.
    pub fn take(&mut self, now: Duration) -> Option<bool> {
        let is_cold = self.busy == self.started;
        if is_cold {
            if self.started == self.most || !self.starts.take(now) {
                return None;
            }
            self.started += 1;
        }
        self.busy += 1;
        Some(is_cold)
    }

    pub fn release(&mut self) {
        self.busy -= 1;
    }

    pub fn started(&self) -> u32 {
        self.started
    }
}
