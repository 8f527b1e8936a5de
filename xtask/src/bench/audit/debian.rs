//! Debian's packages, binaries and sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::quietly;
use crate::run::{Failure, has, root, run};
use crate::tools;

/// Puts a binary package into a folder.
pub(super) fn binary(name: &str, version: &str, folder: &Path) -> Result<(), Failure> {
    let what = format!("{name}={version}");
    quietly(Command::new("apt-get").args(["download", "--quiet=2", &what]), folder)
}

/// Puts the parts of a source into a folder.
pub(super) fn source(name: &str, version: &str, folder: &Path) -> Result<(), Failure> {
    if !has("dpkg-source") {
        tools::install(&["dpkg-dev"])?;
    }
    let mut apt = Command::new("apt-get");
    apt.args(own_lists()?).args(["source", "--download-only", "--quiet=2"]);
    quietly(apt.arg(format!("{name}={version}")), folder)
}

/// Unpacks a source by its description, with the patches that Debian builds it with.
pub(super) fn unpack_source(description: &Path, folder: &Path) -> Result<(), Failure> {
    // `dpkg-source` wants to make the folder itself.
    fs::remove_dir(folder)?;
    run(Command::new("dpkg-source").arg("--extract").arg(description).arg(folder))
}

/// Options for lists of our own: a machine's lists seldom name sources, and are not ours to change.
fn own_lists() -> Result<Vec<String>, Failure> {
    let home = root().join("target/xtask/audit/apt");
    let (lists, parts) = (home.join("lists"), home.join("sources.list.d"));
    let options =
        |name: &str, path: PathBuf| [String::from("-o"), format!("{name}={}", path.display())];
    let all = [
        options("Dir::State::Lists", lists.clone()),
        options("Dir::Etc::SourceList", home.join("none")),
        options("Dir::Etc::SourceParts", parts.clone()),
    ]
    .concat();
    if !lists.exists() {
        fs::create_dir_all(&parts)?;
        for name in ["sources.list", "sources.list.d/debian.list", "sources.list.d/debian.sources"]
        {
            let from = Path::new("/etc/apt").join(name);
            if let (Ok(text), Some(file)) = (fs::read_to_string(&from), from.file_name()) {
                fs::write(parts.join(file), of_sources(&text))?;
            }
        }
        fs::create_dir_all(lists.join("partial"))?;
        let update = Command::new("apt-get").args(&all).args(["--quiet=2", "update"]).status()?;
        if !update.success() {
            fs::remove_dir_all(&lists)?;
            return Err(Failure::new("apt-get cannot list Debian's sources"));
        }
    }
    Ok(all)
}

/// The same lists, of sources.
fn of_sources(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(' ') {
        Some(("deb", rest)) => format!("deb-src {rest}\n"),
        Some(("Types:", _)) => "Types: deb-src\n".to_owned(),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_both_forms_become_lists_of_sources() {
        let old = "# main\ndeb http://mirror.example/debian bookworm main\n";
        assert_eq!(of_sources(old), old.replace("deb http", "deb-src http"));

        let new = "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\n";
        assert_eq!(of_sources(new), new.replace("Types: deb", "Types: deb-src"));
    }
}
