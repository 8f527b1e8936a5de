//! The tour of the README, as typed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::harness::{Authority, Example};
use crate::markdown::{Block, blocks, root};
use crate::shell::Shell;

/// Printed before each block, so that each is judged by its own output.
const CUT: &str = "=== block ===";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tour_of_the_readme_works_as_typed() {
    let authority = Arc::new(Authority::dev().await);
    let example = Arc::new(Example::of(&authority).await);
    let visitor = Visitor::new(&authority, &example);
    let shell = Shell::beside(&authority)
        .replacing("https://localhost:3000", example.url("").trim_end_matches('/'));

    let printed = shell.run(&script(&tour())).await;
    let seen = visitor.leave().await;

    let parts: Vec<&str> = printed.split(&format!("{CUT}\n")).skip(1).collect();
    let [_, inspect, bearer, cookie, refresh, theft, logout, version, rotate] = parts.as_slice()
    else {
        panic!("the README has another number of blocks now: {printed}");
    };
    assert!(inspect.contains("\"sub\": \"ada\""), "{inspect}");
    assert_eq!(json_line(bearer.trim())["subject"], "ada", "{bearer}");
    let [who, note, forged] = lines(cookie)[..] else { panic!("{cookie}") };
    assert_eq!(json_line(who)["subject"], "ada", "{who}");
    assert_eq!(json_line(note)["text"], "hello", "{note}");
    assert_eq!(forged, "403");
    assert_eq!(refresh.trim(), "", "the successors differ");
    let [reused, family] = lines(theft)[..] else { panic!("{theft}") };
    assert_eq!(json_line(reused)["error"], "invalid_grant", "{theft}");
    assert_eq!(json_line(family)["error"], "invalid_grant", "{theft}");
    assert_eq!(json_line(logout.trim())["error_description"], "Invalid token", "{logout}");
    let [bumped, ended] = lines(version)[..] else { panic!("{version}") };
    assert!(json_line(bumped)["token_version"].is_u64(), "{bumped}");
    assert_eq!(json_line(ended)["error_description"], "Invalid token", "{ended}");
    assert!(rotate.contains("active"), "{rotate}");

    assert!(seen.keys.len() >= 3, "the loop saw no two rotations: {seen:?}");
    assert_eq!(seen.refusals, Vec::<String>::new());
}

#[tokio::test]
async fn curl_shows_the_answer_to_a_request_that_is_refused_before_its_body_is_read() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority).env("AUTH", &authority.dev.base_url);
    let ask = "for i in 1 2 3 4 5 6 7 8 9 10; do
                   curl -sS --cacert .tokenward/tls/ca.pem -u who:wrong --json '{}' -w '%{http_code}\\n' \\
                       -o /dev/null \"$AUTH/v1/sessions\"
               done";

    assert_eq!(shell.run(ask).await, "401\n".repeat(10));
}

/// What a user noticed who was there all the time.
#[derive(Debug, Default)]
struct Seen {
    /// Which keys signed his tokens.
    keys: BTreeSet<String>,
    /// Everything that was not 200.
    refusals: Vec<String>,
}

/// Somebody else, who makes a session after the other and uses the latest and the first of them, by
/// forward-auth and at the example.
struct Visitor {
    stop: Arc<AtomicBool>,
    work: JoinHandle<Seen>,
}

impl Visitor {
    fn new(authority: &Arc<Authority>, example: &Arc<Example>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (authority, example, told) =
            (Arc::clone(authority), Arc::clone(example), Arc::clone(&stop));
        let work = tokio::spawn(async move {
            let mut seen = Seen::default();
            let first = authority.create("grace").await;
            while !told.load(Ordering::Relaxed) {
                let latest = authority.create("grace").await;
                seen.keys.insert(latest.key_id());
                for session in [&first, &latest] {
                    for door in [authority.forward_auth(), example.whoami()] {
                        let answer = authority.client.ask(door.bearer(&session.access)).await;
                        if answer.status != 200 {
                            seen.refusals.push(format!("{answer:?}"));
                        }
                    }
                }
            }
            seen
        });
        Self { stop, work }
    }

    async fn leave(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        self.work.await.unwrap()
    }
}

fn tour() -> Vec<Block> {
    let all = blocks(&root().join("README.md"));
    let tour = |block: &Block| block.marker.as_deref().is_some_and(|m| m.starts_with("tour"));
    all.into_iter().filter(tour).collect()
}

fn script(blocks: &[Block]) -> String {
    // Output without a newline at its end must not run into the next cut.
    blocks
        .iter()
        .fold(String::new(), |script, block| format!("{script}echo '{CUT}'\n{}echo\n", block.text))
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty()).collect()
}

fn json_line(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
