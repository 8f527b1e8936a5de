use super::*;

use clap::CommandFactory as _;

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_shows_an_example() {
    fn walk(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.contains("Example"), "{path} has no example");
        command
            .get_subcommands()
            .filter(|sub| sub.get_name() != "help")
            .for_each(|sub| walk(sub, &path));
    }
    walk(&Cli::command(), "");
}

#[test]
fn revoke_takes_exactly_one_thing() {
    assert!(Cli::try_parse_from(["tokenward", "revoke"]).is_err());
    assert!(
        Cli::try_parse_from(["tokenward", "revoke", "--sid", "-a"]).is_ok(),
        "one in 64 ids begins so"
    );
    assert!(Cli::try_parse_from(["tokenward", "revoke", "--jti", "a", "--sid", "b"]).is_err());
    assert!(Cli::try_parse_from(["tokenward", "revoke", "--jti", "a", "--reason", "b"]).is_ok());
}
