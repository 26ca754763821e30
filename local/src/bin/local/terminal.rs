//! What a person sees: the log, the events, and where everything is.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use local::functions::FUNCTIONS;
use local::published;
use local::stack::{FIRST_EVENT, Stack, curl};
use shared::telemetry;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{Compact, Format, Writer, format};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Logs as text on standard error. The embedded DynamoDB warns of each failed condition, which is
/// normal for an optimistic write.
pub(crate) fn log() {
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Lines {
            other: format().compact().with_target(false),
        })
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
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

/// An event for the adopter. Warnings and errors of its way to the backend stay log lines.
fn is_published(metadata: &Metadata<'_>) -> bool {
    metadata.target() == published::TARGET && *metadata.level() == Level::INFO
}

/// Events have `EVENT` in place of a level, so that they stand out among the lines of invocations.
struct Lines {
    other: Format<Compact>,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if !is_published(event.metadata()) {
            return self.other.format_event(context, writer, event);
        }
        SystemTime.format_time(&mut writer)?;
        let label = if writer.has_ansi_escapes() {
            "\x1b[1;36mEVENT\x1b[0m"
        } else {
            "EVENT"
        };
        write!(writer, " {label} ")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

pub(crate) fn greet(stack: &Stack) -> io::Result<()> {
    match &stack.api_url {
        Some(api_url) => greet_user(stack, api_url),
        None => greet_developer(stack),
    }
}

fn greet_user(stack: &Stack, api_url: &str) -> io::Result<()> {
    writeln!(
        io::stdout(),
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
fn greet_developer(stack: &Stack) -> io::Result<()> {
    writeln!(
        io::stderr(),
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
    io::stdout().write_all(assignments.as_bytes())
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
