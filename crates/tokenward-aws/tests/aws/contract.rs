//! The contract that every custody keeps, `PyJWT` being the judge of the signatures; and rotation under load.

use tokenward::Algorithm;
use tokenward_testing::sample::{ASYMMETRIC, CLASSICAL};
use tokenward_testing::{CustodyTraits, custody_contract, rotates_under_load};

use crate::stack::Stack;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aws_kms_keeps_the_contract() {
    let aws = Stack::start();
    let traits = CustodyTraits { algorithms: &CLASSICAL, imports: false, holds_elsewhere: true };

    custody_contract(async || aws.kms(), traits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aws_kms_rotates_under_load_and_no_good_token_is_refused() {
    let aws = Stack::start();

    rotates_under_load(async || aws.kms(), Algorithm::Es256).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aws_secrets_manager_keeps_the_contract() {
    let aws = Stack::start();
    let traits = CustodyTraits { algorithms: &ASYMMETRIC, imports: true, holds_elsewhere: true };

    custody_contract(async || aws.secrets(), traits).await;
}
