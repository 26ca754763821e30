//! The command line: starts the service, says where it is, and ends with Ctrl-C.

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use local::functions::FUNCTIONS;
use local::preview::Preview;
use local::program;
use local::published::{self, Target};
use local::stack::{
    FIRST_EVENT, GivenError, Options, Setting, Stack, brand_names, curl, given_settings, settings,
};
use shared::domain::clock::Clock;
use shared::runtime::settings::Environment;
use shared::telemetry::{self, chain};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Runs Mailproof on this machine: the API, DynamoDB, SES, EventBridge and an inbox, in one
/// process.
#[derive(Debug, Parser)]
#[command(name = "mailproof", version)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Port of the API; 0 takes any free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,

    /// Port of DynamoDB; 0 takes any free one.
    #[arg(long, default_value_t = 8000)]
    dynamodb_port: u16,

    /// Port of the inbox, SES and EventBridge; 0 takes any free one.
    #[arg(long, default_value_t = 8025)]
    inbox_port: u16,

    /// Address to listen on. Everybody who can reach it can read the emails.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,

    /// API key to use in place of a new one.
    #[arg(long, value_name = "KEY", value_parser = api_key)]
    api_key: Option<String>,

    /// Folder for the table and its API keys. Without it, they are lost when the program ends.
    /// Emails always are.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// URL that gets each event as JSON in a POST request, as EventBridge delivers it: your own
    /// backend, http or https. It has 5 seconds to answer with 2xx. No answer, 401, 407, 409, 429
    /// and 5xx are retried for two minutes.
    #[arg(long, value_name = "URL")]
    events_to: Option<Target>,

    /// Start DynamoDB, SES, EventBridge and the inbox alone, for `sam local` and `cargo lambda
    /// watch`, and print the environment variables that point a function at them.
    #[arg(long)]
    backing_only: bool,

    #[command(flatten)]
    settings: SettingArguments,
}

#[derive(Debug, Args)]
struct SettingArguments {
    /// Set a setting of the functions, such as `MAILS_PER_DAY=3`. Can be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", global = true)]
    flags: Vec<String>,

    /// File of settings, one `NAME=VALUE` a line. `--set` overrides it.
    #[arg(long, value_name = "FILE", global = true)]
    env_file: Option<PathBuf>,
}

impl SettingArguments {
    fn read(&self) -> Result<Vec<Setting>, GivenError> {
        let environment = Environment::of_process();
        given_settings(&environment, self.env_file.as_deref(), &self.flags)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write every email and every state of the page, in every language, into files, with a page
    /// that shows them.
    Preview {
        /// Folder to write into.
        #[arg(default_value = "target/preview")]
        dir: PathBuf,
    },
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

With --backing-only the environment variables go to standard output, all else to standard error:
  {program} --backing-only > .env.local",
        list(settings().collect()),
        list(brand_names().collect())
    )
}

/// Accepts the characters of a bearer token (RFC 6750, section 2.1), which need no quotes in a
/// shell.
fn api_key(text: &str) -> Result<String, &'static str> {
    let may_be_in_a_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if !text.is_empty() && text.bytes().all(may_be_in_a_token) {
        Ok(text.to_owned())
    } else {
        Err("a key has only letters, digits and -._~+/=")
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut matches = command_line(program::name()).get_matches();
    let arguments = match Arguments::from_arg_matches_mut(&mut matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    log_to_terminal();
    let settings = match arguments.settings.read() {
        Ok(settings) => settings,
        Err(error) => return fail(&error),
    };
    if let Some(Command::Preview { dir }) = arguments.command {
        return preview(&dir, &settings);
    }
    let options = Options {
        host: arguments.host,
        port: arguments.port,
        dynamodb_port: arguments.dynamodb_port,
        inbox_port: arguments.inbox_port,
        api_key: arguments.api_key,
        data: arguments.data,
        backing_only: arguments.backing_only,
        events_to: arguments.events_to,
        settings,
    };
    let stack = match Stack::start(&options).await {
        Ok(stack) => stack,
        Err(error) => return fail(&error),
    };
    // Standard output may be closed. The service runs on.
    let _ = greet(&stack);
    let _ = tokio::signal::ctrl_c().await;
    stack.stop().await;
    ExitCode::SUCCESS
}

fn preview(dir: &Path, settings: &[Setting]) -> ExitCode {
    let preview = match Preview::new(Clock::system().now(), settings) {
        Ok(preview) => preview,
        Err(error) => return fail(&error),
    };
    match preview.write(dir) {
        Ok(index) => {
            let index = index.display();
            let _ = writeln!(std::io::stdout(), "All emails and the page are in {index}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let (dir, error) = (dir.display(), chain(&error));
            let _ = writeln!(
                std::io::stderr(),
                "mailproof: choose another folder; nothing can be written into {dir}: {error}"
            );
            ExitCode::FAILURE
        }
    }
}

fn fail(error: &(dyn Error + 'static)) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "mailproof: {}", chain(error));
    ExitCode::FAILURE
}

/// Logs as text on standard error. The embedded DynamoDB warns of each failed condition, which is
/// normal for an optimistic write.
fn log_to_terminal() {
    let lines = tracing_subscriber::fmt::layer()
        .compact()
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let functions = FUNCTIONS.iter().map(|definition| definition.name);
    let own = functions.chain([env!("CARGO_CRATE_NAME")]);
    let filter = telemetry::own_crates(LevelFilter::INFO, own)
        .with_target("dynoxide", LevelFilter::ERROR)
        .with_target(published::TARGET, LevelFilter::INFO);
    // This fails only if a logger is already set.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init();
}

fn greet(stack: &Stack) -> std::io::Result<()> {
    match &stack.api_url {
        Some(api_url) => greet_user(stack, api_url),
        None => greet_developer(stack),
    }
}

fn greet_user(stack: &Stack, api_url: &str) -> std::io::Result<()> {
    writeln!(
        std::io::stdout(),
        "Mailproof runs on this machine.\n\n  \
         API       {api_url}\n  \
         Inbox     {inbox_url}\n  \
         SES       {inbox_url}  emulated: emails go to the inbox, none leaves this machine\n  \
         DynamoDB  {}\n\n  \
         API key   {}\n\n\
         Ask for a verification, then look into the inbox:\n\n{}\n\n\
         Ctrl-C ends it.\n",
        stack.dynamodb_url,
        stack.api_key.expose_secret(),
        curl(api_url, &stack.api_key),
        inbox_url = stack.inbox_url,
    )
}

/// With `--backing-only`. Standard output has nothing but the variables, so that it can be a file.
fn greet_developer(stack: &Stack) -> std::io::Result<()> {
    writeln!(
        std::io::stderr(),
        "DynamoDB, SES, EventBridge and the inbox run on this machine. The functions do not.\n\n  \
         Inbox        {inbox_url}\n  \
         SES          {inbox_url}\n  \
         EventBridge  {inbox_url}\n  \
         DynamoDB     {}\n\n  \
         API key      {}\n\n\
         The table holds the records that the files in events/ need, such as {FIRST_EVENT}.\n\
         Point a function here with these variables. Ctrl-C ends it.\n",
        stack.dynamodb_url,
        stack.api_key.expose_secret(),
        inbox_url = stack.inbox_url,
    )?;
    let assignments: String = stack
        .environment
        .iter()
        .map(|(name, value)| assignment(name, value) + "\n")
        .collect();
    // One write, so that a program that waits for the variables gets all of them at once.
    std::io::stdout().write_all(assignments.as_bytes())
}

/// A line of an environment file, which a shell can read as well.
fn assignment(name: &str, value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/:@,".contains(&byte);
    if value.bytes().all(is_plain) {
        format!("{name}={value}")
    } else {
        format!("{name}='{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn values_are_quoted_for_a_shell() {
        assert_eq!(
            assignment("SENDER", "Acme <no-reply@acme.example>"),
            "SENDER='Acme <no-reply@acme.example>'"
        );
        assert_eq!(
            assignment("VERIFICATION_URL", "http://127.0.0.1:8025/{uuid}/{token}"),
            "VERIFICATION_URL='http://127.0.0.1:8025/{uuid}/{token}'"
        );
        assert_eq!(
            assignment("PRODUCT_NAME", "Ben & Jerry's"),
            r"PRODUCT_NAME='Ben & Jerry'\''s'"
        );
        assert_eq!(
            assignment("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000"),
            "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000"
        );
    }
}
