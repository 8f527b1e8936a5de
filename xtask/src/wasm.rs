//! `cargo xtask wasm`: the core's tests, compiled to WebAssembly and run by Node.
//!
//! The target is `wasm32-wasip1`: aws-lc is C, and WASI has a C library. Debian's C compiler and C
//! library are installed. The compiler that is here need not have a standard library for the target, so
//! Debian's is used, which comes with the source of one; it is unpacked below `target/`, because a
//! second `rustc` on the search path would surprise whoever comes next.

use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Failure, has, root, run};
use crate::tools;

const TARGET: &str = "wasm32-wasip1";

/// The target's older name, by which Debian's directories go.
const DEBIAN_TARGET: &str = "--target=wasm32-wasi";

const CLANG: &str = "clang-22";

/// A program, and the Debian package that brings it. The linker is of the LLVM that the compiler is of.
const PROGRAMS: [(&str, &str); 3] =
    [(CLANG, "clang-22"), ("wasm-ld-22", "lld-22"), ("node", "nodejs")];

/// What else the linker takes, and the Debian package that brings it.
const FILES: [(&str, &str); 2] = [
    ("/usr/lib/wasm32-wasi/libc.a", "wasi-libc"),
    (
        "/usr/lib/llvm-22/lib/clang/22/lib/wasi/libclang_rt.builtins-wasm32.a",
        "libclang-rt-22-dev-wasm32",
    ),
];

/// The compiler, the standard library of the machine it runs on, and the source of that for others.
const COMPILER: [&str; 4] =
    ["rustc-web", "libstd-rust-web-1.96", "libstd-rust-web-dev", "rust-web-src"];

/// The tests that run. The others start a compiler, read the source, or repeat one thing at random.
const TESTS: [&str; 10] = [
    "algorithms",
    "jwe",
    "kinds",
    "limits",
    "pem",
    "profiles",
    "proofs",
    "round_trip",
    "vectors",
    "wycheproof",
];

/// What runs a program for the target, seen from the package, where tests start.
const RUNNER: &str = "node --no-warnings ../../xtask/src/wasm/run.mjs";

/// Installs what is missing, then runs the tests; `rest` goes to them.
pub(crate) fn wasm(rest: &[&str]) -> Result<(), Failure> {
    debian()?;
    let compiler = compiler()?;
    let home = target_dir().join("wasm");
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--locked", "--package", "tokenward", "--target", TARGET])
        .args(["-Zbuild-std=std,panic_abort,test", "--no-fail-fast"])
        // Making an RSA key takes minutes where the C code is not optimized.
        .args(["--config", "profile.dev.package.aws-lc-sys.opt-level=2"])
        .args(TESTS.iter().flat_map(|test| ["--test", test]))
        .arg("--")
        .args(rest)
        .env("CARGO_TARGET_DIR", home)
        .env("RUSTC", compiler.join("usr/bin/rustc"))
        .env("LD_LIBRARY_PATH", compiler.join(format!("usr/lib/{ARCH}-linux-gnu")))
        // The source of a standard library can be compiled by it alone, and by nobody on stable.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", link_flags())
        .env("CARGO_TARGET_WASM32_WASIP1_LINKER", CLANG)
        .env("CARGO_TARGET_WASM32_WASIP1_RUNNER", RUNNER)
        .env("CC_wasm32_wasip1", CLANG)
        .env("CFLAGS_wasm32_wasip1", DEBIAN_TARGET)
        .env("AR_wasm32_wasip1", "ar"))
}

/// For `cargo xtask prove`.
pub(crate) fn prove() -> Result<(), Failure> {
    wasm(&[])
}

fn link_flags() -> String {
    [
        "-Clink-self-contained=no",
        &format!("-Clink-arg={DEBIAN_TARGET}"),
        // The test harness can wait for threads, which Debian's C library lacks. None is ever started.
        "-Clink-arg=-Wl,--unresolved-symbols=ignore-all",
    ]
    .join(" ")
}

fn debian() -> Result<(), Failure> {
    let programs = PROGRAMS.iter().filter(|(program, _)| !has(program));
    let files = FILES.iter().filter(|(file, _)| !Path::new(file).exists());
    let missing: Vec<&str> = programs.chain(files).map(|(_, package)| *package).collect();
    if missing.is_empty() { Ok(()) } else { tools::install(&missing) }
}

/// Debian's compiler, unpacked.
fn compiler() -> Result<PathBuf, Failure> {
    let home = root().join("target/xtask/rustc-web");
    let (stamp, unpacked) = (home.join("unpacked"), home.join("root"));
    if fs::read_to_string(&stamp).is_ok_and(|packages| packages == COMPILER.join(" ")) {
        return Ok(unpacked);
    }
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    run(Command::new("apt-get").current_dir(&home).args(["-qq", "download"]).args(COMPILER))?;
    for file in fs::read_dir(&home)? {
        let package = file?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg-deb").arg("-x").args([&package, &unpacked]))?;
            fs::remove_file(package)?;
        }
    }
    fs::write(stamp, COMPILER.join(" "))?;
    Ok(unpacked)
}

/// Where Cargo builds.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
