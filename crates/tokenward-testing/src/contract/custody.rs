//! What a custody of private keys promises.

use std::sync::Arc;

use tokenward::{Algorithm, IssuerId, SigningKey};
use tokenward_keys::{Custody, CustodyError, KeyLabel, KeyOrder, MadeKey, Signer, StoredKey};

use super::{at, audience};
use crate::pyjwt::pyjwt_objects_to;
use crate::sample::{issuer, row, spec};

/// In what custodies may differ.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "each custody must say all of it")]
pub struct CustodyTraits {
    /// The algorithms whose keys it holds; it refuses all others by name.
    pub algorithms: &'static [Algorithm],
    /// Whether it takes in keys that were made elsewhere.
    pub imports: bool,
    /// Whether the private half is somewhere else than in the handle, so that a destroyed key is out of
    /// reach even for whoever kept the handle.
    pub holds_elsewhere: bool,
}

/// Runs every promise of a [`Custody`]. Each call of `make` opens another instance over the same place, as
/// a restart does.
///
/// # Panics
///
/// At the first broken promise.
pub async fn custody_contract<C: Custody>(make: impl AsyncFn() -> C, traits: CustodyTraits) {
    let open = &make;
    each_algorithm_signs_again_after_a_restart(open, traits).await;
    algorithms_it_does_not_hold_are_refused_by_name(open, traits).await;
    no_two_keys_are_the_same(open, traits).await;
    the_handle_and_the_signer_show_no_more_than_the_id(open, traits).await;
    the_tokens_of_another_issuer_get_no_signature(open, traits).await;
    the_handle_of_another_key_is_refused(open, traits).await;
    a_damaged_handle_is_refused(open, traits).await;
    a_key_without_handle_is_known_to_be_destroyed(open, traits).await;
    destruction_is_final_and_safe_to_repeat(open, traits).await;
    what_was_made_for_an_order_that_is_abandoned_is_gone(open, traits).await;
    many_sign_at_once(open, traits).await;
    a_key_from_elsewhere_signs_or_is_refused_by_name(open, traits).await;
}

async fn each_algorithm_signs_again_after_a_restart<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    for algorithm in traits.algorithms {
        let custody = open().await;
        assert!(custody.holds(*algorithm), "{algorithm}");
        let made = custody.generate(&spec(*algorithm)).await.unwrap();
        let id = made.public.key_id().unwrap().as_str();
        assert_eq!(id, format!("test-{}", made.public.thumbprint()));
        let row = row(custody.name(), &made);
        let before = custody.signer(&issuer(), &row).await.unwrap();
        signs(&*before, &made).await;
        drop((before, custody));

        let after = open().await.signer(&issuer(), &row).await.unwrap();
        assert_eq!((after.key_id(), after.algorithm()), (&row.id, *algorithm));
        signs(&*after, &made).await;
        if !is_unknown_to_pyjwt(*algorithm) {
            assert_eq!(pyjwt_objects_to(&*after, &made.public).await, None, "{algorithm}");
        }
        open().await.destroy(&row).await.unwrap();
    }
}

async fn algorithms_it_does_not_hold_are_refused_by_name<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    for algorithm in Algorithm::ALL.into_iter().filter(|one| !traits.algorithms.contains(one)) {
        assert!(!custody.holds(algorithm), "{algorithm}");
        let error = custody.generate(&spec(algorithm)).await.unwrap_err();
        let name = custody.name();
        assert_eq!(error.to_string(), format!("custody `{name}` holds no {algorithm} keys"));
    }
}

async fn no_two_keys_are_the_same<C: Custody>(open: &impl AsyncFn() -> C, traits: CustodyTraits) {
    let custody = open().await;
    let (first, _) = new_key(&custody, traits).await;
    let (second, _) = new_key(&custody, traits).await;

    assert_ne!(first.public.thumbprint(), second.public.thumbprint());
}

async fn the_handle_and_the_signer_show_no_more_than_the_id<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let (made, row) = new_key(&custody, traits).await;
    let signer = custody.signer(&issuer(), &row).await.unwrap();
    let id = &row.id;

    assert_eq!(format!("{made:?}"), format!("MadeKey {{ id: Some({id:?}), .. }}"));
    let shown = format!("{signer:?}");
    assert!(shown.ends_with(&format!(" {{ id: {id:?}, .. }}")), "{shown}");
}

async fn the_tokens_of_another_issuer_get_no_signature<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let (_, row) = new_key(&custody, traits).await;
    let other = IssuerId::new("https://other.example.com").unwrap();

    let error = custody.signer(&other, &row).await.unwrap_err();
    let made_for = format!(
        "key `{}` was made for the issuer {}: restore that `issuer`, or start with new keys",
        row.id,
        issuer()
    );
    assert_eq!(error.to_string(), made_for);
}

async fn the_handle_of_another_key_is_refused<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let (_, row) = new_key(&custody, traits).await;
    let (_, other) = new_key(&custody, traits).await;
    let swapped = StoredKey { handle: other.handle.clone(), ..row.clone() };
    let renamed = StoredKey { id: other.id.clone(), ..row.clone() };

    for row in [swapped, renamed] {
        let error = custody.signer(&issuer(), &row).await.unwrap_err();
        assert!(matches!(error, CustodyError::Damaged { .. }), "{error}");
    }
    custody.signer(&issuer(), &row).await.unwrap();
}

async fn a_damaged_handle_is_refused<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let (_, row) = new_key(&custody, traits).await;
    let handle = row.handle.clone().unwrap();
    let half = handle[..handle.len() / 2].to_vec();
    let longer = [handle.as_slice(), b"x"].concat();
    let huge = vec![b'['; 1 << 20];
    let damaged =
        [Vec::new(), b"{}".to_vec(), b"null".to_vec(), vec![0xff; 64], half, longer, huge];

    for handle in damaged {
        let row = StoredKey { handle: Some(handle), ..row.clone() };
        let error = custody.signer(&issuer(), &row).await.unwrap_err();
        assert!(matches!(error, CustodyError::Damaged { .. }), "{error}");
    }
}

async fn a_key_without_handle_is_known_to_be_destroyed<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let (_, row) = new_key(&custody, traits).await;
    let row = StoredKey { handle: None, ..row };

    let error = custody.signer(&issuer(), &row).await.unwrap_err();
    assert_eq!(error.to_string(), format!("key `{}` has no private half", row.id));
}

async fn destruction_is_final_and_safe_to_repeat<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let (_, row) = new_key(&custody, traits).await;
    let (made, other) = new_key(&custody, traits).await;
    let signer = custody.signer(&issuer(), &row).await.unwrap();

    custody.destroy(&row).await.unwrap();
    custody.destroy(&row).await.unwrap();
    open().await.destroy(&row).await.unwrap();

    if traits.holds_elsewhere {
        let error = signer.sign(b"input").await.unwrap_err();
        assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
        let error = open().await.signer(&issuer(), &row).await.unwrap_err();
        assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
    }
    let kept = open().await.signer(&issuer(), &other).await.unwrap();
    signs(&*kept, &made).await;
}

async fn what_was_made_for_an_order_that_is_abandoned_is_gone<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let spec = spec(traits.algorithms[0]);
    let row = row(custody.name(), &custody.generate(&spec).await.unwrap());
    let (kept_key, kept) = new_key(&custody, traits).await;
    drop(custody);

    // By another process, which knows the label alone, and twice.
    for _ in 0..2 {
        open().await.abandon(&order(&open().await, spec.label)).await.unwrap();
    }
    open().await.abandon(&order(&open().await, KeyLabel::random())).await.unwrap();

    if open().await.holds_elsewhere() {
        let error = open().await.signer(&issuer(), &row).await.unwrap_err();
        assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
    }
    let kept = open().await.signer(&issuer(), &kept).await.unwrap();
    signs(&*kept, &kept_key).await;
}

async fn many_sign_at_once<C: Custody>(open: &impl AsyncFn() -> C, traits: CustodyTraits) {
    let custody = open().await;
    let (made, row) = new_key(&custody, traits).await;
    let signer = custody.signer(&issuer(), &row).await.unwrap();
    let tasks: Vec<_> = (0_u8..32)
        .map(|n| {
            let signer = Arc::clone(&signer);
            tokio::spawn(async move { (n, signer.sign(&[n; 100]).await.unwrap()) })
        })
        .collect();
    for task in tasks {
        let (n, signature) = task.await.unwrap();
        assert!(made.public.verify(&[n; 100], &signature), "signature {n} is of something else");
    }
}

async fn a_key_from_elsewhere_signs_or_is_refused_by_name<C: Custody>(
    open: &impl AsyncFn() -> C,
    traits: CustodyTraits,
) {
    let custody = open().await;
    let algorithm = traits.algorithms[0];
    let key = SigningKey::generate(algorithm);
    let thumbprint = key.verifying_key().thumbprint();
    let imported = custody.import(&spec(algorithm), key).await;

    if traits.imports {
        let made = imported.unwrap();
        assert_eq!(made.public.key_id().unwrap().as_str(), format!("test-{thumbprint}"));
        let row = row(custody.name(), &made);
        signs(&*open().await.signer(&issuer(), &row).await.unwrap(), &made).await;
    } else {
        let name = custody.name();
        assert_eq!(
            imported.unwrap_err().to_string(),
            format!("custody `{name}` takes no key in: it makes its own, which never leave it")
        );
    }
}

async fn signs(signer: &dyn Signer, made: &MadeKey) {
    let signature = signer.sign(b"input").await.unwrap();
    assert!(made.public.verify(b"input", &signature), "the public half does not verify");
    assert!(!made.public.verify(b"another", &signature), "the public half verifies anything");
}

async fn new_key(custody: &impl Custody, traits: CustodyTraits) -> (MadeKey, StoredKey) {
    let algorithm = traits.algorithms[0];
    let made = custody.generate(&spec(algorithm)).await.unwrap();
    let row = row(custody.name(), &made);
    (made, row)
}

fn order(custody: &impl Custody, label: KeyLabel) -> KeyOrder {
    KeyOrder {
        label,
        audience: audience("api"),
        custody: custody.name().to_owned(),
        created_at: at(0),
        given_up_at: Some(at(0)),
    }
}

/// `PyJWT` has no ML-DSA.
fn is_unknown_to_pyjwt(algorithm: Algorithm) -> bool {
    matches!(algorithm, Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87)
}
