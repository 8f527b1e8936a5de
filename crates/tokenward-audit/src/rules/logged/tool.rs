//! Commands, and scripts that are run by hand: to print a token is what some of them are for.

use std::path::Path;

use super::Log;
use crate::language::Language;
use crate::model::ScopeId;
use crate::rules::Context;
use crate::rules::names::words;

/// Packages that read what was typed behind a command.
const ARGUMENTS: [&str; 19] = [
    "argparse",
    "click",
    "typer",
    "docopt",
    "fire",
    "optparse",
    "commander",
    "yargs",
    "meow",
    "minimist",
    "cac",
    "inquirer",
    "@oclif/core",
    "flag",
    "github.com/spf13/cobra",
    "github.com/spf13/pflag",
    "github.com/urfave/cli",
    "github.com/alecthomas/kong",
    "github.com/jessevdk/go-flags",
];
/// Packages that answer requests: a file that has one is no mere script, though it can be started as one.
const SERVERS: [&str; 8] =
    ["flask", "fastapi", "django", "starlette", "aiohttp.web", "sanic", "tornado", "bottle"];
/// Words of files, folders and functions that are run by hand.
const BY_HAND: [&str; 16] = [
    "bin", "cli", "cmd", "command", "commands", "script", "scripts", "tool", "tools", "generate",
    "gen", "main", "mint", "seed", "demo", "example",
];

/// Whether a log is that of a command or of a script.
pub(super) fn is_tools(context: &Context<'_>, log: &Log) -> bool {
    let m = context.model;
    let is_of = |path: &str, package: &str| {
        path.strip_prefix(package)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    };
    let has = |packages: &[&str]| {
        m.imports().any(|path| packages.iter().any(|package| is_of(&path, package)))
    };
    let is_started = match m.language {
        Language::Python => context.says("__main__") && !has(&SERVERS),
        Language::Go => context.says("os.args"),
        _ => context.written.starts_with("#!") || context.says("process.argv"),
    };
    let is_by_hand = |name: &str| words(name).iter().any(|word| BY_HAND.contains(&word.as_str()));
    let function = m.function_of(log.call);
    let name = m.scope(function).map_or("", |scope| scope.name.as_str());
    // What stands outside of functions runs once, when the file is started.
    is_started
        || function == ScopeId::FILE
        || is_by_hand(name)
        || Path::new(context.file)
            .iter()
            .rev()
            .take(2)
            .any(|part| is_by_hand(&part.to_string_lossy()))
        || has(&ARGUMENTS)
}
