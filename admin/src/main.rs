//! Runs the command, and says on standard error what to do if it fails.

use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::process::ExitCode;

use admin::{AdminError, Arguments, CommandLineError, Console};
use shared::domain::clock::Clock;
use shared::runtime::settings::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let arguments = match Arguments::read(&words) {
        Ok(arguments) => arguments,
        Err(CommandLineError::Help(help)) => help.exit(),
        Err(CommandLineError::Wrong { error, json }) => return fail(&error, json),
    };
    let json = arguments.wants_json();
    let mut out = stdout();
    let mut console = Console::new(&mut out);
    if stdin().is_terminal() && stderr().is_terminal() {
        console = console.with_person(ask);
    }
    if stderr().is_terminal() {
        console = console.with_progress(show);
    }
    let environment = Environment::of_process();
    let outcome = admin::run(arguments, &environment, &Clock::system(), &mut console).await;
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, json),
    }
}

fn fail(error: &AdminError, json: bool) -> ExitCode {
    let text = if json {
        error.json()
    } else {
        format!("mailproof: {}", error.text())
    };
    // The reader of the output, such as `head`, has enough.
    if !error.is_closed_output() {
        let _ = writeln!(stderr(), "{text}");
    }
    ExitCode::from(error.exit_code())
}

/// Asks on standard error: standard output is for the result.
fn ask(question: &str) -> std::io::Result<String> {
    write!(stderr(), "{question}")?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(answer)
}

/// Replaces the line that was shown before.
fn show(progress: &str) {
    let _ = write!(stderr(), "\r\u{1b}[K{progress}");
}
