//! The sender's DMARC record, by `dig` if it is there: AWS does not know the record.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use shared::runtime::settings::Environment;
use tokio::process::Command;

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::identity::SenderIdentity;

const ID: &str = "dmarc";
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn check(
    environment: &Environment,
    sender: &Result<SenderIdentity, CheckError>,
) -> CheckResult {
    let domain = match sender {
        Ok(sender) => &sender.domain,
        Err(error) => return CheckResult::of_error(ID, error),
    };
    let show = format!("dig +short TXT _dmarc.{domain}");
    let mut names = names_of(domain).peekable();
    if names.peek().is_none() {
        return CheckResult::of_error(ID, &CheckError::NoDomain(domain.clone()));
    }
    for name in names {
        match look_up(environment, &name).await {
            None => {
                return CheckResult::of_error(ID, &CheckError::NoDns).command(show);
            }
            Some(records) => {
                let mut records = records.lines().map(|line| line.trim().trim_matches('"'));
                if let Some(record) = records.find(|record| record.starts_with("v=DMARC1")) {
                    return CheckResult::ok(ID, format!("{name} is \"{record}\""));
                }
            }
        }
    }
    let text = format!(
        "{domain} has no DMARC record, so its mail ends up as spam more often. Add \
         _dmarc.{domain} TXT \"v=DMARC1; p=none\""
    );
    CheckResult::warning(ID, text).command(show)
}

/// The record of the domain, else of the domains above it counts (RFC 9989, section 4.10).
fn names_of(domain: &str) -> impl Iterator<Item = String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let is_domain = !domain.starts_with('-') && domain.bytes().all(is_name);
    let mut rest = is_domain.then_some(domain);
    std::iter::from_fn(move || {
        let name = rest.filter(|name| name.contains('.'))?;
        rest = name.split_once('.').map(|(_, above)| above);
        Some(format!("_dmarc.{name}"))
    })
}

/// What `dig` prints. `None`: there is no `dig`, or no answer.
async fn look_up(environment: &Environment, name: &str) -> Option<String> {
    let dig = program(environment, "dig")?;
    let run = Command::new(dig)
        .args(["+short", "+time=3", "+tries=2", "TXT", name])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ran = tokio::time::timeout(TIMEOUT, run).await.ok()?.ok()?;
    let answered = ran.status.success() && !ran.stdout.starts_with(b";;");
    answered.then(|| String::from_utf8_lossy(&ran.stdout).into_owned())
}

fn program(environment: &Environment, name: &str) -> Option<PathBuf> {
    let path = environment.optional("PATH")?;
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_above_are_looked_up_too() {
        let names: Vec<_> = names_of("mail.acme.example").collect();
        assert_eq!(names, ["_dmarc.mail.acme.example", "_dmarc.acme.example"]);
        for odd in ["-x.example", "acme.example;", "acme"] {
            assert_eq!(names_of(odd).count(), 0, "{odd}");
        }
    }
}
