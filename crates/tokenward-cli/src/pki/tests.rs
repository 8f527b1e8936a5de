use super::*;

use std::fs;

#[test]
fn the_files_stay_the_same_until_they_end_soon() {
    let dir = tempfile::tempdir().unwrap();
    let at = |days| UnixTime::from_secs(1_700_000_000).saturating_add(DAY * days);
    let prepare = |now| {
        let tls = LocalTls::prepare(dir.path(), &names(), now).unwrap();
        [tls.ca_file, tls.certificate].map(|path| fs::read_to_string(path).unwrap())
    };

    let [ca, leaf] = prepare(at(0));
    assert_eq!(prepare(at(59)), [ca.clone(), leaf.clone()]);

    let [same_ca, new_leaf] = prepare(at(61));
    assert_eq!(same_ca, ca);
    assert_ne!(new_leaf, leaf);

    let [new_ca, _] = prepare(at(3_600));
    assert_ne!(new_ca, ca);
}

#[test]
fn another_name_makes_another_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let now = UnixTime::from_secs(1_700_000_000);
    let first = LocalTls::prepare(dir.path(), &names(), now).unwrap();
    let before = fs::read_to_string(&first.certificate).unwrap();

    LocalTls::prepare(dir.path(), &["auth.localhost".to_owned()], now).unwrap();

    assert_ne!(fs::read_to_string(&first.certificate).unwrap(), before);
}

#[test]
fn keys_are_for_their_owner_alone_and_the_root_for_everybody() {
    use std::os::unix::fs::MetadataExt as _;
    let dir = tempfile::tempdir().unwrap();
    LocalTls::prepare(dir.path(), &names(), UnixTime::from_secs(1_700_000_000)).unwrap();

    let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().mode() & 0o777;

    assert_eq!([mode("ca-key.pem"), mode("key.pem")], [0o600, 0o600]);
    assert_eq!(mode("ca.pem") & 0o600, 0o600);
}

#[test]
fn a_broken_file_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let now = UnixTime::from_secs(1_700_000_000);
    let tls = LocalTls::prepare(dir.path(), &names(), now).unwrap();
    fs::write(&tls.certificate, "no certificate").unwrap();

    LocalTls::prepare(dir.path(), &names(), now).unwrap();

    assert!(validity(&fs::read(&tls.certificate).unwrap()).is_some());
}

fn names() -> Vec<String> {
    ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec()
}
