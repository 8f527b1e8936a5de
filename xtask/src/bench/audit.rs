//! `cargo xtask bench audit`: the auditor beside semgrep, with equivalent rules, on the code of published
//! packages.
//!
//! The packages are those of `bench/audit/packages.txt`, fetched once by pip and npm; their code is compared
//! upon, never run, and stays below `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::table::Table;
use super::{PageOptions, page_between};
use crate::machine;
use crate::run::{Failure, has, root, run};
use crate::tools;

const PAGE: &str = "docs/audit-precision.md";
const BEGIN: &str = "<!-- begin: cargo xtask bench audit --write -->\n";
const END: &str = "<!-- end: audit -->\n";

/// As many as the auditor is measured on.
const FILES: usize = 10_000;
/// What both of them read.
const LANGUAGES: [&str; 8] = ["py", "js", "cjs", "mjs", "jsx", "ts", "tsx", "go"];

/// Fetches, measures and prints.
pub(super) fn bench(args: &[&str]) -> Result<(), Failure> {
    let options = PageOptions::parse("audit", args)?;
    if !has("time") {
        tools::install(&["time"])?;
    }
    let home = root().join("target/xtask/audit");
    fs::create_dir_all(&home)?;
    let python = tools::python(&home.join("venv"), &sources("requirements.txt"))?;
    fetch(&home.join("packages"), &python)?;
    let count = if options.quick { FILES / 20 } else { FILES };
    let (tree, files) = tree(&home, count)?;
    run(Command::new(env!("CARGO")).current_dir(root()).args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "-p",
        "tokenward-audit",
        "--example",
        "audit",
    ]))?;
    let mut ours = Command::new(root().join("target/release/examples/audit"));
    ours.arg("--json");
    let mut semgrep = Command::new(python.with_file_name("semgrep"));
    semgrep.args(["scan", "--metrics", "off", "--disable-version-check", "--no-git-ignore"]);
    semgrep.args(["--timeout", "60", "--json", "--config"]).arg(sources("semgrep"));
    let mut table = Table::new("On the same files", &["", "CPU seconds", "findings"]);
    for (name, command, member) in
        [("tokenward audit code", ours, "findings"), ("semgrep", semgrep, "results")]
    {
        let (seconds, findings) = measured(&command, &tree, member)?;
        table.push(vec![name.to_owned(), format!("{seconds:.1}"), findings.to_string()]);
    }
    let list = home.join("findings.tsv");
    fs::write(&list, findings(&home.join("packages"))?)?;
    println!("what was found in each package: {}", list.display());
    let machine = machine::describe()?;
    println!("{machine}\n\n{}", table.text());
    if options.write {
        let figures = format!("{machine}; {files} files.\n\n{}", table.markdown());
        page_between(PAGE, BEGIN, END, &figures)?;
    }
    Ok(())
}

fn sources(name: &str) -> PathBuf {
    root().join("bench/audit").join(name)
}

/// Puts each package of the list into a folder of its own, unless it is there.
fn fetch(home: &Path, python: &Path) -> Result<(), Failure> {
    for line in fs::read_to_string(sources("packages.txt"))?.lines() {
        let Some((registry, package)) = line.split_once(' ').filter(|(first, _)| *first != "#")
        else {
            continue;
        };
        let folder = home.join(package.replace(['/', '@', '='], "_"));
        if folder.exists() {
            continue;
        }
        let partly = home.join("partly");
        if partly.exists() {
            fs::remove_dir_all(&partly)?;
        }
        fs::create_dir_all(&partly)?;
        let mut client = if registry == "npm" {
            let mut npm = Command::new("npm");
            npm.args(["pack", "--silent", package]);
            npm
        } else {
            let mut pip = Command::new(python);
            pip.args(["-m", "pip", "download", "--quiet", "--no-deps", package]);
            pip
        };
        // One that is gone by now is no reason to measure nothing.
        if let Err(error) = run(client.current_dir(&partly).stdout(Stdio::null())) {
            println!("{error}");
            continue;
        }
        unpack(&partly, python)?;
        fs::rename(&partly, folder)?;
    }
    Ok(())
}

fn unpack(folder: &Path, python: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let archive = entry?.path();
        let extension = archive.extension().and_then(|one| one.to_str()).unwrap_or_default();
        let module = if matches!(extension, "whl" | "zip") { "zipfile" } else { "tarfile" };
        run(Command::new(python).args(["-m", module, "-e"]).arg(&archive).arg(folder))?;
        fs::remove_file(archive)?;
    }
    Ok(())
}

/// The first files of the packages, small ones first, so that all but the largest are in it, as a tree of their
/// own.
fn tree(home: &Path, count: usize) -> Result<(PathBuf, usize), Failure> {
    let tree = home.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    let packages = home.join("packages");
    let mut all = Vec::new();
    for package in fs::read_dir(&packages)? {
        let mut files = Vec::new();
        collect(&package?.path(), &mut files)?;
        files.sort();
        all.push(files);
    }
    all.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let files: Vec<PathBuf> = all.into_iter().flatten().take(count).collect();
    for file in &files {
        let target = tree.join(file.strip_prefix(&packages).unwrap_or(file));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(file, target)?;
    }
    // Semgrep leaves out what lies in `dist` and the like, where nothing says otherwise.
    fs::write(tree.join(".semgrepignore"), "")?;
    println!("{} files", files.len());
    Ok((tree, files.len()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        let extension = path.extension().and_then(|one| one.to_str()).unwrap_or_default();
        let name = path.to_string_lossy();
        if kind.is_dir() {
            collect(&path, files)?;
        } else if kind.is_file()
            && LANGUAGES.contains(&extension)
            && ![".min.js", ".d.ts"].iter().any(|end| name.ends_with(end))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// What is found in each package by itself, for whoever reads it finding by finding.
fn findings(packages: &Path) -> Result<String, Failure> {
    let mut folders: Vec<PathBuf> = fs::read_dir(packages)?
        .map(|entry| entry.map(|one| one.path()))
        .collect::<Result<_, _>>()?;
    folders.sort();
    let mut lines = String::from("package\tfile\tline\trule\tseverity\tconfidence\n");
    for folder in folders {
        let output = Command::new(root().join("target/release/examples/audit"))
            .args(["--json", "."])
            .current_dir(&folder)
            .output()?;
        let answer: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| Failure::new(format!("{}: no JSON: {error}", folder.display())))?;
        let package = folder.file_name().unwrap_or_default().to_string_lossy();
        for finding in answer.get("findings").and_then(Value::as_array).into_iter().flatten() {
            let part = |name: &str| match finding.get(name) {
                Some(Value::String(text)) => text.replace(['\t', '\n'], " "),
                Some(other) => other.to_string(),
                None => String::new(),
            };
            let parts = ["file", "line", "rule", "severity", "confidence"].map(part);
            lines.extend([package.as_ref(), "\t", &parts.join("\t"), "\n"]);
        }
    }
    Ok(lines)
}

/// User and system time of a command over a tree, and how much its answer lists as `member`.
fn measured(command: &Command, tree: &Path, member: &str) -> Result<(f64, usize), Failure> {
    let times = tree.with_extension("time");
    let output = Command::new("time")
        .args(["-f", "%U %S", "-o"])
        .arg(&times)
        .arg(command.get_program())
        .args(command.get_args())
        .arg(tree)
        .stderr(Stdio::inherit())
        .output()?;
    let answer: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new(format!("no JSON in the answer: {error}")))?;
    let findings = answer.get(member).and_then(Value::as_array).map_or(0, Vec::len);
    let times = fs::read_to_string(times)?;
    let times = times.lines().last().unwrap_or_default();
    let seconds = times.split(' ').filter_map(|one| one.parse::<f64>().ok()).sum();
    Ok((seconds, findings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();

        assert!(super::super::around(&page, BEGIN, END).is_some(), "{PAGE} has lost its marks");
    }
}
