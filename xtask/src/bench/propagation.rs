//! `cargo xtask bench propagation`: from the API's answer to the refusal in every verifier, and how long a
//! snapshot takes to load.
//!
//! `tokenward-bench` measures, against an authority and a Redis that are started here; its lines become the
//! page.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::table::Table;
use super::{PageOptions, page_between};
use crate::machine;
use crate::run::{Failure, has, root, run};

const PAGE: &str = "docs/revocation-performance.md";
const BEGIN: &str = "<!-- begin: cargo xtask bench propagation --write -->\n";
const END: &str = "<!-- end: propagation -->\n";

const PUBLIC: &str = "127.0.0.1:18453";
const URL: &str = "https://localhost:18453";
const REDIS_PORT: u16 = 18_454;

/// Measures, prints, and renews the page if it is asked to.
pub(super) fn bench(args: &[&str]) -> Result<(), Failure> {
    let options = PageOptions::parse("propagation", args)?;
    run(Command::new(env!("CARGO")).current_dir(root()).args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--bin",
        "tokenward",
        "--bin",
        "tokenward-bench",
    ]))?;
    let mut lines = Vec::new();
    for redis in [false, true] {
        if redis && !has("redis-server") {
            println!("no redis-server: what goes by Redis is left out");
            continue;
        }
        lines.extend(propagation(redis, options.quick)?);
    }
    let count = if options.quick { "1000000" } else { "10000000" };
    lines.extend(measured(Command::new(binary("tokenward-bench")).args(["snapshot", count]))?);
    let tables = tables(&lines)?;
    let machine = machine::describe()?;
    let text: Vec<String> = tables.iter().map(Table::text).collect();
    println!("{machine}\n\n{}", text.join("\n"));
    if options.write {
        let tables: Vec<String> = tables.iter().map(Table::markdown).collect();
        let figures = format!("{machine}.\n\n{}", tables.join("\n"));
        page_between(PAGE, BEGIN, END, &figures)?;
    }
    Ok(())
}

/// The lines of one carrier.
fn propagation(redis: bool, quick: bool) -> Result<Vec<String>, Failure> {
    let folder = root().join("target/xtask/propagation");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let url = format!("redis://127.0.0.1:{REDIS_PORT}");
    let server = if redis { Some(redis_server()?) } else { None };
    let feed = if redis { &*url } else { "local" };
    private(&folder.join("tokenward.toml"), &config(feed))?;
    private(&folder.join("kek.key"), "32 bytes that are not in any way")?;
    let authority = authority(&folder)?;
    let secret = secret(&folder)?;
    let told = serde_json::json!({
        "base_url": URL,
        "ca_file": folder.join("tls/ca.pem"),
        "audience": "api",
        "client_id": "bench",
        "client_secret": secret,
    });
    let file = folder.join("bench.json");
    private(&file, &told.to_string())?;
    let mut command = Command::new(binary("tokenward-bench"));
    command.arg("propagation").arg(file);
    command.args(["--authority-pid", &authority.0.id().to_string()]);
    command.args(["--seconds", if quick { "4" } else { "30" }]);
    if redis {
        command.args(["--redis", &url]);
    }
    let lines = measured(&mut command);
    drop((authority, server));
    lines
}

/// A process of ours, killed when dropped.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn authority(folder: &Path) -> Result<Running, Failure> {
    let mut command = Command::new(binary("tokenward"));
    command.args(["serve", "--config", "tokenward.toml"]).current_dir(folder);
    started(command, &folder.join("log"), "tokenward: ready on ")
}

/// A program of ours that runs, once it has said `ready`.
pub(super) fn started(mut command: Command, log: &Path, ready: &str) -> Result<Running, Failure> {
    let log = fs::File::create(log)?;
    let mut running = Running(command.stdout(Stdio::piped()).stderr(log).spawn()?);
    let output = running.0.stdout.take().ok_or_else(|| Failure::new("no output to read"))?;
    let said =
        BufReader::new(output).lines().map_while(Result::ok).any(|line| line.starts_with(ready));
    if said { Ok(running) } else { Err(Failure::new("a program ended before it was ready")) }
}

fn redis_server() -> Result<Running, Failure> {
    let port = REDIS_PORT.to_string();
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"]);
    let running = Running(command.stdout(Stdio::null()).spawn()?);
    for _ in 0..500 {
        if TcpStream::connect(("127.0.0.1", REDIS_PORT)).is_ok() {
            return Ok(running);
        }
        sleep(Duration::from_millis(10));
    }
    Err(Failure::new("redis-server does not start"))
}

/// The secret of the service that revokes and follows.
pub(super) fn secret(folder: &Path) -> Result<String, Failure> {
    let mut command = Command::new(binary("tokenward"));
    command.args(["services", "rotate-secret", "bench", "--data"]).arg(folder);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let secret = said.split_whitespace().find(|word| word.starts_with("tws_"));
    secret.map(str::to_owned).ok_or_else(|| Failure::new("no secret for the service"))
}

fn config(feed: &str) -> String {
    format!(
        "environment = \"dev\"\nissuer = \"{URL}\"\n\
         [listen]\npublic = \"{PUBLIC}\"\n\
         [tls]\nself_signed = true\n\
         [[audience]]\nname = \"api\"\n\
         [[service]]\nname = \"bench\"\nmay = [\"revocations:write\", \"revocations:read\"]\naudiences = [\"api\"]\n\
         [revocation]\nfeed = \"{feed}\"\n"
    )
}

pub(super) fn private(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

fn binary(name: &str) -> PathBuf {
    root().join("target/release").join(name)
}

/// What the program prints, a line for each figure.
fn measured(command: &mut Command) -> Result<Vec<String>, Failure> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Failure::new("the program that measures failed"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn tables(lines: &[String]) -> Result<Vec<Table>, Failure> {
    let head = [
        "",
        "verifiers",
        "revoked a second",
        "median",
        "99 %",
        "longest",
        "the API's answer: median",
        "99 %",
        "cores: verifiers and load",
        "cores: authority",
    ];
    let mut times = Table::new("From the API's answer to the refusal in every verifier, ms", &head);
    let mut loads = Table::new("A snapshot", &["revoked", "MB", "to make, ms", "to load, ms"]);
    for line in lines {
        let words: Vec<&str> = line.split('\t').collect();
        let unreadable = || Failure::new(format!("an unreadable line: {line}"));
        match *words {
            ["propagation", ref cells @ ..] if cells.len() == head.len() => {
                times.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
            }
            ["snapshot", count, bytes, made, loaded] => {
                let bytes: f64 = bytes.parse().map_err(|_| unreadable())?;
                let size = format!("{:.1}", bytes / 1e6);
                loads.push([count, &size, made, loaded].map(str::to_owned).to_vec());
            }
            _ => return Err(unreadable()),
        }
    }
    Ok(vec![times, loads])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::around;

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();

        assert!(around(&page, BEGIN, END).is_some(), "{PAGE} has lost its marks");
    }

    #[test]
    fn a_line_becomes_a_row_and_a_line_of_something_else_is_an_error() {
        let line = "propagation\tSSE\t64\t1000\t30.0\t61.5\t80.0\t2.0\t9.0\t0.50\t0.40";
        let tables = tables(&[line.to_owned(), "snapshot\t10\t2500000\t3.0\t4.0".to_owned()]);
        let [times, loads] = &tables.unwrap()[..] else { panic!("two tables") };

        assert!(times.text().contains("61.5"), "{}", times.text());
        assert!(loads.text().contains("2.5"), "{}", loads.text());
        assert!(super::tables(&["propagation\tSSE".to_owned()]).is_err());
    }
}
