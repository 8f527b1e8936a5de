//! The contract that every custody keeps, `PyJWT` being the judge of the signatures; and rotation under
//! load.

use tokenward::Algorithm;
use tokenward_testing::sample::{ASYMMETRIC, CLASSICAL};
use tokenward_testing::{CustodyTraits, custody_contract, rotates_under_load};

use crate::stand_in::StandIn;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vault_transit_keeps_the_contract() {
    let vault = StandIn::start();
    let traits = CustodyTraits { algorithms: &CLASSICAL, imports: false, holds_elsewhere: true };

    custody_contract(async || vault.custody(), traits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vault_transit_rotates_under_load_and_no_good_token_is_refused() {
    let vault = StandIn::start();

    rotates_under_load(async || vault.custody(), Algorithm::Es256).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vault_kv_keeps_the_contract() {
    let vault = StandIn::start();
    let traits = CustodyTraits { algorithms: &ASYMMETRIC, imports: true, holds_elsewhere: true };

    custody_contract(async || vault.kv(), traits).await;
}
