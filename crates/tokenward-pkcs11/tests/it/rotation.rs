//! A key ring that rotates in the token while others sign.

use tokenward::Algorithm;
use tokenward_testing::rotates_under_load;

use crate::softhsm::{custody, in_softhsm};

#[test]
fn keys_rotate_under_load_and_no_good_token_is_refused() {
    in_softhsm("rotation::keys_rotate_under_load_and_no_good_token_is_refused", async || {
        rotates_under_load(custody, Algorithm::Es256).await;
    });
}
