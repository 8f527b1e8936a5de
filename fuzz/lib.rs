//! What the fuzz targets share. `cargo xtask fuzz` runs them.

use std::sync::LazyLock;

use tokenward::{Algorithm, Audience, IssuerId, KeySet, SigningKey, TokenType, UnixTime, Verifier};

/// When everything here happens.
pub const NOW: UnixTime = UnixTime::from_secs(1_000_000);

/// A key that signs what a target wants to get past the signature.
pub static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Hs256));

/// Claims that [`VERIFIER`] takes.
pub const CLAIMS: &[u8] =
    br#"{"iss":"https://i","aud":"a","sub":"s","iat":999990,"exp":1000200,"jti":"j"}"#;

/// Whether a signature by `algorithm` takes so long that a target leaves it out.
#[must_use]
pub fn is_slow(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512
    )
}

/// A verifier that trusts [`KEY`].
pub static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    Verifier::builder()
        .issuer(IssuerId::new("https://i").expect("an issuer"))
        .audience(Audience::new("a").expect("an audience"))
        .keys(KeySet::from_keys([KEY.verifying_key().clone()]).expect("a set"))
        .accept_type(TokenType::Jwt)
        .build()
});
