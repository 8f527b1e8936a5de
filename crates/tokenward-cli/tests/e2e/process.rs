//! One server process: started, waited for, stopped, and never left behind.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{sleep, timeout};

/// The program under test.
pub(crate) const TOKENWARD: &str = env!("CARGO_BIN_EXE_tokenward");

/// Far above any start or stop, below any patience: two cores may run many tests at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. Dropping it kills it, also while a test panics.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
    lines: UnboundedReceiver<String>,
}

impl Process {
    /// Starts `command`; its standard error goes to a file of its own below the folder of logs.
    pub(crate) fn spawn(name: &str, command: &mut Command) -> Self {
        let (log, file) = new_log(name);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = unbounded_channel();
        // Ends with the process, which closes its standard output.
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, log, lines }
    }

    /// What follows `ready on ` in the line that the server prints when it is.
    pub(crate) async fn ready(&mut self) -> String {
        let ready = async {
            while let Some(line) = self.lines.recv().await {
                if let Some((_, at)) = line.split_once("ready on ") {
                    return at.to_owned();
                }
            }
            panic!("it ended before it was ready:\n{}", self.log_text());
        };
        let waited = timeout(PATIENCE, ready).await;
        waited.unwrap_or_else(|_| panic!("it did not get ready:\n{}", self.log_text()))
    }

    /// The next line that it prints.
    pub(crate) async fn line(&mut self) -> String {
        match timeout(PATIENCE, self.lines.recv()).await {
            Ok(Some(line)) => line,
            _ => panic!("it printed nothing more:\n{}", self.log_text()),
        }
    }

    /// Ends it at once, without a word.
    pub(crate) fn kill(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// What the kernel says of it in this file below `/proc/PID/`.
    pub(crate) fn proc(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{file}", self.child.id()))
    }

    /// Waits for it to end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        self.ended_within(PATIENCE).await
    }

    async fn ended_within(&mut self, patience: Duration) -> ExitStatus {
        let end = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = timeout(patience, end).await;
        waited.unwrap_or_else(|_| panic!("it did not end:\n{}", self.log_text()))
    }

    /// What it logged so far.
    pub(crate) fn log_text(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        // No promise of any test holds if a server panicked on the way.
        if !std::thread::panicking() {
            let log = self.log_text();
            let panic = log.lines().find(|line| line.contains("panicked at"));
            assert_eq!(panic, None, "{}", self.log.display());
        }
    }
}

/// Runs the program to its end; fails if it does not come to one.
pub(crate) async fn run(command: &mut Command) -> Output {
    run_within(PATIENCE, command).await
}

/// The same, for what may take longer than a command of ours.
pub(crate) async fn run_within(patience: Duration, command: &mut Command) -> Output {
    let (log, file) = new_log("command");
    let (out, out_file) = new_log("command-out");
    let child = command.stdin(Stdio::null()).stdout(out_file).stderr(file).spawn().unwrap();
    let (_, lines) = unbounded_channel();
    let mut process = Process { child, log, lines };
    let status = process.ended_within(patience).await;
    let output =
        Output { status, stdout: fs::read(&out).unwrap(), stderr: fs::read(&process.log).unwrap() };
    // What a command answers is no log: `services add` shows a secret there, once.
    fs::remove_file(out).unwrap();
    output
}

/// The program with `arguments`, without the settings of whoever runs the tests.
pub(crate) fn tokenward(arguments: &[&str]) -> Command {
    let mut command = Command::new(TOKENWARD);
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TOKENWARD_") {
            command.env_remove(name);
        }
    }
    command
}

/// The folder in which `cargo xtask test` looks for secrets.
fn log_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let told = std::env::var_os("TOKENWARD_TEST_LOGS").map(PathBuf::from);
        let dir = told.unwrap_or_else(|| target_dir().join("test-logs"));
        fs::create_dir_all(&dir).unwrap();
        dir
    })
}

/// Cargo's target folder, two above the program.
pub(crate) fn target_dir() -> &'static Path {
    Path::new(TOKENWARD).parent().and_then(Path::parent).unwrap()
}

fn new_log(name: &str) -> (PathBuf, File) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = log_dir().join(format!("e2e-{}-{number:03}-{name}.log", std::process::id()));
    let file = OpenOptions::new().append(true).create(true).open(&path).unwrap();
    (path, file)
}
