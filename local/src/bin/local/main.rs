//! Starts the service, says where it is, and ends with Ctrl-C.

mod arguments;
mod terminal;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use local::preview::Preview;
use local::program;
use local::stack::{Overrides, Stack, check};
use shared::domain::clock::Clock;
use shared::telemetry::chain;

use arguments::{Arguments, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::read(program::name());
    terminal::log();
    let overrides = match arguments.overrides() {
        Ok(overrides) => overrides,
        Err(error) => return fail(&error),
    };
    if let Some(Command::Preview { dir }) = &arguments.command {
        return preview(dir, &overrides);
    }
    let chaos = match arguments.chaos() {
        Ok(chaos) => chaos,
        Err(error) => return fail(&error),
    };
    let stack = match Stack::start(&arguments.into_options(overrides, chaos)).await {
        Ok(stack) => stack,
        Err(error) => return fail(&error),
    };
    // Standard output may be closed. The service runs on.
    let _ = terminal::greet(&stack);
    let _ = tokio::signal::ctrl_c().await;
    stack.stop().await;
    ExitCode::SUCCESS
}

fn preview(dir: &Path, overrides: &Overrides) -> ExitCode {
    if let Err(error) = check(overrides) {
        return fail(&error);
    }
    let settings: Vec<_> = overrides.settings().collect();
    let preview = match Preview::new(Clock::system().now(), &settings) {
        Ok(preview) => preview,
        Err(error) => return fail(&error),
    };
    match preview.write(dir) {
        Ok(index) => {
            let index = index.display();
            let _ = writeln!(std::io::stdout(), "All emails and the page are in {index}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn fail(error: &(dyn Error + 'static)) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "mailproof: {}", chain(error));
    ExitCode::FAILURE
}
