//! Verifiers in other languages: programs that answer one line of JSON with another.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use super::{Answer, Peer};
use crate::question::{AUDIENCE, Accept, ISSUER, LEEWAY, Question, Time};

/// A running program; it ends with us.
pub(super) struct Program {
    name: &'static str,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Reply {
    accepted: bool,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    reason: String,
}

/// `PyJWT`, in the Python that `cargo xtask test` installs.
pub(super) fn pyjwt() -> Program {
    let python = installed("TOKENWARD_TEST_PYTHON", "venv/bin/python");
    Program::start("PyJWT", Command::new(python).arg(root().join("interop/python/differential.py")))
}

/// `jose`, in Node.js, of the `node_modules` that `cargo xtask test` installs.
pub(super) fn jose() -> Program {
    let modules = installed("TOKENWARD_TEST_NODE_MODULES", "node/node_modules");
    let script = root().join("interop/node/differential.mjs");
    let script = std::fs::read_to_string(script).expect("the script is there");
    let beside = modules.parent().expect("a folder").to_path_buf();
    // Node looks for modules beside a file, and for a program's text where it is started.
    let arguments = ["--input-type=module", "--eval", &script];
    Program::start("jose", Command::new("node").args(arguments).current_dir(beside))
}

impl Program {
    fn start(name: &'static str, command: &mut Command) -> Self {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let questions = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { name, child, questions, answers }
    }
}

impl Peer for Program {
    fn name(&self) -> &'static str {
        self.name
    }

    fn begin(&mut self, question: &Question<'_>) {
        let fixed = match question.time {
            Time::Live(_) => None,
            Time::Fixed(now) => Some(now),
        };
        let asked = json!({
            "token": question.token,
            "algorithm": question.algorithm.as_str(),
            "jwk": question.jwk,
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "leeway": LEEWAY,
            "access_token": question.accept == Accept::AccessToken,
            "now": fixed,
        });
        writeln!(self.questions, "{asked}")
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    fn finish(&mut self, _: &Question<'_>) -> Answer {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        let reply: Reply = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("{} said {line:?}: {error}", self.name));
        let subject = reply.subject;
        Answer::from_result(if reply.accepted { Ok(subject) } else { Err(reply.reason) })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to do.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn installed(variable: &str, place: &str) -> PathBuf {
    let beside = || root().join("target/xtask").join(place);
    let path = std::env::var_os(variable).map_or_else(beside, PathBuf::from);
    let here = path.display();
    assert!(path.exists(), "{here} is missing: run `cargo xtask test`, which installs it");
    path
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
