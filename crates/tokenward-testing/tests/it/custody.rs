//! The custodies that need nothing outside of this process keep the contract.

use tokenward::crypto::Secret256;
use tokenward::{Algorithm, KeyId, SigningKey};
use tokenward_keys::{CustodyError, Kek, Sealed, Signer};
use tokenward_testing::{
    CustodyTraits, MemoryKeys, custody_contract, key_contract, pyjwt_objects_to, rotates_under_load,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_keeps_the_contract() {
    let kek = Kek::new(Secret256::from_bytes([1; 32]));
    let traits = CustodyTraits { algorithms: &ASYMMETRIC, imports: true, holds_elsewhere: false };

    custody_contract(async || Sealed::new(kek.clone()), traits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_rotates_under_load_and_no_good_token_is_refused() {
    let kek = Kek::new(Secret256::from_bytes([1; 32]));

    rotates_under_load(async || Sealed::new(kek.clone()), Algorithm::Es256).await;
}

#[tokio::test]
async fn the_store_in_memory_keeps_the_contract() {
    key_contract(async || MemoryKeys::default()).await;
}

#[tokio::test]
async fn the_other_implementation_objects_to_the_signature_of_another_key() {
    let signer = InMemory(KeyId::new("test-1").unwrap(), SigningKey::generate(Algorithm::Es256));
    let stranger = SigningKey::generate(Algorithm::Es256);

    assert_eq!(pyjwt_objects_to(&signer, signer.1.verifying_key()).await, None);
    let objection = pyjwt_objects_to(&signer, stranger.verifying_key()).await.unwrap();
    assert!(objection.contains("InvalidSignatureError"), "{objection}");
}

/// The simplest signer.
#[derive(Debug)]
struct InMemory(KeyId, SigningKey);

#[async_trait::async_trait]
impl Signer for InMemory {
    fn key_id(&self) -> &KeyId {
        &self.0
    }

    fn algorithm(&self) -> Algorithm {
        self.1.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        Ok(self.1.sign(input).unwrap())
    }
}

const ASYMMETRIC: [Algorithm; 13] = [
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
