//! The few tokens that we accept and a peer does not, each with the reason.

use std::path::Path;

use serde::Deserialize;

use crate::change::Change;

/// An entry of `exceptions.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The peers that refuse.
    pub peers: Vec<String>,
    /// The names of changes; `*` at the end of one stands for any rest. Without any: every token.
    #[serde(default)]
    pub changes: Vec<String>,
    /// The algorithms. Without any: all of them.
    #[serde(default)]
    pub algorithms: Vec<String>,
    /// Why they may.
    pub reason: String,
    /// Whether it depends on the machine, so that not every run needs it.
    #[serde(default)]
    pub sometimes: bool,
}

/// One exception, taken apart so that each part of it must be needed.
#[derive(Debug)]
struct Single {
    peer: String,
    change: String,
    algorithm: String,
    needed: bool,
    used: bool,
}

impl Single {
    fn covers(&self, peer: &str, algorithm: &str, change: &str) -> bool {
        let named = match self.change.strip_suffix('*') {
            Some(start) => change.starts_with(start),
            None => change == self.change,
        };
        named && self.peer == peer && (self.algorithm == ANY || self.algorithm == algorithm)
    }
}

const ANY: &str = "*";

/// All exceptions, and whether each was needed.
#[derive(Debug, Default)]
pub struct Exceptions(Vec<Single>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    exception: Vec<Exception>,
}

impl Exceptions {
    /// Those of `exceptions.toml`.
    ///
    /// # Panics
    ///
    /// If the file is not as it should be.
    #[must_use]
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("exceptions.toml");
        let text = std::fs::read_to_string(path).expect("exceptions.toml is there");
        let file: File = toml::from_str(&text).expect("exceptions.toml is readable");
        assert!(file.exception.iter().all(|one| !one.reason.is_empty()), "each has its reason");
        Self::new(&file.exception)
    }

    /// These alone.
    #[must_use]
    pub fn new(exceptions: &[Exception]) -> Self {
        let or_any = |names: &[String]| match names {
            [] => vec![ANY.to_owned()],
            _ => names.to_vec(),
        };
        let mut all = Vec::new();
        for exception in exceptions {
            for peer in &exception.peers {
                for change in or_any(&exception.changes) {
                    for algorithm in or_any(&exception.algorithms) {
                        let (peer, change) = (peer.clone(), change.clone());
                        let needed = !exception.sometimes;
                        all.push(Single { peer, change, algorithm, needed, used: false });
                    }
                }
            }
        }
        Self(all)
    }

    /// Whether a refusal is one of them, which counts as a use.
    pub(crate) fn excuse(&mut self, peer: &str, algorithm: &str, changes: &[Change]) -> bool {
        let mut excused = false;
        for exception in &mut self.0 {
            // A token without a change has an empty name, which `*` stands for too.
            let mut names = changes.iter().map(|change| change.name.as_str()).chain([""]);
            if names.any(|name| exception.covers(peer, algorithm, name)) {
                exception.used = true;
                excused = true;
            }
        }
        excused
    }

    /// Those that nothing needed, each as its peer, change and algorithm.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        let unused = self.0.iter().filter(|exception| exception.needed && !exception.used);
        unused.map(|one| format!("{}, {}, {}", one.peer, one.change, one.algorithm)).collect()
    }
}
