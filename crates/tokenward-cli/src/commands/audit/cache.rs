//! `--cache`: what files came to, in the user's own cache folder.
//!
//! It lies there and nowhere else: a cache in the project could be written by whoever wrote the project, and hide
//! what is wrong with it.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use tokenward_audit::Cache;

use crate::failure::Failure;
use crate::files;
use crate::output;

/// A cache, and where it is kept.
pub(super) struct Kept {
    path: PathBuf,
    pub(super) cache: Cache,
}

/// The cache of whoever runs this; an empty one where there is none that only they could have written.
pub(super) fn open() -> Result<Kept, Failure> {
    let set =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let folder = folder.ok_or_else(|| {
        Failure::cannot("--cache: neither XDG_CACHE_HOME nor HOME names a folder to keep it in")
    })?;
    let path = folder.join("tokenward").join("audit.json");
    let bytes = if is_ours(&path) { files::read(&path).unwrap_or_default() } else { Vec::new() };
    Ok(Kept { cache: Cache::parse(&bytes), path })
}

/// Whether nobody else could have written a file. One that is not there, nobody has.
fn is_ours(path: &Path) -> bool {
    let me = rustix::process::geteuid().as_raw();
    std::fs::symlink_metadata(path)
        .is_ok_and(|meta| meta.is_file() && meta.uid() == me && meta.mode() & 0o022 == 0)
}

impl Kept {
    /// Keeps it for the next time. That this fails is no reason to keep back what was found.
    pub(super) fn close(&self) {
        let folder = self.path.parent().unwrap_or(&self.path);
        let written = files::create_dir(folder)
            .and_then(|()| files::replace_private(&self.path, &self.cache.to_bytes()));
        match written {
            Ok(()) => match self.cache.reused() {
                0 => {}
                1 => output::note("1 file as it was before"),
                reused => output::note(format!("{reused} files as they were before")),
            },
            Err(error) => output::note(format!("--cache: {error}")),
        }
    }
}
