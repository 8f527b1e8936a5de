use std::fs;
use std::process::{Command, ExitStatus};

use tempfile::TempDir;
use tokenward_testing::forgetful::{Forgetful, Lost};

#[test]
fn what_was_synced_stays_and_what_was_not_is_gone() {
    let disk = Disk::new();
    disk.run("printf one > f; sync f .; printf two >> f; printf three > g");

    let rolled_back = disk.forgetful.roll_back(Lost::All);

    assert_eq!(disk.read("f").as_deref(), Some("one"));
    assert_eq!(disk.read("g"), None);
    assert!(rolled_back.writes >= 2, "{rolled_back:?}");
    assert_eq!(rolled_back.files, 1);
}

#[test]
fn what_was_overwritten_or_cut_off_comes_back() {
    let disk = Disk::new();
    disk.run("printf 0123456789 > f; sync f .");
    disk.run("printf ab | dd of=f bs=1 seek=4 conv=notrunc status=none; truncate -s 7 f; : > f");

    disk.forgetful.roll_back(Lost::All);

    assert_eq!(disk.read("f").as_deref(), Some("0123456789"));
}

#[test]
fn a_name_that_was_never_synced_is_gone_with_its_file() {
    let disk = Disk::new();
    disk.run("printf one > f; sync f");

    disk.forgetful.roll_back(Lost::All);

    assert_eq!(disk.read("f"), None);
}

#[test]
fn a_deaf_disk_keeps_nothing() {
    let disk = Disk::new();
    disk.run("printf one > f; sync f .");
    let mut command = disk.command("printf two > f; sync f .");
    disk.forgetful.deafen(true);
    assert!(command.status().unwrap().success());

    disk.forgetful.roll_back(Lost::All);

    assert_eq!(disk.read("f").as_deref(), Some("one"));
}

#[test]
fn a_full_disk_takes_nothing_new_but_lets_the_old_be_overwritten() {
    let disk = Disk::new();
    disk.run("printf 0123 > f");
    let mut command =
        disk.command("printf ab | dd of=f conv=notrunc status=none && ! printf x > g");
    disk.forgetful.fill(true);

    assert!(command.stderr(std::process::Stdio::null()).status().unwrap().success());

    assert_eq!(disk.read("f").as_deref(), Some("ab23"));
    assert_eq!(disk.read("g").as_deref(), Some(""));
}

struct Disk {
    folder: TempDir,
    forgetful: Forgetful,
}

impl Disk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let forgetful = Forgetful::new(folder.path());
        Self { folder, forgetful }
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).current_dir(self.folder.path());
        self.forgetful.attach(&mut command);
        command
    }

    fn run(&self, script: &str) {
        let status: ExitStatus = self.command(script).status().unwrap();
        assert!(status.success(), "{script}");
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(name)).ok()
    }
}
