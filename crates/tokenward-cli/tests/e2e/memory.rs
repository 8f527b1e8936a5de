//! What keeps secrets in the memory of a process out of files.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;

use rustix::process::getuid;

use crate::harness::write_private;
use crate::process::{Process, TOKENWARD};
use crate::shell::Shell;

/// `nobody` of most systems; all that counts is that it is not root.
const NOBODY: u32 = 65_534;

#[tokio::test]
async fn an_authority_leaves_no_core_dump_and_is_closed_to_others_of_its_user() {
    let shell = Shell::new();
    let program = shell.path("tokenward");
    if fs::hard_link(TOKENWARD, &program).is_err() {
        fs::copy(TOKENWARD, &program).unwrap();
    }
    let mut command = shell.command(&program);
    command.args(["serve", "--dev", "--listen", "127.0.0.1:0", "--data", "data"]);
    if getuid().is_root() {
        chown(shell.path("."), Some(NOBODY), Some(NOBODY)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
    }
    let mut process = Process::spawn("memory", &mut command);
    process.ready().await;

    assert_eq!(words(&process, "limits", "Max core file size"), ["0", "0", "bytes"]);
    let user = words(&process, "status", "Uid:")[0].clone();
    assert_ne!(user, "0");
    // What is not dumpable is root's (proc(5)), so none of its user's programs reads its memory.
    assert_eq!(fs::metadata(process.proc("mem")).unwrap().uid(), 0, "of user {user}");
}

#[tokio::test]
async fn an_authority_locks_its_memory_or_says_that_it_may_not() {
    let shell = Shell::new();
    shell.write("tokenward.toml", CONFIG);
    write_private(&shell.path("kek.key"), "32 bytes that are not in any way");
    let mut command = shell.command(TOKENWARD);
    command.args(["serve", "--config", "tokenward.toml"]);
    let mut process = Process::spawn("locked", &mut command);
    process.ready().await;

    let locked = words(&process, "status", "VmLck:")[0] != "0";
    let said = process.log_text().contains("set LimitMEMLOCK=infinity");
    assert_ne!(locked, said, "{}", process.log_text());
}

/// What follows `name` in its line of a file below `/proc/PID/`.
fn words(process: &Process, file: &str, name: &str) -> Vec<String> {
    let text = fs::read_to_string(process.proc(file)).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{text}")).split_whitespace().map(str::to_owned).collect()
}

const CONFIG: &str = "environment = \"prod\"\nissuer = \"https://auth.example.com\"\n\
    [listen]\npublic = \"unix:tokenward.sock\"\n[[audience]]\nname = \"billing-api\"\n";
