//! Real Chromium against the demo: what `clients/web` promises.

use std::fs;
use std::os::unix::fs::symlink;

use crate::harness::Authority;
use crate::markdown::{root, tested};
use crate::shell::{Shell, node_modules};

#[tokio::test]
async fn in_a_real_browser_no_script_finds_a_token_and_no_tab_loses_its_session() {
    let authority = Authority::dev().await;
    let shell = in_folder(&authority, &["tests/world.mjs", "tests/browser.test.mjs"]);

    shell.write("five-lines.js", &tested("browsers-five-lines"));

    // It shows every promise by name, also where one fails.
    let said = shell
        .env("TOKENWARD_DEV_JSON", ".tokenward/dev.json")
        .run("node --test --test-reporter=spec browser.test.mjs >&2 && echo ok")
        .await;

    assert_eq!(said, "ok\n");
}

#[tokio::test]
async fn in_a_real_browser_a_passkey_session_goes_on_with_a_verified_user_alone() {
    let authority = Authority::dev().await;
    let shell = in_folder(&authority, &["tests/world.mjs", "tests/passkeys.test.mjs"]);

    shell.write("passkeys-page.js", &tested("passkeys-page"));

    let said = shell
        .env("TOKENWARD_DEV_JSON", ".tokenward/dev.json")
        .run("node --test --test-reporter=spec passkeys.test.mjs >&2 && echo ok")
        .await;

    assert_eq!(said, "ok\n");
}

#[tokio::test]
async fn the_types_of_the_script_are_those_that_stand_beside_it() {
    let authority = Authority::dev().await;
    let shell = in_folder(&authority, &["tokenward.js", "tokenward.d.ts"]);

    let made = shell
        .run(
            "mv tokenward.d.ts written.d.ts && node node_modules/typescript/bin/tsc --allowJs --checkJs \
             --strict --declaration --emitDeclarationOnly --target es2022 --module es2022 --outDir . \
             --lib es2022,dom tokenward.js && cat tokenward.d.ts",
        )
        .await;

    assert_eq!(made, fs::read_to_string(shell.path("written.d.ts")).unwrap());
}

/// A folder with `files` of `clients/web`, in which Node finds modules.
fn in_folder(authority: &Authority, files: &[&str]) -> Shell {
    let shell = Shell::beside(authority);
    symlink(node_modules(), shell.path("node_modules")).unwrap();
    for file in files {
        let name = file.rsplit('/').next().unwrap();
        fs::copy(root().join("clients/web").join(file), shell.path(name)).unwrap();
    }
    shell
}
