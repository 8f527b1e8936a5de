//! Files that others than their owner can read or write.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::config::{Config, Tls};
use crate::failure::Failure;

/// Beyond any data folder of ours.
const MOST: usize = 10_000;

/// A file, and what is wrong with its mode.
#[derive(Debug)]
pub(super) struct Exposed {
    pub(super) path: PathBuf,
    pub(super) mode: u32,
}

/// What of the data folder, the configuration and the private key of TLS others can reach, and how many
/// files that are.
pub(super) fn of(data: &Path, config: Option<&Config>) -> Result<(Vec<Exposed>, usize), Failure> {
    let mut exposed = Vec::new();
    let mut count = 0_usize;
    let folder = mode(data)?;
    // Who may not enter the folder reaches nothing in it.
    let closed = !is_open(folder);
    if folder & 0o002 != 0 {
        exposed.push(Exposed { path: data.to_owned(), mode: folder });
    }
    let entries = fs::read_dir(data).map_err(|error| Failure::because(data.display(), &error))?;
    for entry in entries.take(MOST).filter_map(Result::ok) {
        let path = entry.path();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_secret(&path) {
            count = count.saturating_add(1);
            let mode = mode(&path)?;
            if !closed && is_open(mode) {
                exposed.push(Exposed { path, mode });
            }
        }
    }
    if let Some(Config { tls: Some(Tls::Files { key, .. }), .. }) = config {
        let path = config.map_or_else(|| key.clone(), |config| config.path(key));
        let mode = mode(&path)?;
        count = count.saturating_add(1);
        if is_open(mode) {
            exposed.push(Exposed { path, mode });
        }
    }
    Ok((exposed, count))
}

/// Whether a file of the data folder is for its owner alone: store, keys and development secrets are; a
/// certificate or `.gitignore` is not.
fn is_secret(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    matches!(&*ending, "key" | "db") || name.contains(".db-") || name == "dev.json"
}

fn mode(path: &Path) -> Result<u32, Failure> {
    let meta = fs::metadata(path).map_err(|error| Failure::because(path.display(), &error))?;
    Ok(meta.mode() & 0o7777)
}

/// Whether others than owner and group may do anything with it.
const fn is_open(mode: u32) -> bool {
    mode & 0o007 > 0
}
