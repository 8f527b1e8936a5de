//! The same question again and again, on connections that are kept: requests per second of the
//! server's processor time.
//!
//! The client is as small as it can be, so that the server is what is measured: requests are made ahead,
//! and of an answer the status and the length are read.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep};

use crate::{Error, process};

/// Whom to ask, what and for how long.
pub(crate) struct Options {
    /// `127.0.0.1:8080` or `unix:/run/server.sock`.
    address: String,
    path: String,
    headers: Vec<String>,
    tokens: PathBuf,
    /// The first token's place in the file.
    from: usize,
    /// One token, each time; else all of them in turn.
    hot: bool,
    connections: usize,
    time: Duration,
    pid: u32,
}

impl Options {
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Error> {
        let mut options = Self {
            address: args.next().ok_or("ask needs an address")?,
            path: "/".to_owned(),
            headers: Vec::new(),
            tokens: PathBuf::new(),
            from: 0,
            hot: false,
            connections: 32,
            time: Duration::from_secs(2),
            pid: std::process::id(),
        };
        while let Some(flag) = args.next() {
            if flag == "--hot" {
                options.hot = true;
                continue;
            }
            let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
            match flag.as_str() {
                "--path" => options.path = value,
                "--header" => options.headers.push(value),
                "--tokens" => options.tokens = value.into(),
                "--from" => options.from = value.parse()?,
                "--connections" => options.connections = value.parse()?,
                "--milliseconds" => options.time = Duration::from_millis(value.parse()?),
                "--pid" => options.pid = value.parse()?,
                _ => return Err(format!("unknown option {flag}").into()),
            }
        }
        Ok(options)
    }
}

/// Asks, and prints a line: answers, seconds of the server's processor, seconds that passed, and the
/// median and 99 % of the times in milliseconds.
pub(crate) async fn measure(options: Options) -> Result<(), Error> {
    let load = Rc::new(Load::of(&options)?);
    let local = LocalSet::new();
    local.run_until(run(options, load)).await
}

async fn run(options: Options, load: Rc<Load>) -> Result<(), Error> {
    let mut connections = JoinSet::new();
    for _ in 0..options.connections {
        let load = Rc::clone(&load);
        if let Some(path) = options.address.strip_prefix("unix:") {
            let stream = UnixStream::connect(path).await?;
            connections.spawn_local(async move { load.work(stream).await });
        } else {
            let stream = TcpStream::connect(&options.address).await?;
            stream.set_nodelay(true)?;
            connections.spawn_local(async move { load.work(stream).await });
        }
    }
    sleep(WARM_UP).await;
    load.times.borrow_mut().clear();
    let (begun, before) = (Instant::now(), process::tree_cpu_seconds(options.pid)?);
    sleep(options.time).await;
    let used = process::tree_cpu_seconds(options.pid)? - before;
    let passed = begun.elapsed().as_secs_f64();
    load.ended.set(true);
    let mut times = load.times.take();
    let answers = times.len();
    while let Some(connection) = connections.join_next().await {
        connection??;
    }
    times.sort_unstable();
    let at = |percent: usize| {
        let index = answers.saturating_mul(percent) / 100;
        times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    println!("{answers}\t{used:.2}\t{passed:.4}\t{:.3}\t{:.3}", at(50), at(99));
    Ok(())
}

/// What all connections share.
struct Load {
    requests: Vec<Vec<u8>>,
    next: Cell<usize>,
    ended: Cell<bool>,
    times: RefCell<Vec<Duration>>,
}

impl Load {
    fn of(options: &Options) -> Result<Self, Error> {
        let tokens = fs::read_to_string(&options.tokens)?;
        let headers: String = options.headers.iter().flat_map(|line| [line, "\r\n"]).collect();
        let request = |token: &str| {
            let path = &options.path;
            format!(
                "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n{headers}\r\n"
            )
            .into_bytes()
        };
        let wanted = if options.hot { 1 } else { usize::MAX };
        let requests: Vec<_> = tokens.lines().take(wanted).map(request).collect();
        if requests.is_empty() {
            return Err("no token".into());
        }
        Ok(Self {
            requests,
            next: Cell::new(options.from),
            ended: Cell::new(false),
            times: RefCell::default(),
        })
    }

    async fn work<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S) -> Result<(), Error> {
        let mut answer = Vec::with_capacity(8_192);
        while !self.ended.get() {
            let next = self.next.replace(self.next.get().wrapping_add(1));
            let index = next.checked_rem(self.requests.len()).unwrap_or_default();
            let request = self.requests.get(index).ok_or("no request")?;
            let begun = Instant::now();
            stream.write_all(request).await?;
            read_answer(&mut stream, &mut answer).await?;
            self.times.borrow_mut().push(begun.elapsed());
        }
        Ok(())
    }
}

async fn read_answer<S: AsyncRead + Unpin>(
    stream: &mut S,
    answer: &mut Vec<u8>,
) -> Result<(), Error> {
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(answer.get(..end).unwrap_or_default())?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            return Err(format!("the server answered {head}").into());
        }
        let length = content_length(head)?;
        let whole = end.saturating_add(4).saturating_add(length);
        while answer.len() < whole {
            if stream.read_buf(answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        return Ok(());
    }
}

fn content_length(head: &str) -> Result<usize, Error> {
    for line in head.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            return Ok(value.trim().parse()?);
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err("an answer in chunks".into());
        }
    }
    Ok(0)
}

/// Caches fill, and the first connections are made.
const WARM_UP: Duration = Duration::from_millis(300);
