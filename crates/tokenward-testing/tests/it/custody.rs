//! The custodies that need nothing outside of this process keep the contract.

use tokenward::crypto::Secret256;
use tokenward::{Algorithm, KeyId, SigningKey};
use tokenward_keys::{CustodyError, Memory, Sealed, Signer, StoreKey};
use tokenward_testing::sample::ASYMMETRIC;
use tokenward_testing::{
    CustodyTraits, MemoryKeys, custody_contract, key_contract, pyjwt_objects_to, rotates_under_load,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_keeps_the_contract() {
    let store_key = StoreKey::new(Secret256::from_bytes([1; 32]));
    let traits = CustodyTraits { algorithms: &ASYMMETRIC, imports: true, holds_elsewhere: false };

    custody_contract(async || Sealed::new(store_key.clone()), traits).await;
}

/// Its place is the process, so a restart that loses nothing is another handle to the same keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_keeps_the_contract() {
    let memory = Memory::new();
    let traits = CustodyTraits { algorithms: &ASYMMETRIC, imports: true, holds_elsewhere: true };

    custody_contract(async || memory.clone(), traits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_rotates_under_load_and_no_good_token_is_refused() {
    let store_key = StoreKey::new(Secret256::from_bytes([1; 32]));

    rotates_under_load(async || Sealed::new(store_key.clone()), Algorithm::Es256).await;
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
