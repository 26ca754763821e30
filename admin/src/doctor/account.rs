//! SES's account: its sandbox, whether it may send, and how much.

use aws_sdk_sesv2::operation::get_account::GetAccountOutput;

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};

const SANDBOX: &str = "ses.sandbox";
const SENDING: &str = "ses.sending";
const QUOTA: &str = "ses.quota";

/// From this share of the quota on, a warning.
const NEARLY_USED: f64 = 0.8;

pub(super) async fn describe(clients: &Clients) -> Result<GetAccountOutput, CheckError> {
    let client = required(&clients.ses)?;
    let account = client.get_account().send().await;
    account.map_err(|error| CheckError::of_call("ses:GetAccount", error))
}

pub(super) fn checks(account: &Result<GetAccountOutput, CheckError>) -> Vec<CheckResult> {
    match account {
        Ok(account) => vec![sandbox(account), sending(account), quota(account)],
        Err(error) => [SANDBOX, SENDING, QUOTA]
            .map(|id| CheckResult::of_error(id, error))
            .into(),
    }
}

fn sandbox(account: &GetAccountOutput) -> CheckResult {
    if account.production_access_enabled() {
        return CheckResult::ok(SANDBOX, "the account is out of the sandbox");
    }
    CheckResult::warning(
        SANDBOX,
        "the account is in the sandbox: only verified addresses and domains get mail",
    )
    .command(
        "aws sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL \
         --website-url https://… --use-case-description '…'",
    )
}

fn sending(account: &GetAccountOutput) -> CheckResult {
    let enforcement = account.enforcement_status().unwrap_or("HEALTHY");
    match enforcement {
        "SHUTDOWN" => CheckResult::problem(
            SENDING,
            "AWS has paused the account. Find the cause and answer AWS's support case \
             (docs/operate.md, \"When SES pauses the account\")",
        )
        .command("aws sesv2 get-account --query EnforcementStatus"),
        _ if !account.sending_enabled() => CheckResult::problem(SENDING, "sending is disabled")
            .command("aws sesv2 put-account-sending-attributes --sending-enabled"),
        "PROBATION" => CheckResult::warning(
            SENDING,
            "sending is enabled, but AWS reviews the account and may pause it \
             (docs/operate.md, \"When SES pauses the account\")",
        )
        .command("aws sesv2 get-account --query EnforcementStatus"),
        _ => CheckResult::ok(SENDING, "sending is enabled"),
    }
}

fn quota(account: &GetAccountOutput) -> CheckResult {
    let Some(quota) = account.send_quota() else {
        let error = CheckError::Prerequisite("SES shows no quota");
        return CheckResult::of_error(QUOTA, &error);
    };
    let (sent, most, rate) = (
        quota.sent_last24_hours(),
        quota.max24_hour_send(),
        quota.max_send_rate(),
    );
    // SES shows no limit as -1.
    if most < 0.0 {
        return CheckResult::ok(QUOTA, format!("{sent} sent in 24 hours, without a limit"));
    }
    let text = format!("{sent} of {most} sent in 24 hours, at most {rate} a second");
    let more = "aws service-quotas list-service-quotas --service-code ses";
    if sent >= most {
        let text = format!("{text}: SES refuses further mail");
        CheckResult::problem(QUOTA, text).command(more)
    } else if sent >= most * NEARLY_USED {
        let text = format!("{text}. Request more in Service Quotas");
        CheckResult::warning(QUOTA, text).command(more)
    } else {
        CheckResult::ok(QUOTA, text)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::types::SendQuota;

    use super::super::check_result::Status;
    use super::*;

    #[test]
    fn the_quota_warns_before_it_is_used() {
        for (sent, most, status) in [
            (0.0, 200.0, Status::Ok),
            (159.0, 200.0, Status::Ok),
            (160.0, 200.0, Status::Warning),
            (200.0, 200.0, Status::Problem),
            (610.0, 200.0, Status::Problem),
            (1_000_000.0, -1.0, Status::Ok),
        ] {
            let quota = SendQuota::builder()
                .sent_last24_hours(sent)
                .max24_hour_send(most);
            let account = GetAccountOutput::builder().send_quota(quota.build());
            assert_eq!(super::quota(&account.build()).status, status, "{sent}");
        }
    }
}
