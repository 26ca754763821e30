//! The reports as tables of `docs/scale.md`.

use super::callers::Callers;
use super::simulation::{Report, Scenario, simulate};
use super::stack::Answer;

const COLUMNS: [&str; 12] = [
    "callers",
    "without an email",
    "emails",
    "calls",
    "429 of the gateway",
    "429 of the API",
    "503 of the gateway",
    "503 of the API",
    "refused first by",
    "most users who wait",
    "most calls a second, after it",
    "drained after",
];

/// The limits and the table of one scenario.
pub fn table(scenario: &Scenario, callers: &[Callers]) -> String {
    let limits = scenario.limits;
    let reports = callers.iter().map(|callers| simulate(scenario, *callers));
    let reports: Vec<_> = reports.collect();
    let users = reports.iter().map(|report| report.users).max();
    let instances = reports.iter().map(|report| report.instances).max();
    let rule = COLUMNS.map(|_| "---").join(" | ");
    let rows = callers.iter().zip(&reports);
    let rows = rows.map(|(callers, report)| row(*callers, scenario, report));
    format!(
        "`ThrottleRate` {}, `ThrottleBurst` {}, {} emails a second; {} users, at most {} busy \
         instances:\n\n| {} |\n| {rule} |\n{}",
        limits.throttle_rate,
        limits.throttle_burst,
        limits.mails_per_second,
        thousands(users.unwrap_or(0)),
        thousands(instances.unwrap_or(0)),
        COLUMNS.join(" | "),
        rows.collect::<String>(),
    )
}

fn row(callers: Callers, scenario: &Scenario, report: &Report) -> String {
    let numbers = [
        report.without_mail,
        report.mails,
        report.all_calls(),
        report.throttled,
        report.limit_reached,
        report.no_instance,
        report.unavailable,
    ];
    let mut cells = vec![callers.name().to_owned()];
    cells.extend(numbers.map(thousands));
    cells.push(first_refusal(report));
    cells.push(thousands(report.most_waiting));
    cells.push(thousands(report.most_calls_from(scenario.over_at)));
    cells.push(format!("{} s", report.drained_after.as_secs()));
    format!("| {} |\n", cells.join(" | "))
}

fn first_refusal(report: &Report) -> String {
    let Some((at, answer)) = report.first_refusal else {
        return "nothing".to_owned();
    };
    let by = match answer {
        Answer::Throttled => "the gateway",
        Answer::LimitReached { .. } => "the user's limit",
        Answer::NoInstance => "Lambda",
        Answer::Mailed | Answer::Duplicate | Answer::Unavailable => "SES",
    };
    format!("{by}, second {}", at.as_secs())
}

fn thousands(number: u32) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
