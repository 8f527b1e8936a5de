//! What tests of custodies ask for: keys of one audience, `api`, in the environment `test`.
#![expect(clippy::missing_panics_doc, reason = "a sample that cannot be made has failed its test")]

use tokenward::{Algorithm, Audience, IssuerId};
use tokenward_keys::lifecycle::Key;
use tokenward_keys::{Custody, KeyLabel, MadeKey, NewKey, StoredKey};

use crate::contract::NOW;

/// Every asymmetric algorithm.
pub const ASYMMETRIC: [Algorithm; 13] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::EdDsa,
    Algorithm::MlDsa44,
    Algorithm::MlDsa65,
    Algorithm::MlDsa87,
];

/// Those that a service elsewhere holds keys of: none has ML-DSA yet.
pub const CLASSICAL: [Algorithm; 10] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::EdDsa,
];

/// The audience.
#[must_use]
pub fn api() -> Audience {
    Audience::new("api").unwrap()
}

/// Whose tokens the keys sign.
#[must_use]
pub fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/api").unwrap()
}

/// An order for a key.
#[must_use]
pub fn spec(algorithm: Algorithm) -> NewKey {
    NewKey {
        audience: api(),
        issuer: issuer(),
        algorithm,
        created_at: NOW,
        kid_prefix: "test".to_owned(),
        label: KeyLabel::random(),
    }
}

/// The row of `made`, as a key ring writes it.
#[must_use]
pub fn row(custody: &str, made: &MadeKey) -> StoredKey {
    let made = MadeKey::new(made.public.clone(), made.handle.clone());
    Key::publish(made, &api(), custody, NOW).unwrap().stored().clone()
}

/// The row of a new key of `custody`.
pub async fn new_key(custody: &impl Custody, algorithm: Algorithm) -> StoredKey {
    row(custody.name(), &custody.generate(&spec(algorithm)).await.unwrap())
}
