//! Shell blocks of the documentation, run by bash as a reader would type them.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use tempfile::TempDir;

use crate::harness::Authority;
use crate::process::{TOKENWARD, run_within, target_dir, tokenward};

/// For a script of many commands, on cores that many tests share.
const PATIENCE: Duration = Duration::from_secs(240);

/// A folder in which a reader works: `.tokenward` is that of the running authority.
#[derive(Debug)]
pub(crate) struct Shell {
    folder: TempDir,
    replaced: Vec<(String, String)>,
    environment: Vec<(String, String)>,
}

impl Shell {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        // Servers that drop root must still reach what they serve.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, replaced: Vec::new(), environment: Vec::new() }
    }

    /// A folder beside a development authority, whose URL takes the place of the documented one.
    pub(crate) fn beside(authority: &Authority) -> Self {
        let shell = Self::new();
        symlink(authority.data(), shell.path(".tokenward")).unwrap();
        let address = authority.dev.base_url.rsplit_once('/').unwrap().1.to_owned();
        let port = address.rsplit_once(':').unwrap().1;
        shell
            .replacing("127.0.0.1:8443", &format!("127.0.0.1:{port}"))
            .replacing("localhost:8443", &address)
    }

    /// Puts `new` in the place of `old` in every text that passes here.
    pub(crate) fn replacing(mut self, old: &str, new: &str) -> Self {
        self.replaced.push((old.to_owned(), new.to_owned()));
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// A file of the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The text with everything replaced.
    pub(crate) fn adapt(&self, text: &str) -> String {
        self.replaced.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
    }

    /// Writes an adapted file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), self.adapt(text)).unwrap();
    }

    /// Runs a script that must end well; answers what it printed.
    pub(crate) async fn run(&self, script: &str) -> String {
        let output = self.try_run(script).await;
        let [out, error] =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        assert!(
            output.status.success(),
            "{}\nin:\n{script}\nprinted:\n{out}\n{error}",
            output.status
        );
        out
    }

    /// Runs a script.
    pub(crate) async fn try_run(&self, script: &str) -> Output {
        let script = format!("set -euo pipefail\n{}{}", Self::preamble(), self.adapt(script));
        run_within(PATIENCE, self.command("bash").arg("-c").arg(script)).await
    }

    /// A program that is started in the folder.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        // Borrows the environment of the program under test: no settings of whoever runs the tests.
        let clean = tokenward(&[]);
        let mut command = Command::new(program.as_ref());
        for (name, _) in clean.get_envs().filter(|(_, value)| value.is_none()) {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path()).envs(self.environment.iter().map(|(n, v)| (n, v)));
        command
    }

    /// The program under test, under both of its documented names.
    fn preamble() -> String {
        let program = TOKENWARD;
        format!(
            "tokenward() {{ '{program}' \"$@\"; }}\n\
             cargo() {{ while [ $# -gt 0 ] && [ \"$1\" != -- ]; do shift; done; shift || return 0; '{program}' \"$@\"; }}\n"
        )
    }
}

/// The Python with `PyJWT` that `cargo xtask test` installs.
pub(crate) fn python_program() -> PathBuf {
    installed("TOKENWARD_TEST_PYTHON", "xtask/venv/bin/python")
}

/// The folder with `jose` and the others that `cargo xtask test` installs.
pub(crate) fn node_modules() -> PathBuf {
    installed("TOKENWARD_TEST_NODE_MODULES", "xtask/node/node_modules")
}

/// What `cargo xtask test` installs, where `variable` says, or else at `place`.
pub(crate) fn installed(variable: &str, place: &str) -> PathBuf {
    let beside = || target_dir().join(place);
    let path = std::env::var_os(variable).map_or_else(beside, PathBuf::from);
    let here = path.display();
    assert!(path.exists(), "{here} is missing: run `cargo xtask test`, which installs it");
    path
}

/// Whether a program is on the search path, or where Debian keeps servers.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let dirs = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&dirs).chain(system).map(|dir| dir.join(name)).find(|path| path.is_file())
}
