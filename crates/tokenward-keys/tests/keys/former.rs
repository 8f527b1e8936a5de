//! A shared secret from before: what is taken in, how it stands in the store, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use tokenward::crypto::Secret256;
use tokenward::{Audience, IssuerId, KeyId, UnixTime};
use tokenward_keys::{FormerError, FormerSecret, FormerSecrets, KeyStore};
use tokenward_testing::MemoryKeys;

#[tokio::test]
async fn a_secret_counts_until_its_end_and_is_gone_from_the_store_then() {
    let world = World::new();
    let former = world.former("api");
    let made = former.import(SECRET, issuer(), None, at(3_600), at(0)).await.unwrap();
    assert!(made.id.as_str().starts_with("prod-former-"), "{}", made.id);

    let read = former.current(at(3_599)).await.unwrap().unwrap();
    assert_eq!((&read.id, &read.issuer, read.until), (&made.id, &issuer(), at(3_600)));
    assert_eq!(read.key.thumbprint(), made.key.thumbprint());
    let listed = former.info(at(3_599)).await.unwrap().unwrap();
    assert_eq!((listed.alg.as_str(), listed.state.as_str()), ("HS256", "retiring"));
    assert_eq!(listed.withdraws_at, Some(at(3_600).as_secs()));

    assert!(former.current(at(3_600)).await.unwrap().is_none());
    assert!(world.row("api").await.contains(r#""sealed":null"#));
    assert_eq!(former.info(at(3_600)).await.unwrap().unwrap().state, "retired");
}

#[tokio::test]
async fn the_end_of_a_secret_is_brought_forward_by_the_secret_itself() {
    let world = World::new();
    let former = world.former("api");
    let made = former.import(SECRET, issuer(), None, at(3_600), at(0)).await.unwrap();
    let again =
        async |secret: &[u8], until| former.import(secret, issuer(), None, at(until), at(1)).await;

    let other = b"0123456789abcdefghijklmnopqrstuvwxyzABCD";
    for refused in [again(SECRET, 3_601).await, again(SECRET, 3_600).await, again(other, 60).await]
    {
        let error = refused.unwrap_err();
        assert!(matches!(error, FormerError::Another), "{error}");
    }
    assert_eq!(again(SECRET, 60).await.unwrap().id, made.id);

    assert_eq!(former.current(at(59)).await.unwrap().unwrap().until, at(60));
    assert!(former.current(at(60)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_secret_that_another_environment_let_in_stays_there() {
    let world = World::new();
    let import = async |kid: &str| {
        let kid = Some(KeyId::new(kid).unwrap());
        world.former("api").import(SECRET, issuer(), kid, at(60), at(0)).await
    };

    let error = import("staging-former-AAAA").await.unwrap_err();

    assert!(matches!(error, FormerError::OtherEnvironment { .. }), "{error}");
    import("prod-former-AAAA").await.unwrap();
}

#[tokio::test]
async fn the_secret_stands_in_the_store_sealed() {
    let world = World::new();
    world.former("api").import(SECRET, issuer(), None, at(60), at(0)).await.unwrap();

    let row = world.row("api").await;
    let secret = std::str::from_utf8(SECRET).unwrap();
    assert!(!row.contains(secret) && !row.contains(&tokenward::b64::encode(SECRET)), "{row}");
    assert!(!format!("{:?}", current(&world, "api").await.unwrap()).contains(secret));
}

#[tokio::test]
async fn a_row_that_was_altered_or_moved_opens_nothing() {
    let world = World::new();
    let end = at(60).as_millis().to_string();
    world.former("api").import(SECRET, issuer(), None, at(60), at(0)).await.unwrap();
    let row = world.row("api").await;
    let longer = row.replace(&end, &at(6_000).as_millis().to_string());
    assert_ne!(longer, row);
    for (audience, row) in [
        ("other", row.clone()),
        ("longer", longer),
        ("issuer", row.replace("login.example.com", "login.example.org")),
    ] {
        world.store.sealed_secret(&format!("former:{audience}"), row.into_bytes()).await.unwrap();
        let error = world.former(audience).current(at(1)).await.unwrap_err();
        assert!(matches!(error, FormerError::Damaged), "{audience}: {error}");
    }
    let stranger = FormerSecrets::new(
        world.store.clone(),
        &Secret256::from_bytes([8; 32]),
        Audience::new("api").unwrap(),
        authority(),
        "prod",
    );
    assert!(matches!(stranger.current(at(1)).await.unwrap_err(), FormerError::Damaged));
}

#[tokio::test]
async fn what_is_distrusted_counts_no_more_and_may_be_followed_by_another() {
    let world = World::new();
    let former = world.former("api");
    let made = former.import(SECRET, issuer(), None, at(60), at(0)).await.unwrap();
    let again = former.import(SECRET, issuer(), None, at(60), at(0)).await.unwrap_err();
    assert!(matches!(again, FormerError::Another), "{again}");

    assert!(!former.distrust(&KeyId::new("another").unwrap()).await.unwrap());
    assert!(former.distrust(&made.id).await.unwrap());
    assert!(former.distrust(&made.id).await.unwrap(), "it is safe to repeat");

    assert!(former.current(at(1)).await.unwrap().is_none());
    assert_eq!(former.info(at(1)).await.unwrap().unwrap().state, "compromised");
    assert!(world.row("api").await.contains(r#""sealed":null"#));
    former.import(SECRET, issuer(), None, at(60), at(1)).await.unwrap();
    assert!(former.current(at(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn each_secret_that_must_not_be_taken_in_is_refused_by_name() {
    let day = 24 * 60 * 60;
    for (secret, issuer, until, said) in [
        (&b"short"[..], issuer(), at(60), "at least 32 random bytes"),
        (b"your-256-bit-secret-your-256-bit", issuer(), at(60), "dictionary word"),
        (SECRET, issuer(), at(0), "must lie ahead, 31 days at most"),
        (SECRET, issuer(), at(31 * day + 1), "must lie ahead, 31 days at most"),
        (SECRET, authority(), at(60), "is the authority's own issuer"),
        (
            SECRET,
            IssuerId::new("https://auth.example.com/audiences/api").unwrap(),
            at(60),
            "is the authority's own issuer",
        ),
    ] {
        let world = World::new();
        let error = world.former("api").import(secret, issuer, None, until, at(0)).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(said), "{said}: {error}");
        assert!(world.store.secret("former:api").await.unwrap().is_none());
    }
    // An issuer that only begins alike is another.
    let alike = IssuerId::new("https://auth.example.community").unwrap();
    let world = World::new();
    world.former("api").import(SECRET, alike, None, at(31 * day), at(0)).await.unwrap();
}

struct World {
    store: Arc<MemoryKeys>,
}

impl World {
    fn new() -> Self {
        Self { store: Arc::default() }
    }

    fn former(&self, audience: &str) -> FormerSecrets {
        let key = Secret256::from_bytes([7; 32]);
        let audience = Audience::new(audience).unwrap();
        FormerSecrets::new(self.store.clone(), &key, audience, authority(), "prod")
    }

    async fn row(&self, audience: &str) -> String {
        let row = self.store.secret(&format!("former:{audience}")).await.unwrap().unwrap();
        String::from_utf8(row).unwrap()
    }
}

async fn current(world: &World, audience: &str) -> Option<FormerSecret> {
    world.former(audience).current(at(1)).await.unwrap()
}

fn issuer() -> IssuerId {
    IssuerId::new("https://login.example.com").unwrap()
}

fn authority() -> IssuerId {
    IssuerId::new("https://auth.example.com").unwrap()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(1_800_000_000).saturating_add(Duration::from_secs(seconds))
}

const SECRET: &[u8] = b"Zx4vN0qUuJ7mWb2RkC9tYp5LgHs8eDaF";
