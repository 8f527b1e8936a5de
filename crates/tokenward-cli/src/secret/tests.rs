use super::*;

use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_secret_comes_from_the_variable_with_the_prefix_of_the_environment() {
    let secret = find(&env("AUTH_SECRET"), &[("PROD_AUTH_SECRET", "s3cret")]).unwrap();

    assert_eq!(secret.expose(), "s3cret");
    assert_eq!(format!("{secret:?}"), "Secret(..)");
}

#[test]
fn a_secret_of_another_environment_stops_the_start() {
    let message = refusal(&env("AUTH_SECRET"), &[("DEV_AUTH_SECRET", "s3cret")]);

    assert_eq!(
        message,
        "proxy.secret: DEV_AUTH_SECRET is set, but this environment is \"prod\"; \
         set PROD_AUTH_SECRET to a secret of its own"
    );
}

#[test]
fn a_secret_without_any_prefix_is_not_taken() {
    let message = refusal(&env("AUTH_SECRET"), &[("AUTH_SECRET", "s3cret")]);

    assert!(message.contains("set PROD_AUTH_SECRET"), "{message}");
}

#[test]
fn a_missing_or_empty_secret_is_named() {
    for variables in [&[][..], &[("PROD_AUTH_SECRET", "")]] {
        let message = refusal(&env("AUTH_SECRET"), variables);
        assert_eq!(message, "proxy.secret: PROD_AUTH_SECRET is not set; set it");
    }
}

#[test]
fn a_secret_file_loses_its_line_end_and_must_be_private() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("edge");
    files::create_private(&path, b"s3cret\n").unwrap();

    let from_file = SecretRef::File(path.clone());
    assert_eq!(find(&from_file, &[]).unwrap().expose(), "s3cret");
    let from_systemd = SecretRef::Credential("edge".to_owned());
    let credentials = dir.path().to_str().unwrap();
    let found = find(&from_systemd, &[("CREDENTIALS_DIRECTORY", credentials)]).unwrap();
    assert_eq!(found.expose(), "s3cret");

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refusal(&from_file, &[]).contains("chmod 600"));
}

#[test]
fn no_refusal_shows_a_value() {
    let message = refusal(&env("AUTH_SECRET"), &[("DEV_AUTH_SECRET", "s3cret")]);

    assert!(!message.contains("s3cret"));
}

fn refusal(secret: &SecretRef, variables: &[(&str, &str)]) -> String {
    find(secret, variables).unwrap_err().to_string()
}

fn find(secret: &SecretRef, variables: &[(&str, &str)]) -> Result<Secret, Failure> {
    let owned =
        |(name, value): &(&str, &str)| ((*name).to_owned(), Zeroizing::new((*value).to_owned()));
    let environment = variables.iter().map(owned).collect();
    let variables = Variables { environment, ..Variables::default() };
    secret.find("proxy.secret", &Environment::new("prod").unwrap(), Path::new("."), &variables)
}

fn env(name: &str) -> SecretRef {
    SecretRef::Env(name.to_owned())
}
