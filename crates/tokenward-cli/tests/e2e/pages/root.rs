//! The page on the offline root: its commands, in the order in which they are told.

use std::os::unix::fs::PermissionsExt as _;

use tokenward::root::{PinnedRoot, RootChain};

use crate::markdown::tested;
use crate::process::{Process, TOKENWARD};
use crate::shell::Shell;

#[tokio::test]
async fn a_root_delegates_the_signer_of_key_sets_as_the_page_says() {
    let shell = Shell::new();
    let keys = tested("root-keys");
    let config = format!(
        "environment = \"prod\"\nissuer = \"https://auth.example.com\"\n\
         [listen]\npublic = \"unix:tokenward.sock\"\n{keys}\n[[audience]]\nname = \"billing-api\"\n"
    );
    shell.write("tokenward.toml", &config);
    let kek = shell.path("kek.key");
    std::fs::write(&kek, ::tokenward::crypto::random::<32>()).unwrap();
    std::fs::set_permissions(kek, std::fs::Permissions::from_mode(0o600)).unwrap();

    shell.run(&tested("root-signer")).await;
    let made = shell.run(&tested("root-init")).await;
    assert!(made.ends_with("the root is signed (3 of 2 signatures)\n"), "{made}");
    let shown = shell.run(&tested("root-delegate")).await;
    assert!(shown.ends_with("the delegation is signed (2 of 2 signatures)\n"), "{shown}");
    assert_eq!(shell.run(&tested("root-check")).await, "tokenward.toml: good\n");
    let mut serve = shell.command(TOKENWARD);
    let mut server =
        Process::spawn("authority", serve.args(["serve", "--config", "tokenward.toml"]));
    assert_eq!(server.ready().await, "https://auth.example.com");
    server.terminate();
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn holders_sign_and_a_root_rotates_as_the_page_says() {
    let shell = Shell::new();
    let names = ["root-holder-keys", "root-holder-signs", "root-rotate"].map(tested);

    let said = shell.run(&names.concat()).await;

    let last = said.lines().last().unwrap();
    assert_eq!(
        last,
        "root-2.json: the root is signed (2 of 2 signatures, 2 of 2 signatures of the root before)"
    );
    let chain = std::fs::read(shell.path("root-2.json")).unwrap();
    assert_eq!(RootChain::parse(&chain).unwrap().verified().unwrap().version(), 2);
    assert_eq!(PinnedRoot::parse(&chain).unwrap().root().version(), 2);
}

#[tokio::test]
async fn the_lines_for_the_gate_are_settings_of_the_gate() {
    let shell = Shell::new();
    shell.run(&tested("root-init")).await;
    let lines = tested("root-gate").replace("root.json", "root/root.json");
    shell.write("gate.toml", &format!("{lines}{}", tested("gate")));

    let explained = shell.run(&tested("gate-explain")).await;

    assert!(explained.starts_with("billing-api: "), "{explained}");
}
