//! The keys that sign feeds: two for each audience, the one that signs and the one that will.
//!
//! They stand in the store, sealed, apart from the keys that sign tokens: whoever steals one of those can
//! neither take a revocation back nor hide that it was revoked.

use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey};
use tokenward_keys::KeyStore;
use tokenward_revocation::feed::FeedSigner;

use crate::authority::start::{StartError, sealed_secret};

/// Who signs the feed of `audience`: the key number `number`, made when it was first asked for.
pub(in crate::authority) async fn signer(
    store: &dyn KeyStore,
    data_key: &Secret256,
    environment: &str,
    (audience, issuer): (&Audience, IssuerId),
    number: u32,
) -> Result<FeedSigner, StartError> {
    let open = async |number: u32| {
        let name = format!("feed-key:{audience}:{number}");
        let fresh = || SigningKey::generate(Algorithm::EdDsa).to_secret_bytes();
        let sealed = sealed_secret(store, data_key, &name, fresh).await?;
        let unreadable = || StartError::OtherDataKey { what: format!("`{name}`") };
        let key = SigningKey::from_secret_bytes(Algorithm::EdDsa, &sealed);
        let key = key.map_err(|_| unreadable())?;
        let id = format!("{environment}-{}", key.verifying_key().thumbprint());
        Ok::<_, StartError>(key.with_key_id(KeyId::new(id).map_err(|_| unreadable())?))
    };
    let (key, next) = (open(number).await?, open(number.saturating_add(1)).await?);
    let next = next.verifying_key().clone();
    FeedSigner::new(issuer, key, Some(next))
        .map_err(|_| StartError::OtherDataKey { what: format!("the feed key of {audience}") })
}
