//! Files that hold secrets: made for their owner alone, and refused when others can read them.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failure::Failure;

#[cfg(test)]
mod tests;

/// The largest file that is read whole: far above any key, certificate chain or configuration.
const MAX_FILE: u64 = 16 << 20;
/// Room for any key or key set on standard input, whose length is not known.
const MOST_KEYS: u64 = 64 << 10;

/// Makes `dir` (and its parents), for its owner alone; leaves one that exists as it is.
pub(crate) fn create_dir(dir: &Path) -> Result<(), Failure> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| Failure::because(dir.display(), &error))
}

/// Writes a new file with mode 0600, durably; fails if it exists.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_new(path, bytes, 0o600).map_err(|error| Failure::because(path.display(), &error))
}

/// Writes or replaces a file with mode 0600: a reader sees the old one or the new one, never a half.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes, 0o600)
}

/// The same for a file that everybody may read.
pub(crate) fn replace_public(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes, 0o644)
}

fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    Replacement::write(path, bytes, mode)
        .map_err(|error| Failure::because(path.display(), &error))?
        .take_place()
}

/// A file that is written and lies beside the one whose place it takes; gone if it takes none.
pub(crate) struct Replacement {
    path: PathBuf,
    beside: Option<PathBuf>,
}

impl Replacement {
    /// One with the mode that the file has, but for what would run it as its owner: whoever writes it owns it. A link is refused: what it leads to may be anybody's.
    pub(crate) fn of(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::because(path.display(), &error);
        let meta = fs::symlink_metadata(path).map_err(failed)?;
        if !meta.is_file() {
            return Err(Failure::cannot(format!("{}: this is no file of its own", path.display())));
        }
        let mode = meta.mode() & 0o777;
        let this = Self::write(path, bytes, mode).map_err(failed)?;
        // The process may mask bits that the file has.
        let beside = this.beside.as_deref().unwrap_or(path);
        fs::set_permissions(beside, Permissions::from_mode(mode)).map_err(failed)?;
        Ok(this)
    }

    /// Puts it where the file was: a reader sees the old one or the new one, never a half.
    pub(crate) fn take_place(mut self) -> Result<(), Failure> {
        let Some(beside) = &self.beside else { return Ok(()) };
        let moved = fs::rename(beside, &self.path);
        if moved.is_ok() {
            self.beside = None;
        }
        moved
            .and_then(|()| sync_dir_of(&self.path))
            .map_err(|error| Failure::because(self.path.display(), &error))
    }

    fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<Self> {
        // A name that nobody foresees, and a new file: what is there is somebody's.
        let name = u64::from_be_bytes(tokenward::crypto::random());
        let beside = path.with_file_name(format!(".tokenward-{name:016x}"));
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
        let this = Self { path: path.to_owned(), beside: Some(beside) };
        fill(file, bytes)?;
        Ok(this)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            drop(fs::remove_file(beside));
        }
    }
}

/// Waits until nobody else holds `path` locked, and holds it until the file is dropped.
pub(crate) fn lock(path: &Path) -> Result<File, Failure> {
    let open = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(path);
    let locked = open.and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| Failure::because(path.display(), &error))
}

/// Opens a file that somebody named. A pipe is refused, which would be waited for until somebody writes to it; what a
/// shell hands over (`<(…)`, `/dev/stdin`) is open already.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    let is_handed_over = path.starts_with("/dev") || path.starts_with("/proc");
    if !is_handed_over && fs::metadata(path).is_ok_and(|meta| meta.file_type().is_fifo()) {
        return Err(Failure::cannot(format!("{}: a pipe, and no file", path.display())));
    }
    File::open(path).map_err(|error| Failure::because(path.display(), &error))
}

/// Reads a file that holds a secret; refuses one that others can read.
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut file = open(path)?;
    let meta = file.metadata().map_err(|error| Failure::because(path.display(), &error))?;
    if meta.mode() & 0o007 != 0 {
        return Err(Failure::cannot(format!(
            "{0}: others can read this file; run `chmod 600 {0}`",
            path.display()
        )));
    }
    read_capped(&mut file, meta.len(), path)
}

/// Reads a public file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_zeroizing(path).map(|mut bytes| std::mem::take(&mut *bytes))
}

/// Reads a file that may hold a secret, and may be readable by others.
pub(crate) fn read_zeroizing(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut file = open(path)?;
    let length = file.metadata().map_or(0, |meta| meta.len());
    read_capped(&mut file, length, path)
}

/// Reads a public text file.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?)
        .map_err(|_| Failure::cannot(format!("{}: this is no UTF-8 text", path.display())))
}

/// Reads the file, or standard input when `path` is `-`.
pub(crate) fn read_or_stdin(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if path.as_os_str() != "-" {
        return read_zeroizing(path);
    }
    read_capped(&mut io::stdin().lock(), MOST_KEYS, Path::new("standard input"))
}

/// `path` as seen from `base`.
pub(crate) fn resolve(base: &Path, path: &Path) -> PathBuf {
    base.join(path)
}

fn read_capped(
    from: &mut dyn Read,
    length: u64,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // The room is taken at once, so that no copy of a secret stays behind where a smaller one was.
    let room = usize::try_from(length.min(MAX_FILE)).unwrap_or_default().saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let mut capped = from.take(MAX_FILE.saturating_add(1));
    capped.read_to_end(&mut bytes).map_err(|error| Failure::because(path.display(), &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_FILE) {
        return Ok(bytes);
    }
    Err(Failure::cannot(format!("{}: larger than 16 MiB", path.display())))
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    fill(OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?, bytes)?;
    sync_dir_of(path)
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_dir_of(path: &Path) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    File::open(dir.unwrap_or_else(|| Path::new(".")))?.sync_all()
}
