//! The packages of `bench/audit/packages.txt` and `measured.txt`: each in a folder of its own, `REGISTRY/NAME-VERSION`.
//!
//! Registries are asked by their own clients: `npm pack`, `pip download`, `cargo info`, `apt-get`. Nothing of a
//! package is run, but that pip has a source distribution tell its metadata, which runs its build file.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::debian;
use crate::run::{Failure, run};

/// One line of the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Package {
    pub(super) registry: Registry,
    pub(super) name: String,
    pub(super) version: String,
}

/// Where a package comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Registry {
    Npm,
    Pypi,
    Crates,
    Debian,
    DebianSource,
}

impl Package {
    /// What a line says: `npm @scope/name@1.0`, `pypi name==1.0`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (registry, rest) = line.split_once(' ')?;
        let (registry, mark) = match registry {
            "npm" => (Registry::Npm, "@"),
            "pypi" => (Registry::Pypi, "=="),
            "crates" => (Registry::Crates, "@"),
            "debian" => (Registry::Debian, "@"),
            "debian-source" => (Registry::DebianSource, "@"),
            _ => return None,
        };
        let (name, version) = rest.rsplit_once(mark).filter(|(name, _)| !name.is_empty())?;
        Some(Self { registry, name: name.to_owned(), version: version.to_owned() })
    }

    /// Its folder below that of all.
    pub(super) fn folder(&self) -> String {
        let Self { registry, name, version } = self;
        let flat = format!("{name}-{version}").replace('/', "__").replace(':', "_");
        format!("{}/{flat}", registry.word())
    }
}

impl Registry {
    fn word(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pypi => "pypi",
            Self::Crates => "crates",
            Self::Debian => "debian",
            Self::DebianSource => "debian-source",
        }
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { registry, name, version } = self;
        let mark = if *registry == Registry::Pypi { "==" } else { "@" };
        write!(f, "{} {name}{mark}{version}", registry.word())
    }
}

/// The packages of a list; what starts with `#` is none.
pub(super) fn listed(list: &Path) -> Result<Vec<Package>, Failure> {
    let text = fs::read_to_string(list)?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| Package::parse(line).ok_or_else(|| Failure::new(format!("no package: {line}"))))
        .collect()
}

/// Fetches what is not there yet, and says which of them could not be had. What was fetched before an
/// interruption stays.
pub(super) fn fetch<'a>(packages: &'a [Package], home: &Path, python: &Path) -> Vec<&'a Package> {
    let mut missing = Vec::new();
    let wanted: Vec<&Package> =
        packages.iter().filter(|package| !home.join(package.folder()).exists()).collect();
    println!("{} packages, {} to fetch", packages.len(), wanted.len());
    for (index, package) in wanted.iter().enumerate() {
        println!("{} of {}: {package}", index.saturating_add(1), wanted.len());
        let target = home.join(package.folder());
        if let Err(error) = fetch_one(package, &home.join("partly"), &target, python) {
            // One that is gone by now is no reason to measure nothing.
            println!("left out: {package}: {error}");
            missing.push(*package);
        }
    }
    missing
}

/// `target` is there when all of it is.
fn fetch_one(
    package: &Package,
    partly: &Path,
    target: &Path,
    python: &Path,
) -> Result<(), Failure> {
    if partly.exists() {
        fs::remove_dir_all(partly)?;
    }
    let unpacked = partly.join("unpacked");
    fs::create_dir_all(&unpacked)?;
    let Package { registry, name, version } = package;
    match registry {
        Registry::Npm => {
            let what = format!("{name}@{version}");
            let mut npm = Command::new("npm");
            quietly(npm.args(["pack", "--silent", "--ignore-scripts", &what]), partly)?;
        }
        Registry::Pypi => {
            let mut pip = Command::new(python);
            pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"]);
            quietly(pip.args(["--no-deps", &format!("{name}=={version}")]), partly)?;
        }
        Registry::Crates => {
            fs::copy(crate_file(name, version, partly)?, partly.join("package.crate"))?;
        }
        Registry::Debian => debian::binary(name, version, partly)?,
        Registry::DebianSource => debian::source(name, version, partly)?,
    }
    for entry in fs::read_dir(partly)? {
        let archive = entry?.path();
        if archive.is_file() {
            unpack(*registry, &archive, &unpacked, python)?;
        }
    }
    if fs::read_dir(&unpacked)?.next().is_none() {
        return Err(Failure::new("nothing in it"));
    }
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(unpacked, target)?;
    Ok(())
}

/// Where cargo keeps a crate that it was asked about.
fn crate_file(name: &str, version: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let what = format!("{name}@{version}");
    quietly(Command::new(env!("CARGO")).args(["info", "--quiet", &what]), folder)?;
    let file = format!("{name}-{version}.crate");
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let cache = home.unwrap_or_default().join("registry/cache");
    for registry in fs::read_dir(&cache)? {
        let found = registry?.path().join(&file);
        if found.is_file() {
            return Ok(found);
        }
    }
    Err(Failure::new(format!("cargo keeps no {file}")))
}

fn unpack(registry: Registry, archive: &Path, folder: &Path, python: &Path) -> Result<(), Failure> {
    let extension = archive.extension().and_then(|one| one.to_str()).unwrap_or_default();
    let mut command = match extension {
        "whl" | "zip" => {
            let mut zip = Command::new(python);
            zip.args(["-m", "zipfile", "-e"]).arg(archive).arg(folder);
            zip
        }
        "deb" => {
            let mut deb = Command::new("dpkg-deb");
            deb.arg("--extract").arg(archive).arg(folder);
            deb
        }
        "dsc" => return debian::unpack_source(archive, folder),
        // Its description names the other parts of a Debian source.
        _ if registry == Registry::DebianSource => return Ok(()),
        _ => {
            // It takes no name that leads out of the folder, and no owner but whoever asks.
            let mut tar = Command::new("tar");
            tar.args(["--extract", "--no-same-owner", "--no-same-permissions", "--file"]);
            tar.arg(archive).arg("--directory").arg(folder);
            if extension == "crate" {
                tar.arg("--strip-components=1");
            }
            tar
        }
    };
    run(&mut command)
}

/// Runs a registry's client in a folder, without what it tells.
pub(super) fn quietly(command: &mut Command, folder: &Path) -> Result<(), Failure> {
    run(command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_of_the_list_is_said_as_it_is_read_and_stands_there_once() {
        let list = |name| listed(&super::super::sources(name)).unwrap();
        let mut packages = [list("packages.txt"), list("measured.txt")].concat();
        assert!(packages.len() > 600, "{}", packages.len());

        for package in &packages {
            assert_eq!(Package::parse(&package.to_string()).as_ref(), Some(package));
        }
        let all = packages.len();
        packages.sort_by_key(ToString::to_string);
        packages.dedup();
        assert_eq!(packages.len(), all, "a package stands in the list twice");
    }

    #[test]
    fn a_folder_has_no_slash_or_colon_of_a_name() {
        let folder = |line| Package::parse(line).unwrap().folder();

        assert_eq!(folder("npm @scope/name@1.0.0"), "npm/@scope__name-1.0.0");
        assert_eq!(folder("debian one@2:22.0-0+deb12u3"), "debian/one-2_22.0-0+deb12u3");
        assert_eq!(folder("pypi one==1.0"), "pypi/one-1.0");
    }

    #[test]
    fn a_line_without_registry_name_or_version_is_none() {
        for line in ["", "npm", "npm @scope/name", "npm @1.0", "gems one@1.0", "pypi one@1.0"] {
            assert_eq!(Package::parse(line), None, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_had_is_left_out_and_the_rest_is_there_already() {
        let home = std::env::temp_dir().join(format!("tokenward-bench-{}", std::process::id()));
        let there = Package::parse("npm one@1.0.0").unwrap();
        let gone = Package::parse("pypi two==1.0.0").unwrap();
        fs::create_dir_all(home.join(there.folder())).unwrap();

        let packages = [there, gone.clone()];
        // `false` in Python's place has nothing.
        let missing = fetch(&packages, &home, Path::new("false"));

        assert_eq!(missing, [&gone]);
        assert!(!home.join(gone.folder()).exists());
        fs::remove_dir_all(home).unwrap();
    }
}
