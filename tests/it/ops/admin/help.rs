//! The help of every command, and its place in docs/operate.md.

use admin::Arguments;
use clap::{Command, CommandFactory};

/// Each command with its name as it is typed, such as `admin keys list`.
fn commands(of: &Command, name: &str) -> Vec<(String, String)> {
    if !of.has_subcommands() {
        let help = of.get_after_help().map(ToString::to_string);
        return vec![(name.to_owned(), help.unwrap_or_default())];
    }
    let commands = of.get_subcommands().filter(|it| it.get_name() != "help");
    let commands = commands.flat_map(|it| commands_of(it, name));
    commands.collect()
}

fn commands_of(command: &Command, parent: &str) -> Vec<(String, String)> {
    commands(command, &format!("{parent} {}", command.get_name()))
}

#[test]
fn each_command_has_an_example() {
    let operate = include_str!("../../../../docs/operate.md");
    let commands = commands(&Arguments::command(), "admin");
    assert!(commands.len() > 10, "{commands:?}");
    for (name, help) in commands {
        let (_, examples) = help.split_once("Example:\n").unwrap_or_default();
        assert!(examples.contains(&name), "{name} --help has no example");
        assert!(operate.contains(&name), "docs/operate.md: add `{name}`");
    }
}
