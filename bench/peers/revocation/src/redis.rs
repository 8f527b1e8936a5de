//! A Redis of our own, asked by `EXISTS` over a Unix socket, one question after the other.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::sample::{Sample, Token};

pub(crate) struct Redis {
    server: Child,
    folder: PathBuf,
    stream: BufReader<UnixStream>,
}

impl Redis {
    /// `None` where there is no Redis.
    pub(crate) fn start(sample: &Sample) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("revocation-{}", std::process::id()));
        fs::create_dir_all(&folder).ok()?;
        let socket = folder.join("redis.sock");
        let server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(&socket)
            .arg("--dir")
            .arg(&folder)
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let start = Instant::now();
        let stream = loop {
            match UnixStream::connect(&socket) {
                Ok(stream) => break stream,
                Err(_) if start.elapsed() < Duration::from_secs(10) => std::thread::yield_now(),
                Err(_) => return None,
            }
        };
        let mut redis = Self { server, folder, stream: BufReader::new(stream) };
        redis.fill(sample);
        Some(redis)
    }

    /// Nanoseconds a question.
    pub(crate) fn time(&mut self, tokens: &[Token]) -> f64 {
        let start = Instant::now();
        for token in tokens {
            let question = command(&["EXISTS", token.id.as_str()]);
            self.stream.get_mut().write_all(&question).expect("a server that listens");
            assert_eq!(self.line(), ":0", "a good token is refused");
        }
        start.elapsed().as_nanos() as f64 / tokens.len() as f64
    }

    fn fill(&mut self, sample: &Sample) {
        let ids: Vec<_> = sample.revoked().collect();
        for some in ids.chunks(10_000) {
            let all: Vec<u8> = some
                .iter()
                .flat_map(|id| command(&["SET", id.as_str(), "", "EX", "100000"]))
                .collect();
            self.stream.get_mut().write_all(&all).expect("a server that listens");
            let mut answers = vec![0; some.len() * "+OK\r\n".len()];
            self.stream.read_exact(&mut answers).expect("as many answers");
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("an answer");
        line.trim_end().to_owned()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn command(words: &[&str]) -> Vec<u8> {
    let mut text = format!("*{}\r\n", words.len());
    for word in words {
        text.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    text.into_bytes()
}
