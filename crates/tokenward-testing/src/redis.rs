//! Real Redis servers: one, a master with replicas and Sentinels, a cluster.
//!
//! Each lives on free ports of this machine in a folder of its own, and is gone when its value is
//! dropped, or when the process of the test ends in whatever way. `TOKENWARD_TEST_REDIS_SERVER` names
//! another program than `redis-server`: one of Valkey, say.
#![expect(
    clippy::missing_panics_doc,
    reason = "a server that does not do as it is told is a panic"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::free_port;

/// Ends the server when this shell's input does: the pipe closes with the process that holds it.
const KEEPER: &str = r#""$1" "$2" $3 & server=$!; echo $server > "$4"; read -r _; kill -9 $server"#;
/// The variable that names the program.
const PROGRAM: &str = "TOKENWARD_TEST_REDIS_SERVER";
/// How often something is looked at that takes its time, each 20 ms after the last.
const LOOKS: usize = 3_000;

/// A running `redis-server`, or `redis-sentinel`.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    sentinel: bool,
    keeper: Option<Child>,
    /// What `redis-cli` has to say to get in.
    login: Vec<String>,
}

impl RedisServer {
    /// One server, which keeps what it has acknowledged over restarts.
    #[must_use]
    pub fn start() -> Self {
        Self::with("appendonly yes\nappendfsync always\n")
    }

    /// One server with these lines in its configuration. `{dir}` stands for its folder.
    #[must_use]
    pub fn with(lines: &str) -> Self {
        Self::perhaps_by_tls(lines, None)
    }

    /// One server that takes only the users of these lines (of the form `user NAME …`), and TLS alone
    /// where `tls` names the folder that holds `cert.pem`, `key.pem` and `ca.pem`.
    #[must_use]
    pub fn guarded(lines: &str, tls: Option<&Path>) -> Self {
        let mut this = Self::new(false);
        let admin = "user admin on >admin ~* &* +@all\nuser default off\n";
        let mut text = format!("appendonly yes\n{admin}{lines}\n");
        this.login =
            ["--user", "admin", "--pass", "admin", "--no-auth-warning"].map(str::to_owned).to_vec();
        if let Some(dir) = tls {
            text.push_str(&this.by_tls(dir));
        }
        this.configure(&text);
        this.run();
        this
    }

    /// One server with these lines, by TLS alone where `tls` names a folder as in [`Self::guarded`].
    fn perhaps_by_tls(lines: &str, tls: Option<&Path>) -> Self {
        let mut this = Self::new(false);
        let tls = tls.map(|dir| this.by_tls(dir)).unwrap_or_default();
        this.configure(&format!("{lines}{tls}"));
        this.run();
        this
    }

    /// The lines of a server that speaks TLS alone, also with others of its kind.
    fn by_tls(&mut self, dir: &Path) -> String {
        let (dir, port) = (dir.display(), self.port);
        self.login.extend(["--tls".to_owned(), "--cacert".to_owned(), format!("{dir}/ca.pem")]);
        format!(
            "port 0\ntls-port {port}\ntls-cert-file {dir}/cert.pem\ntls-key-file {dir}/key.pem\n\
             tls-ca-cert-file {dir}/ca.pem\ntls-auth-clients no\ntls-replication yes\n"
        )
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What `redis-cli` prints for these words.
    #[must_use]
    pub fn cli(&self, words: &[&str]) -> String {
        let output = self.client().args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Has `redis-cli` do what these words say.
    pub fn order(&self, words: &[&str]) {
        // Without `-e` an error is an answer like any other.
        let output = self.client().arg("-e").args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
    }

    fn client(&self) -> Command {
        let mut client = Command::new("redis-cli");
        client.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]).args(&self.login);
        client
    }

    /// Kills it at once.
    pub fn kill(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            keeper.wait().unwrap();
        }
    }

    /// Starts it again after [`Self::kill`], on its port and with its files.
    pub fn restart(&mut self) {
        self.kill();
        self.run();
    }

    /// Starts it again without any file.
    pub fn restart_empty(&mut self) {
        self.kill();
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            }
        }
        drop(fs::remove_file(self.folder.path().join("dump.rdb")));
        self.run();
    }

    /// Stops its process without killing it, as a machine that hangs.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn new(sentinel: bool) -> Self {
        let folder = TempDir::new().unwrap();
        Self { folder, port: free_port(), sentinel, keeper: None, login: Vec::new() }
    }

    fn configure(&self, lines: &str) {
        let (dir, port) = (self.folder.path().display().to_string(), self.port);
        let lines = lines.replace("{dir}", &dir);
        let save = if self.sentinel { "" } else { "save \"\"\n" };
        let text =
            format!("bind 127.0.0.1\nport {port}\ndir {dir}\nlogfile {dir}/log\n{save}{lines}");
        fs::write(self.folder.path().join("redis.conf"), text).unwrap();
    }

    fn run(&mut self) {
        let file = |name: &str| self.folder.path().join(name);
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(std::env::var_os(PROGRAM).unwrap_or_else(|| "redis-server".into()))
            .arg(file("redis.conf"))
            .arg(if self.sentinel { "--sentinel" } else { "" })
            .arg(file("pid"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.keeper = Some(keeper);
        eventually("the server answers", || self.cli(&["ping"]) == "PONG");
    }

    fn signal(&self, signal: &str) {
        let pid = fs::read_to_string(self.folder.path().join("pid")).unwrap();
        assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A master, two replicas, and three Sentinels that know it as `tw`.
#[derive(Debug)]
pub struct RedisSentinels {
    /// The servers; the first is master at the start.
    pub servers: Vec<RedisServer>,
    sentinels: Vec<RedisServer>,
}

impl RedisSentinels {
    /// Starts all six, and waits until each knows the others.
    #[must_use]
    pub fn start() -> Self {
        Self::perhaps_by_tls(None)
    }

    /// As [`Self::start`], by TLS alone, with the files of a folder as in [`RedisServer::guarded`].
    #[must_use]
    pub fn start_by_tls(dir: &Path) -> Self {
        Self::perhaps_by_tls(Some(dir))
    }

    fn perhaps_by_tls(tls: Option<&Path>) -> Self {
        let quick = "appendonly yes\nrepl-diskless-sync-delay 0\n";
        let mut servers = vec![RedisServer::perhaps_by_tls(quick, tls)];
        let master = servers[0].port;
        for _ in 0..2 {
            let lines = format!("{quick}replicaof 127.0.0.1 {master}\n");
            servers.push(RedisServer::perhaps_by_tls(&lines, tls));
        }
        eventually("both replicas follow", || {
            servers[0].cli(&["info", "replication"]).matches("state=online").count() == 2
        });
        let lines = format!(
            "sentinel monitor tw 127.0.0.1 {master} 2\nsentinel down-after-milliseconds tw 1000\n\
             sentinel failover-timeout tw 5000\nsentinel parallel-syncs tw 1\n"
        );
        let sentinel = |_| {
            let mut sentinel = RedisServer::new(true);
            let tls = tls.map(|dir| sentinel.by_tls(dir)).unwrap_or_default();
            sentinel.configure(&format!("{tls}{lines}"));
            sentinel.run();
            sentinel
        };
        let sentinels: Vec<_> = (0..3).map(sentinel).collect();
        let knows = |sentinel: &RedisServer| {
            let master = sentinel.cli(&["sentinel", "master", "tw"]);
            let lines: Vec<_> = master.lines().collect();
            let field = |name| lines.iter().position(|line| *line == name).map(|at| lines[at + 1]);
            field("num-other-sentinels") == Some("2") && field("num-slaves") == Some("2")
        };
        eventually("the Sentinels know each other", || sentinels.iter().all(knows));
        Self { servers, sentinels }
    }

    /// The address, without scheme: `host:port,…/tw`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/tw", hosts(&self.sentinels))
    }

    /// The server that the Sentinels call the master, if it is up.
    #[must_use]
    pub fn master(&self) -> Option<&RedisServer> {
        let known = self.sentinels[0].cli(&["sentinel", "get-master-addr-by-name", "tw"]);
        let port: u16 = known.lines().nth(1)?.parse().ok()?;
        let named = self.servers.iter().find(|server| server.port == port)?;
        (named.keeper.is_some() && named.cli(&["role"]).starts_with("master")).then_some(named)
    }
}

/// Three masters with one replica each.
#[derive(Debug)]
#[non_exhaustive]
pub struct RedisCluster {
    /// Its nodes.
    pub nodes: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts all six, and waits until each replica has followed once: until then none is elected.
    #[must_use]
    pub fn start() -> Self {
        Self::perhaps_by_tls(None)
    }

    /// As [`Self::start`], by TLS alone, with the files of a folder as in [`RedisServer::guarded`].
    #[must_use]
    pub fn start_by_tls(dir: &Path) -> Self {
        Self::perhaps_by_tls(Some(dir))
    }

    fn perhaps_by_tls(tls: Option<&Path>) -> Self {
        let own = if tls.is_some() { "tls-cluster yes\n" } else { "" };
        let node = |_| {
            let bus = free_port();
            let lines = format!(
                "appendonly yes\ncluster-enabled yes\ncluster-port {bus}\ncluster-node-timeout 1500\n\
                 cluster-announce-ip 127.0.0.1\ncluster-config-file nodes.conf\n\
                 repl-diskless-sync-delay 0\n{own}"
            );
            RedisServer::perhaps_by_tls(&lines, tls)
        };
        let nodes: Vec<RedisServer> = (0..6).map(node).collect();
        let addresses: Vec<_> =
            nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let made = Command::new("redis-cli")
            .args(&nodes[0].login)
            .args(["--cluster", "create"])
            .args(&addresses)
            .args(["--cluster-replicas", "1", "--cluster-yes"])
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        eventually("the cluster is up", || {
            nodes.iter().all(|node| node.cli(&["cluster", "info"]).contains("cluster_state:ok"))
        });
        eventually("the replicas follow", || {
            let info: Vec<_> =
                nodes.iter().map(|node| node.cli(&["info", "replication"])).collect();
            info.iter().filter(|info| info.contains("master_link_status:up")).count() == 3
        });
        Self { nodes }
    }

    /// The address, without scheme: `host:port,…`.
    #[must_use]
    pub fn address(&self) -> String {
        hosts(&self.nodes)
    }

    /// The place in [`Self::nodes`] of the master that holds `key`, and of its replica.
    #[must_use]
    pub fn holders(&self, key: &str) -> Option<(usize, Option<usize>)> {
        let up = |node: &&RedisServer| node.keeper.is_some();
        let asked = self.nodes.iter().find(up)?;
        let slot: u32 = asked.cli(&["cluster", "keyslot", key]).parse().ok()?;
        let nodes = asked.cli(&["cluster", "nodes"]);
        let place = |line: &str| {
            let port = line.split(' ').nth(1)?.split(['@', ':']).nth(1)?;
            self.nodes.iter().position(|node| node.port.to_string() == port)
        };
        // `fail?` is a suspicion of the one node that is asked: the others may never share it.
        let has_failed = |line: &str| {
            line.split(' ').nth(2).is_some_and(|flags| flags.split(',').any(|flag| flag == "fail"))
        };
        let holds = |line: &&str| {
            let mut slots = line.split(' ').skip(8).filter_map(|range| {
                let (first, last) = range.split_once('-')?;
                Some(first.parse::<u32>().ok()?..=last.parse().ok()?)
            });
            slots.any(|range| range.contains(&slot)) && !has_failed(line)
        };
        let master = nodes.lines().find(holds)?;
        let id = master.split(' ').next()?;
        let follows = |line: &&str| line.split(' ').nth(3) == Some(id) && !has_failed(line);
        Some((place(master)?, nodes.lines().find(follows).and_then(place)))
    }
}

/// Looks again and again until `is_so`; panics with `what` if it never is.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    eventually_some(what, || is_so().then_some(()));
}

/// Looks again and again until there is something; panics with `what` if there never is.
pub fn eventually_some<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = found() {
            return found;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("never: {what}")
}

fn hosts(servers: &[RedisServer]) -> String {
    let hosts: Vec<_> = servers.iter().map(|server| format!("127.0.0.1:{}", server.port)).collect();
    hosts.join(",")
}
