//! The contract of all custodies.

use tokenward::Algorithm;
use tokenward_testing::{CustodyTraits, custody_contract};

use crate::softhsm::{custody, in_softhsm};

#[test]
fn it_keeps_the_contract() {
    in_softhsm("contract::it_keeps_the_contract", async || {
        let traits = CustodyTraits { algorithms: &HELD, imports: false, holds_elsewhere: true };

        custody_contract(custody, traits).await;
    });
}

const HELD: [Algorithm; 4] =
    [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256];
