use super::*;

use std::fs;
use std::os::unix::fs::MetadataExt;

#[test]
fn the_secrets_are_the_same_over_restarts_and_for_the_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DevFolder::open(&dir.path().join("data")).unwrap();
    assert!(folder.earlier().unwrap().is_none());
    let secrets = DevFolder::secrets(None);
    folder.write(&file(&secrets)).unwrap();

    let earlier = folder.earlier().unwrap();
    let again = DevFolder::secrets(earlier.as_ref());

    assert_eq!(again.service.hash(), secrets.service.hash());
    assert_eq!(again.admin.hash(), secrets.admin.hash());
    assert_eq!(earlier.unwrap().port(), Some(8443));
    assert_eq!(fs::metadata(folder.path("dev.json")).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(folder.path(".gitignore")).unwrap(), "*\n");
}

#[test]
fn the_key_that_seals_is_made_once() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DevFolder::open(dir.path()).unwrap();

    let kek = folder.kek().unwrap();

    assert_eq!(kek.len(), 32);
    assert_eq!(*folder.kek().unwrap(), *kek);
}

#[test]
fn a_debug_output_shows_no_secret() {
    let secrets = DevFolder::secrets(None);
    let file = file(&secrets);

    let shown = format!("{file:?} {secrets:?}");

    assert!(!shown.contains("tws_") && !shown.contains("twa_"), "{shown}");
}

fn file(secrets: &DevSecrets) -> DevFile {
    DevFile {
        issuer: "https://localhost:8443".to_owned(),
        base_url: "https://localhost:8443".to_owned(),
        jwks_uri: "https://localhost:8443/audiences/demo-api/jwks.json".to_owned(),
        admin_url: "https://localhost:9443".to_owned(),
        ca_file: PathBuf::from("ca.pem"),
        audience: AUDIENCE.to_owned(),
        client_id: SERVICE.to_owned(),
        client_secret: secrets.service.expose().to_string(),
        admin_token: secrets.admin.expose().to_string(),
        demo_url: None,
    }
}
