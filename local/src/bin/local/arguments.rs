//! The command line.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use local::chaos::{self, ChaosFileError};
use local::edge::Rule;
use local::published::{Target, forwarding_rules};
use local::stack::{Options, OverrideError, Overrides, brand_names, settings};
use shared::runtime::settings::Environment;

/// Runs Mailproof on this machine: the API, DynamoDB, SES, EventBridge and an inbox, in one
/// process.
#[derive(Debug, Parser)]
#[command(name = "mailproof", version)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// Port of the API; 0 is any free one.
    #[arg(long, default_value_t = 3000, value_parser = port)]
    port: u16,

    /// Port of DynamoDB; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 8000, value_parser = port)]
    dynamodb_port: u16,

    /// Port of the inbox, SES and EventBridge; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 8025, value_parser = port)]
    inbox_port: u16,

    /// Address to listen on. Everybody who can reach it can read the emails.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST),
        value_parser = host
    )]
    host: IpAddr,

    /// API key to use in place of a new one.
    #[arg(long, value_name = "KEY", value_parser = api_key)]
    api_key: Option<String>,

    /// Folder that keeps the table and the API key for the next start. Without it, both are lost
    /// when the program ends. Emails always are.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    #[arg(long, value_name = "URL", help = events_to())]
    events_to: Option<Target>,

    /// JSON file that says which calls of AWS fail, and how: see docs/develop.md. `PUT
    /// /api/v1/chaos` on the inbox's port changes it, and `DELETE` ends it.
    #[arg(long, value_name = "FILE")]
    chaos: Option<PathBuf>,

    /// Start DynamoDB, SES, EventBridge and the inbox alone, for `sam local` and `cargo lambda
    /// watch`, and print the environment variables that point a function at them.
    #[arg(long)]
    backing_only: bool,

    #[command(flatten)]
    overrides: OverrideArguments,
}

#[derive(Debug, Args)]
struct OverrideArguments {
    /// Set a setting of the functions, such as `PRODUCT_NAME=Acme`. Can be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", global = true)]
    flags: Vec<String>,

    /// File of settings, one `NAME=VALUE` a line. `--set` overrides it.
    #[arg(long, value_name = "FILE", global = true)]
    env_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write every email and every state of the page, in every language, into files, with a page
    /// that shows them.
    #[command(after_help = "docs/customise.md says what each setting for the looks changes.")]
    Preview {
        /// Folder to write into: a new or empty one, or that of an earlier preview.
        #[arg(default_value = "target/preview")]
        dir: PathBuf,
    },
}

impl Arguments {
    /// Reads them, or ends the program with their error or the help.
    pub(crate) fn read(program: &str) -> Self {
        Self::parse(program, std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn parse(
        program: &str,
        words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let mut command = command_line(program);
        match command.try_get_matches_from_mut(words) {
            Ok(mut matches) => Self::from_arg_matches_mut(&mut matches),
            Err(error) if error.kind() == ErrorKind::ArgumentConflict => Err(command.error(
                error.kind(),
                "write `preview` first, and its settings after it",
            )),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn overrides(&self) -> Result<Overrides, OverrideError> {
        let OverrideArguments { flags, env_file } = &self.overrides;
        Overrides::read(&Environment::of_process(), env_file.as_deref(), flags)
    }

    pub(crate) fn chaos(&self) -> Result<Vec<Rule>, ChaosFileError> {
        self.chaos.as_deref().map_or(Ok(Vec::new()), chaos::read)
    }

    pub(crate) fn into_options(self, overrides: Overrides, chaos: Vec<Rule>) -> Options {
        Options {
            host: self.host,
            port: self.port,
            dynamodb_port: self.dynamodb_port,
            inbox_port: self.inbox_port,
            api_key: self.api_key,
            data: self.data,
            backing_only: self.backing_only,
            events_to: self.events_to,
            chaos,
            overrides,
        }
    }
}

/// The command line of a program with this name.
fn command_line(program: &str) -> clap::Command {
    Arguments::command()
        .bin_name(program)
        .after_help(after_help(program))
}

fn after_help(program: &str) -> String {
    let list = |names: Vec<_>| names.join(", ");
    format!(
        "\
The program says where everything is and prints a curl command to try. Ctrl-C ends it.

Settings of the functions, for --set and --env-file: {}.

Of these, the ones for how email and page look are also read from the environment: {}.

docs/customise.md says what the looks' settings change, and template.yaml describes the parameters,
such as MailsPerDay for MAILS_PER_DAY.

With --backing-only the environment variables go to standard output, all else to standard error:
  {program} --backing-only > .env.local",
        list(settings().collect()),
        list(brand_names().collect())
    )
}

fn events_to() -> String {
    format!(
        "URL of your backend. It gets each event as JSON in a POST request, as EventBridge \
         delivers it. {}",
        forwarding_rules()
    )
}

fn port(text: &str) -> Result<u16, &'static str> {
    text.parse()
        .map_err(|_| "must be a number from 1 to 65535, or 0 for any free port")
}

fn host(text: &str) -> Result<IpAddr, &'static str> {
    match text {
        "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ => text.parse().map_err(|_| {
            "must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"
        }),
    }
}

/// Accepts the characters of a bearer token (RFC 6750, section 2.1), which need no quotes in a
/// shell.
fn api_key(text: &str) -> Result<String, &'static str> {
    let may_be_in_a_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if !text.is_empty() && text.bytes().all(may_be_in_a_token) {
        Ok(text.to_owned())
    } else {
        Err("must have only letters, digits and -._~+/=")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stand_after_preview() {
        let words = ["local", "--set", "PRODUCT_NAME=Acme", "preview"];
        let error = Arguments::parse("local", words).unwrap_err().to_string();
        let text = "error: write `preview` first, and its settings after it\n";
        assert!(error.starts_with(text), "{error}");
        let words = ["local", "preview", "--set", "PRODUCT_NAME=Acme"];
        assert!(Arguments::parse("local", words).is_ok());
    }

    #[test]
    fn help_names_the_program() {
        for (program, other) in [("cargo run --", "./local"), ("./local", "cargo run")] {
            let mut command = command_line(program);
            command.build();
            let help = command.render_help().to_string();
            for shown in ["[OPTIONS]\n", "--backing-only > .env.local"] {
                assert!(help.contains(&format!("{program} {shown}")), "{help}");
            }
            let preview = command.find_subcommand_mut("preview").unwrap();
            let of_preview = preview.render_help().to_string();
            let usage = format!("Usage: {program} preview [OPTIONS] [DIR]");
            assert!(of_preview.contains(&usage), "{of_preview}");
            assert!(!help.contains(other) && !of_preview.contains(other));
        }
    }

    #[test]
    fn a_wrong_argument_is_explained() {
        let error = |flag: &str, value: &str| {
            let arguments = ["mailproof", flag, value];
            let read = command_line("mailproof").try_get_matches_from(arguments);
            read.unwrap_err().to_string()
        };
        for (flag, value, problem) in [
            ("--port", "x", "must be a number from 1 to 65535, or 0 for"),
            ("--inbox-port", "65536", "must be a number from 1 to 65535"),
            ("--host", "example.com", "must be an IP address of this"),
            ("--api-key", "a b", "must have only letters, digits and"),
            ("--events-to", "localhost:4000", "must begin with http://"),
        ] {
            let error = error(flag, value);
            assert!(error.contains(&format!(">': {problem}")), "{error}");
        }
        assert_eq!(host("localhost"), host("127.0.0.1"));
    }

    #[test]
    fn help_has_the_rules_of_forwarding() {
        let rules = "It has 5 seconds to answer with 2xx. No answer, 401, 407, 409, 429 and 5xx \
                     are retried for 2 minutes";
        assert!(events_to().ends_with(rules), "{}", events_to());
    }
}
