//! Both tools, run over a folder: what they find, and what that takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::sources;
use super::verdicts::Finding;
use crate::run::{Failure, root};

/// The auditor or semgrep.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    program: PathBuf,
    args: Vec<String>,
    /// Where the answer lists its findings, and what it calls their parts.
    members: Members,
}

#[derive(Debug)]
struct Members {
    findings: &'static str,
    rule: &'static str,
    file: &'static str,
    line: &'static str,
}

/// What a tool told.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
    /// User and system time of all its processes.
    pub(super) seconds: f64,
    /// What it could not do.
    pub(super) errors: usize,
}

impl Tool {
    /// The auditor, with no settings.
    pub(super) fn ours() -> Self {
        Self {
            name: "tokenward audit code",
            program: root().join("target/release/examples/audit"),
            args: vec!["--json".to_owned()],
            members: Members { findings: "findings", rule: "/rule", file: "/file", line: "/line" },
        }
    }

    /// Semgrep with the rules of `bench/audit/semgrep`, offline: with all files, and time enough for each.
    pub(super) fn semgrep(program: PathBuf) -> Self {
        // Where nothing says otherwise, it leaves out what lies in `dist` and the like.
        let options = "scan --metrics off --disable-version-check --no-git-ignore --max-target-bytes 0 \
                       --x-ignore-semgrepignore-files --timeout 60 --json --config";
        let rules = sources("semgrep").display().to_string();
        let args = options.split_ascii_whitespace().map(str::to_owned);
        Self {
            name: "semgrep",
            program,
            args: args.chain([rules]).collect(),
            members: Members {
                findings: "results",
                rule: "/check_id",
                file: "/path",
                line: "/start/line",
            },
        }
    }

    /// Runs it over a part of a tree of packages: `.`, or one of them.
    pub(super) fn over(&self, tree: &Path, part: &str) -> Result<Told, Failure> {
        let times = tree.with_extension("time");
        let output = Command::new("time")
            .args(["-f", "%U %S", "-o"])
            .arg(&times)
            .arg(&self.program)
            .args(&self.args)
            .arg(part)
            .current_dir(tree)
            .stderr(Stdio::inherit())
            .output()?;
        let answer: Value = serde_json::from_slice(&output.stdout).map_err(|error| {
            Failure::new(format!("no JSON in the answer of {}: {error}", self.name))
        })?;
        let list = |name: &str| answer.get(name).and_then(Value::as_array);
        let findings = list(self.members.findings).into_iter().flatten();
        let times = fs::read_to_string(times)?;
        let times = times.lines().last().unwrap_or_default();
        Ok(Told {
            findings: findings.filter_map(|one| self.finding(one)).collect(),
            seconds: times.split(' ').filter_map(|one| one.parse::<f64>().ok()).sum(),
            errors: list("errors").map_or(0, Vec::len),
        })
    }

    fn finding(&self, told: &Value) -> Option<Finding> {
        let Members { rule, file, line, .. } = self.members;
        // Semgrep puts the folders of a rule before its name; two of its rules are one of ours.
        let rule = told.pointer(rule)?.as_str()?.rsplit('.').next()?.trim_end_matches("-off");
        let path = told.pointer(file)?.as_str()?.trim_start_matches("./");
        let (registry, rest) = path.split_once('/')?;
        let (name, file) = rest.split_once('/')?;
        Some(Finding {
            package: format!("{registry}/{name}"),
            rule: rule.to_owned(),
            file: file.to_owned(),
            line: told.pointer(line)?.as_u64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_finding_of_both_tools_is_the_same() {
        let path = "npm/@a__b-1.0.0/package/index.js";
        let ours = json!({ "rule": "no-expiry", "file": path, "line": 3 });
        let theirs =
            json!({ "check_id": "bench.audit.no-expiry", "path": path, "start": { "line": 3 } });

        let found = Tool::ours().finding(&ours).unwrap();

        assert_eq!(found.package, "npm/@a__b-1.0.0");
        assert_eq!(found.file, "package/index.js");
        assert_eq!(Tool::semgrep(PathBuf::new()).finding(&theirs), Some(found));
    }

    #[test]
    fn a_finding_of_no_package_is_none() {
        let told = json!({ "rule": "no-expiry", "file": ".", "line": 3 });

        assert_eq!(Tool::ours().finding(&told), None);
    }
}
