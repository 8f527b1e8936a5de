use std::collections::BTreeMap;
use std::sync::Mutex;

use tokenward::Audience;

use super::*;
use crate::custody::{Kek, Passphrase, PassphraseCost};
use crate::order::Unfinished;
use crate::stored::{KeyChange, StoredKey};

#[tokio::test]
async fn a_store_keeps_the_key_that_it_was_given_first() {
    let store = Secrets::default();
    let first = open(&store, &kek(1)).await.unwrap();

    assert_eq!(open(&store, &kek(1)).await.unwrap().id(), first.id());
    assert_ne!(open(&Secrets::default(), &kek(1)).await.unwrap().id(), first.id());
}

#[tokio::test]
async fn whoever_makes_the_key_second_takes_that_of_the_first() {
    let store = Secrets::default();
    let first = open(&store, &kek(1)).await.unwrap();
    let late = Secrets { looks_empty: true, kept: Mutex::new(store.kept()) };

    assert_eq!(open(&late, &kek(1)).await.unwrap().id(), first.id());
}

#[tokio::test]
async fn each_reason_that_a_store_does_not_open_is_told_apart() {
    let store = Secrets::default();
    open(&store, &kek(1)).await.unwrap();
    let other_kind: Box<dyn KeyWrap> = Box::new(passphrase());

    let said = async |kek: &dyn KeyWrap, environment: &str| {
        let context = WrapContext::new(environment);
        StoreKey::open(&store, kek, &context).await.unwrap_err().to_string()
    };
    assert_eq!(
        said(&kek(2), "prod").await,
        "the store was sealed under another; use the one that it was made with"
    );
    assert_eq!(
        said(&*other_kind, "prod").await,
        "the store is sealed with `key-file`, and this is `passphrase`; name the one that it was made \
         with, or change it with `tokenward keys rewrap`"
    );
    assert_eq!(
        said(&kek(1), "staging").await,
        "the store belongs to environment \"prod\"; restore `environment`, or start with an empty store"
    );
}

#[tokio::test]
async fn what_an_envelope_says_of_itself_opens_nothing() {
    let store = Secrets::default();
    open(&store, &kek(1)).await.unwrap();
    let other = Secrets::default();
    open(&other, &kek(1)).await.unwrap();

    store.edit(|envelope| envelope.environment = "staging".to_owned());
    let error = StoreKey::open(&store, &kek(1), &WrapContext::new("staging")).await.unwrap_err();
    assert!(matches!(error, StoreKeyError::OtherKek), "{error}");

    // A wrapped key of another store, by the same key-encryption key.
    store.edit(|envelope| {
        envelope.environment = "prod".to_owned();
        envelope.wrapped = other.envelope().wrapped;
    });
    let error = open(&store, &kek(1)).await.unwrap_err();
    assert!(matches!(error, StoreKeyError::Damaged), "{error}");
}

#[tokio::test]
async fn a_store_from_before_there_were_store_keys_is_told_from_an_empty_one() {
    let store = Secrets::default();
    store.sealed_secret(OLD_FORM, vec![7; 32]).await.unwrap();

    let error = open(&store, &kek(1)).await.unwrap_err();

    assert!(matches!(error, StoreKeyError::OldForm), "{error}");
    assert_eq!(store.kept().len(), 1, "nothing was written");
}

#[tokio::test]
async fn rewrapped_a_store_opens_with_the_new_key_alone_and_is_the_same_store() {
    let store = Secrets::default();
    let before = open(&store, &kek(1)).await.unwrap();
    let new = passphrase();

    assert_eq!(rewrap(&store, &kek(1), &new).await.unwrap(), Rewrapped::ByAnother);

    assert_eq!(open(&store, &new).await.unwrap().id(), before.id());
    assert!(matches!(open(&store, &kek(1)).await, Err(StoreKeyError::OtherKind { .. })));
    assert_eq!(rewrap(&store, &kek(1), &new).await.unwrap(), Rewrapped::Before);
    assert_eq!(rewrap(&store, &new, &kek(2)).await.unwrap(), Rewrapped::ByAnother);
    assert_eq!(open(&store, &kek(2)).await.unwrap().id(), before.id());
}

#[tokio::test]
async fn whoever_names_the_same_key_is_told_so_because_that_one_must_be_kept() {
    let store = Secrets::default();
    let key = open(&store, &kek(1)).await.unwrap();

    assert_eq!(rewrap(&store, &kek(1), &kek(1)).await.unwrap(), Rewrapped::BySame);
    assert_eq!(open(&store, &kek(1)).await.unwrap().id(), key.id());
}

#[tokio::test]
async fn a_store_is_not_rewrapped_by_one_who_cannot_open_it_nor_for_one_who_could_not() {
    let store = Secrets::default();
    open(&store, &kek(1)).await.unwrap();
    let before = store.kept();

    let stranger = rewrap(&store, &kek(2), &kek(3)).await.unwrap_err();
    assert!(matches!(stranger, StoreKeyError::OtherKek), "{stranger}");
    let forgetful = rewrap(&store, &kek(1), &Forgetful).await.unwrap_err();
    assert!(matches!(forgetful, StoreKeyError::NotTaken(_)), "{forgetful}");
    let nothing = rewrap(&Secrets::default(), &kek(1), &kek(2)).await.unwrap_err();
    assert!(matches!(nothing, StoreKeyError::None), "{nothing}");

    assert_eq!(store.kept(), before);
}

#[test]
fn a_store_key_shows_nothing_of_itself() {
    let key = StoreKey::new(Secret256::from_bytes([7; 32]));

    assert_eq!(
        format!("{key:?}"),
        format!("StoreKey {{ secret: Secret256(..), id: \"{}\" }}", key.id())
    );
}

async fn open(store: &Secrets, kek: &dyn KeyWrap) -> Result<StoreKey, StoreKeyError> {
    StoreKey::open(store, kek, &WrapContext::new("prod")).await
}

async fn rewrap(
    store: &Secrets,
    old: &dyn KeyWrap,
    new: &dyn KeyWrap,
) -> Result<Rewrapped, StoreKeyError> {
    StoreKey::rewrap(store, [old, new], &WrapContext::new("prod")).await
}

fn kek(byte: u8) -> Kek {
    Kek::new(Secret256::from_bytes([byte; 32]))
}

fn passphrase() -> Passphrase {
    let cost = PassphraseCost { memory_kib: 64, passes: 1, lanes: 1 };
    Passphrase::new("correct horse battery", cost).unwrap()
}

/// Wraps, and cannot unwrap.
#[derive(Debug)]
struct Forgetful;

#[async_trait]
impl KeyWrap for Forgetful {
    fn name(&self) -> &'static str {
        "forgetful"
    }

    async fn wrap(&self, _: &Secret256, _: &WrapContext) -> Result<Vec<u8>, WrapError> {
        Ok(vec![1])
    }

    async fn unwrap(&self, _: &[u8], _: &WrapContext) -> Result<Secret256, WrapError> {
        Err(WrapError::OtherKey)
    }
}

/// A store of secrets alone.
#[derive(Debug, Default)]
struct Secrets {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Whether it is read before the others' writes, and written after them.
    looks_empty: bool,
}

impl Secrets {
    fn kept(&self) -> BTreeMap<String, Vec<u8>> {
        self.kept.lock().unwrap().clone()
    }

    fn envelope(&self) -> Envelope {
        serde_json::from_slice(&self.kept()[NAME]).unwrap()
    }

    fn edit(&self, edit: impl FnOnce(&mut Envelope)) {
        let mut envelope = self.envelope();
        edit(&mut envelope);
        let text = serde_json::to_vec(&envelope).unwrap();
        self.kept.lock().unwrap().insert(NAME.to_owned(), text);
    }
}

#[async_trait]
impl KeyStore for Secrets {
    async fn keys(&self, _: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        Ok(Vec::new())
    }

    async fn apply(&self, _: &Audience, _: Vec<KeyChange>) -> Result<(), BackendError> {
        Ok(())
    }

    async fn unfinished(&self, _: &Audience) -> Result<Unfinished, BackendError> {
        Ok(Unfinished::default())
    }

    async fn sealed_secret(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        Ok(self.kept.lock().unwrap().entry(name.to_owned()).or_insert(fresh).clone())
    }

    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(self.kept().get(name).filter(|_| !self.looks_empty).cloned())
    }

    async fn replace_secret(
        &self,
        name: &str,
        known: &[u8],
        fresh: Vec<u8>,
    ) -> Result<(), BackendError> {
        let mut kept = self.kept.lock().unwrap();
        match kept.get_mut(name) {
            Some(found) if found == known => *found = fresh,
            _ => return Err(BackendError::new(BackendErrorKind::Conflict, "changed")),
        }
        Ok(())
    }
}
