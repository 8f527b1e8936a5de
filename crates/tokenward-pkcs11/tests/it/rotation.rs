//! A key ring that rotates in the token while others sign, and what the tests share of it.

use tokenward::{Algorithm, Audience, IssuerId, UnixTime};
use tokenward_keys::lifecycle::Key;
use tokenward_keys::{KeyLabel, MadeKey, NewKey, StoredKey};
use tokenward_testing::rotates_under_load;

use crate::softhsm::{custody, in_softhsm};

#[test]
fn keys_rotate_under_load_and_no_good_token_is_refused() {
    in_softhsm("rotation::keys_rotate_under_load_and_no_good_token_is_refused", async || {
        rotates_under_load(custody, Algorithm::Es256).await;
    });
}

pub(crate) fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/api").unwrap()
}

pub(crate) fn spec(algorithm: Algorithm) -> NewKey {
    NewKey {
        audience: Audience::new("api").unwrap(),
        issuer: issuer(),
        algorithm,
        created_at: UnixTime::from_secs(1_000),
        kid_prefix: "test".to_owned(),
        label: KeyLabel::random(),
    }
}

/// The row of `made`, as a key ring writes it.
pub(crate) fn stored(made: &MadeKey) -> StoredKey {
    let made = MadeKey::new(made.public.clone(), made.handle.clone());
    let (audience, now) = (Audience::new("api").unwrap(), UnixTime::from_secs(1_000));
    Key::publish(made, &audience, "pkcs11", now).unwrap().stored().clone()
}
