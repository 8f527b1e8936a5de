//! The page on grades.

use serde_json::Value;

use crate::harness::Authority;
use crate::markdown::tested;
use crate::shell::Shell;

#[tokio::test]
async fn the_commands_of_the_page_grade_an_authority() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority);

    let said = shell.run(&tested("doctor")).await;
    shell.run(&tested("doctor-cron")).await;

    assert!(said.starts_with("10 of 10 mistakes are avoided"), "{said}");
    let told = std::fs::read(shell.path("doctor.json")).unwrap();
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!((&told["avoided"], &told["demanded"]), (&10.into(), &9.into()), "{told}");
}
