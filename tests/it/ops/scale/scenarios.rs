//! What happens to the stack, and to callers of each kind.

use std::time::Duration;

use super::callers::Callers;
use super::simulation::Scenario;
use super::stack::{Brownout, Limits};
use crate::support::template::template;

/// The default of a parameter that is a number.
fn default(parameter: &str) -> u32 {
    let default = template()["Parameters"][parameter]["Default"].as_integer();
    u32::try_from(default.unwrap()).unwrap()
}

/// An account with 1,000 instances, and the rate that SES often gives a new one.
fn by_default() -> Limits {
    Limits {
        throttle_rate: default("ThrottleRate"),
        throttle_burst: default("ThrottleBurst"),
        instances: 1000,
        mails_per_second: 14,
    }
}

/// For ten times the usual load.
const PREPARED: Limits = Limits {
    throttle_rate: 2000,
    throttle_burst: 4000,
    instances: 1000,
    mails_per_second: 500,
};

const RUSH: &[(u64, u32)] = &[(0, 5), (60, 100), (90, 5), (600, 0)];

/// For half a minute a hundred users sign up each second, instead of five.
pub fn rush() -> Scenario {
    Scenario {
        limits: by_default(),
        brownout: None,
        sign_ups: RUSH,
        over_at: 90,
    }
}

/// The same users, for which somebody prepared the stack.
pub fn prepared_rush() -> Scenario {
    Scenario {
        limits: PREPARED,
        ..rush()
    }
}

/// For a minute SES throttles every second mail, and answers the others within six seconds.
pub fn brownout() -> Scenario {
    Scenario {
        limits: PREPARED,
        brownout: Some(Brownout {
            seconds: 30..90,
            throttled: 0.5,
            longest_mail: Duration::from_secs(6),
        }),
        sign_ups: &[(0, 200), (120, 0)],
        over_at: 90,
    }
}

/// SES refuses everything for half a minute, and in its first second a job calls for 4,000 users.
pub fn storm() -> Scenario {
    Scenario {
        limits: PREPARED,
        brownout: Some(Brownout {
            seconds: 10..40,
            throttled: 1.0,
            longest_mail: Duration::ZERO,
        }),
        sign_ups: &[(0, 10), (10, 4000), (11, 10), (120, 0)],
        over_at: 40,
    }
}

/// Without callers whose results are those of others.
pub fn all() -> [(Scenario, &'static [Callers]); 4] {
    let without_key = &[Callers::EachSecond, Callers::RetryAfter, Callers::Jitter];
    [
        (rush(), without_key),
        (prepared_rush(), &[Callers::Jitter]),
        (brownout(), &Callers::ALL),
        (storm(), without_key),
    ]
}
