//! What the fuzz targets share. Run one with `cargo +nightly fuzz run compact`.

use std::sync::LazyLock;

use tokenward::{Algorithm, Audience, IssuerId, KeySet, SigningKey, TokenType, UnixTime, Verifier};

/// When everything here happens.
pub const NOW: UnixTime = UnixTime::from_secs(1_000_000);

/// A key that signs what a target wants to get past the signature.
pub static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Hs256));

/// A verifier that trusts [`KEY`].
pub static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    Verifier::builder()
        .issuer(IssuerId::new("https://i").expect("an issuer"))
        .audience(Audience::new("a").expect("an audience"))
        .keys(KeySet::from_keys([KEY.verifying_key().clone()]).expect("a set"))
        .accept_type(TokenType::Jwt)
        .build()
});
