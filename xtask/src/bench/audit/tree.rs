//! The tree that both tools are given.

use std::fs;
use std::path::{Path, PathBuf};

use super::packages::Package;
use crate::run::Failure;

/// What both of them read.
const LANGUAGES: [&str; 8] = ["py", "js", "cjs", "mjs", "jsx", "ts", "tsx", "go"];

/// The first files of the packages, small ones first, so that all but the largest are in it, as a tree of their
/// own.
pub(super) fn lay(
    packages: &[Package],
    from: &Path,
    tree: &Path,
    count: usize,
) -> Result<usize, Failure> {
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    fs::create_dir_all(tree)?;
    let mut all = Vec::new();
    for package in packages {
        let folder = from.join(package.folder());
        let mut files = Vec::new();
        if folder.exists() {
            collect(&folder, &mut files)?;
        }
        files.sort();
        all.push(files);
    }
    all.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let files: Vec<PathBuf> = all.into_iter().flatten().take(count).collect();
    for file in &files {
        let target = tree.join(file.strip_prefix(from).unwrap_or(file));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(file, target)?;
    }
    // Semgrep leaves out what lies in `dist` and the like, where nothing says otherwise.
    fs::write(tree.join(".semgrepignore"), "")?;
    Ok(files.len())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        let extension = path.extension().and_then(|one| one.to_str()).unwrap_or_default();
        let name = path.to_string_lossy();
        if kind.is_dir() {
            collect(&path, files)?;
        } else if kind.is_file()
            && LANGUAGES.contains(&extension)
            && ![".min.js", ".d.ts"].iter().any(|end| name.ends_with(end))
        {
            files.push(path);
        }
    }
    Ok(())
}
