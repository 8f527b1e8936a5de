//! The tree that both tools are given.

use std::fs;
use std::path::{Path, PathBuf};

use super::packages::Package;
use crate::run::Failure;

/// What both of them read.
const LANGUAGES: [&str; 8] = ["py", "js", "cjs", "mjs", "jsx", "ts", "tsx", "go"];

/// Where tests lie, whose tokens and secrets nobody takes: neither tool is asked about them.
const TESTS: [&str; 10] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "specs",
    "e2e",
    "fixtures",
    "testdata",
    "testing",
];

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
            if !TESTS.contains(&entry.file_name().to_string_lossy().as_ref()) {
                collect(&path, files)?;
            }
        } else if kind.is_file()
            && LANGUAGES.contains(&extension)
            && ![".min.js", ".d.ts"].iter().any(|end| name.ends_with(end))
            && !is_test(&entry.file_name().to_string_lossy())
        {
            files.push(path);
        }
    }
    Ok(())
}

fn is_test(file: &str) -> bool {
    file.contains(".test.")
        || file.contains(".spec.")
        || file.contains("_test.")
        || file.starts_with("test_")
        || file == "conftest.py"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_taken_and_tests_declarations_and_other_languages_are_not() {
        let home = std::env::temp_dir().join(format!("tokenward-tree-{}", std::process::id()));
        let package = Package::parse("npm one@1.0.0").unwrap();
        let folder = home.join("from").join(package.folder());
        for name in [
            "a.js",
            "lib/b.py",
            "dist/c.cjs",
            "contest.go", // code
            "a.min.js",
            "a.d.ts",
            "a.rb",
            "test/a.js",
            "lib/b.test.ts",
            "b_test.go",
            "test_b.py",
        ] {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), "").unwrap();
        }

        let packages = [package];
        let count = |most| lay(&packages, &home.join("from"), &home.join("tree"), most).unwrap();

        assert_eq!(count(100), 4);
        assert!(home.join("tree/npm/one-1.0.0/dist/c.cjs").exists());
        assert_eq!(count(2), 2, "no more than are wanted");
        fs::remove_dir_all(home).unwrap();
    }
}
