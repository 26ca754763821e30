//! A rush, a brownout of SES and a storm of repeated calls, in a discrete-event simulation.

mod callers;
mod limits;
mod queue;
mod scenarios;
mod simulation;
mod stack;
mod table;

use std::time::Duration;

use callers::Callers;
use shared::domain::rate_limit::MailLimit;
use simulation::simulate;

const DOCS: &str = include_str!("../../../../docs/scale.md");

#[test]
fn the_docs_have_each_simulated_table() {
    // In the docs a line ends at the margin.
    let docs = DOCS.replace('\n', " ");
    let mut missing = String::new();
    for (scenario, callers) in scenarios::all() {
        let found = table::table(&scenario, callers);
        let (limits, table) = found.split_once("\n\n").unwrap();
        if !docs.contains(limits) || !DOCS.contains(table) {
            missing = missing + "\n" + &found;
        }
    }
    assert!(missing.is_empty(), "docs/scale.md: add{missing}");
}

#[test]
fn no_users_mails_pass_the_limit() {
    let max = MailLimit::DEFAULT.per_day.max;
    let mut reached = 0;
    for (scenario, _) in scenarios::all() {
        for callers in Callers::ALL {
            let most = usize::try_from(simulate(&scenario, callers).most_mails).unwrap();
            assert!(most <= max, "{callers:?}: {most}");
            reached = reached.max(most);
        }
    }
    assert_eq!(reached, max, "a caller has tried to pass it");
}

#[test]
fn a_prepared_stack_refuses_nobody() {
    let report = simulate(&scenarios::prepared_rush(), Callers::Jitter);
    assert_eq!(report.first_refusal, None);
    assert_eq!(
        (report.all_calls(), report.mails),
        (report.users, report.users)
    );
}

#[test]
fn an_unprepared_one_bends_at_ses() {
    let rush = scenarios::rush();
    for callers in Callers::ALL {
        let report = simulate(&rush, callers);
        let (_, refusal) = report.first_refusal.unwrap();
        assert_eq!(refusal, stack::Answer::Unavailable);
    }
}

#[test]
fn backoff_keeps_users_in_a_rush() {
    let rush = scenarios::rush();
    let given_up = |callers| simulate(&rush, callers).given_up;
    assert!(given_up(Callers::Jitter) * 100 < given_up(Callers::RetryAfter));
}

#[test]
fn jitter_halves_the_load_after_a_storm() {
    let storm = scenarios::storm();
    let load = |callers| simulate(&storm, callers).most_calls_from(storm.over_at);
    assert!(load(Callers::Jitter) * 2 <= load(Callers::RetryAfter));
}

#[test]
fn a_backlog_drains_after_a_brownout() {
    for scenario in [scenarios::brownout(), scenarios::storm()] {
        for callers in [Callers::Jitter, Callers::JitterAndKey] {
            let report = simulate(&scenario, callers);
            assert_eq!(
                (report.given_up, report.without_mail),
                (0, 0),
                "{callers:?}"
            );
            assert!(report.drained_after < Duration::from_mins(5), "{callers:?}");
        }
    }
}

#[test]
fn hasty_callers_lose_users_in_a_storm() {
    let storm = scenarios::storm();
    let report = simulate(&storm, Callers::EachSecond);
    assert!(report.without_mail * 2 > report.users);
}

#[test]
fn a_key_prevents_second_mails() {
    let brownout = scenarios::brownout();
    let with_key = simulate(&brownout, Callers::JitterAndKey);
    assert_eq!(with_key.mails, with_key.users);
    let without = simulate(&brownout, Callers::Jitter);
    assert!(without.mails > without.users);
}
