//! Errors of the command line, in the form of all others.

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::arguments::Arguments;
use crate::error::AdminError;

/// Why there are no arguments.
#[derive(Debug)]
pub enum CommandLineError {
    /// Somebody asks for help or the version. It is printed on standard output.
    Help(clap::Error),
    /// With whether it is printed as JSON.
    Wrong { error: AdminError, json: bool },
}

impl Arguments {
    /// # Errors
    ///
    /// The command line is wrong, or asks for help.
    pub fn read(words: &[String]) -> Result<Self, CommandLineError> {
        Self::try_parse_from(words).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => CommandLineError::Help(error),
            _ => CommandLineError::Wrong {
                error: wrong(&error),
                json: words.iter().any(|word| word == "--json"),
            },
        })
    }
}

fn wrong(error: &clap::Error) -> AdminError {
    let text = error.to_string();
    // The usage and a hint about --help follow.
    let paragraphs = text.split("\n\n");
    let problem =
        paragraphs.take_while(|of| !of.starts_with("Usage") && !of.starts_with("For more"));
    let problem = problem.map(|of| of.split_whitespace().collect::<Vec<_>>().join(" "));
    let problem = problem.collect::<Vec<_>>().join("; ");
    let problem = problem.strip_prefix("error: ").unwrap_or(&problem);
    AdminError::usage(problem).advise(format!("See `{} --help`", command(error)))
}

/// The command with its subcommands.
fn command(error: &clap::Error) -> String {
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else {
        return "admin".to_owned();
    };
    let usage = usage.to_string();
    let words = usage.split_whitespace().skip(1);
    let names = words.take_while(|word| !word.starts_with(['[', '<', '-']));
    names.collect::<Vec<_>>().join(" ")
}
