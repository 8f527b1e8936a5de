//! What stores of services and administrators' tokens promise.

use std::collections::BTreeSet;

use tokenward::{ClientId, UnixTime};
use tokenward_sessions::{
    AdminScope, AdminToken, AdminTokenRecord, AdminTokenStore, AllowedScopes, May, Service,
    ServiceProof, ServiceSecret, ServiceStore, StoredSecret,
};

use super::{at, audience, keep};

/// Runs every promise of a [`ServiceStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn service_contract<S: ServiceStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        a_service_reads_back_as_written,
        a_service_takes_the_place_of_its_namesake,
        a_removed_service_is_gone,
        a_new_secret_ends_the_earlier_ones,
        two_secrets_are_valid_at_a_time,
        a_secret_says_when_it_was_last_used,
        another_proof_takes_the_place_of_the_first,
    );
}

/// Runs every promise of an [`AdminTokenStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn admin_token_contract<S: AdminTokenStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        a_token_is_found_by_its_hash_until_it_ends,
        a_label_has_one_token,
        a_removed_token_is_gone,
    );
}

async fn a_service_reads_back_as_written(store: impl ServiceStore) {
    let (first, second) = (service("a"), Service { public: true, ..service("b") });
    let third = Service { scopes: AllowedScopes::any(), ..service("d") };
    let proof = Some(ServiceProof::spiffe("spiffe://example.org/e").unwrap());
    let fourth = Service { scopes: AllowedScopes::default(), proof, ..service("e") };
    for service in [&fourth, &third] {
        store.put_service(service.clone()).await.unwrap();
    }
    store.put_service(second.clone()).await.unwrap();
    store.put_service(first.clone()).await.unwrap();

    assert_eq!(store.service(&first.name).await.unwrap(), Some(first.clone()));
    assert_eq!(store.list_services().await.unwrap(), [first, second, third, fourth]);
    assert_eq!(store.service(&client("c")).await.unwrap(), None);
}

async fn a_service_takes_the_place_of_its_namesake(store: impl ServiceStore) {
    store.put_service(service("a")).await.unwrap();
    let other = Service { may: BTreeSet::new(), secrets: vec![], declared: true, ..service("a") };

    store.put_service(other.clone()).await.unwrap();

    assert_eq!(store.list_services().await.unwrap(), [other]);
}

async fn a_removed_service_is_gone(store: impl ServiceStore) {
    store.put_service(service("a")).await.unwrap();

    assert!(store.remove_service(&client("a")).await.unwrap());
    assert!(!store.remove_service(&client("a")).await.unwrap());
    assert_eq!(store.service(&client("a")).await.unwrap(), None);
}

async fn a_new_secret_ends_the_earlier_ones(store: impl ServiceStore) {
    for (own, ends_at) in [(None, at(100)), (Some(at(50)), at(50)), (Some(at(200)), at(100))] {
        let service = Service { secrets: vec![secret(1, own)], ..service("a") };
        store.put_service(service.clone()).await.unwrap();

        assert!(store.add_secret(&service.name, secret(3, None), at(100)).await.unwrap());

        assert_eq!(ends(&store).await, [Some(ends_at), None]);
    }
    assert!(!store.add_secret(&client("nobody"), secret(4, None), at(100)).await.unwrap());
}

async fn two_secrets_are_valid_at_a_time(store: impl ServiceStore) {
    let secrets = vec![secret(1, None), secret(2, Some(at(50))), secret(3, None)];
    store.put_service(Service { secrets, ..service("a") }).await.unwrap();

    store.add_secret(&client("a"), secret(10, Some(at(500))), at(100)).await.unwrap();
    assert_eq!(ends(&store).await, [Some(at(100)), Some(at(500))]);

    store.add_secret(&client("a"), secret(20, None), at(100)).await.unwrap();
    assert_eq!(ends(&store).await, [Some(at(100)), None], "of 10 and 20");
    // The one before has ended by then.
    store.add_secret(&client("a"), secret(100, None), at(300)).await.unwrap();
    assert_eq!(ends(&store).await, [Some(at(300)), None], "of 20 and 100");
}

async fn a_secret_says_when_it_was_last_used(store: impl ServiceStore) {
    let service = service("a");
    store.put_service(service.clone()).await.unwrap();
    let hash = service.secrets[0].hash;

    for when in [20, 30, 25] {
        store.note_secret_use(&service.name, &hash, at(when)).await.unwrap();
    }
    store.note_secret_use(&client("nobody"), &hash, at(40)).await.unwrap();

    let found = store.service(&service.name).await.unwrap().unwrap();
    assert_eq!(found.secrets[0].last_used_at, Some(at(30)));
}

async fn another_proof_takes_the_place_of_the_first(store: impl ServiceStore) {
    store.put_service(service("a")).await.unwrap();
    let proof = ServiceProof::certificate("a.example.com").unwrap();

    assert!(store.set_proof(&client("a"), Some(proof.clone()), at(7)).await.unwrap());
    assert!(!store.set_proof(&client("b"), Some(proof.clone()), at(7)).await.unwrap());

    assert_eq!(store.service(&client("a")).await.unwrap().unwrap().proof, Some(proof));
    assert_eq!(ends(&store).await, [Some(at(7))]);
    assert!(store.set_proof(&client("a"), None, at(9)).await.unwrap());
    assert_eq!(store.service(&client("a")).await.unwrap().unwrap().proof, None);
}

async fn ends(store: &impl ServiceStore) -> Vec<Option<UnixTime>> {
    let found = store.service(&client("a")).await.unwrap().unwrap();
    found.secrets.iter().map(|secret| secret.ends_at).collect()
}

async fn a_token_is_found_by_its_hash_until_it_ends(store: impl AdminTokenStore) {
    let token = record("laptop");
    store.add_admin_token(token.clone()).await.unwrap();

    assert_eq!(store.admin_token(&token.hash, at(99)).await.unwrap(), Some(token.clone()));
    assert_eq!(store.admin_token(&token.hash, at(100)).await.unwrap(), None);
    assert_eq!(store.admin_token(&[0; 32], at(0)).await.unwrap(), None);
    assert_eq!(store.list_admin_tokens().await.unwrap(), [token]);
}

async fn a_label_has_one_token(store: impl AdminTokenStore) {
    let (old, new) = (record("laptop"), record("laptop"));
    store.add_admin_token(old.clone()).await.unwrap();
    store.add_admin_token(new.clone()).await.unwrap();

    assert_eq!(store.admin_token(&old.hash, at(0)).await.unwrap(), None);
    assert_eq!(store.list_admin_tokens().await.unwrap(), [new]);
}

async fn a_removed_token_is_gone(store: impl AdminTokenStore) {
    let token = record("laptop");
    store.add_admin_token(token.clone()).await.unwrap();

    assert!(store.remove_admin_token("laptop").await.unwrap());
    assert!(!store.remove_admin_token("laptop").await.unwrap());
    assert_eq!(store.admin_token(&token.hash, at(0)).await.unwrap(), None);
}

fn service(name: &str) -> Service {
    Service {
        name: client(name),
        may: BTreeSet::from([May::SessionsWrite, May::Introspect]),
        audiences: BTreeSet::from([audience("api"), audience("web")]),
        scopes: AllowedScopes::from_names(["write", "read"]).unwrap(),
        public: false,
        secrets: vec![secret(0, None)],
        proof: None,
        declared: false,
    }
}

fn secret(created_after: u64, ends_at: Option<UnixTime>) -> StoredSecret {
    StoredSecret {
        hash: ServiceSecret::random().hash(),
        created_at: at(created_after),
        ends_at,
        last_used_at: None,
    }
}

fn record(label: &str) -> AdminTokenRecord {
    AdminTokenRecord {
        hash: AdminToken::random().hash(),
        label: label.to_owned(),
        scopes: BTreeSet::from([AdminScope::Read, AdminScope::Keys]),
        created_at: at(0),
        ends_at: at(100),
    }
}

fn client(name: &str) -> ClientId {
    ClientId::new(name).unwrap()
}
