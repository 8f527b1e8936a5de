//! How long a signature takes in each custody that needs no network: `HSM_PIN=… sign_times MODULE TOKEN`.
#![expect(clippy::print_stdout, reason = "a command talks on its terminal")]

use std::env;
use std::error::Error;

use tokenward::Algorithm;
use tokenward::crypto::Secret256;
use tokenward_keys::{Custody, Sealed, StoreKey};
use tokenward_pkcs11::Pkcs11;
use tokenward_testing::sign_times;
use zeroize::Zeroizing;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(module), Some(token)) = (arguments.next(), arguments.next()) else {
        return Err("usage: HSM_PIN=… sign_times MODULE TOKEN".into());
    };
    let pin = Zeroizing::new(env::var("HSM_PIN")?);
    let sealed = Sealed::new(StoreKey::new(Secret256::random()));
    let pkcs11 = Pkcs11::open(module.into(), token, pin, "bench").await?;
    println!("{}", sign_times::HEAD);
    let custodies: [&dyn Custody; 2] = [&sealed, &pkcs11];
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
        for custody in custodies {
            println!("{}", sign_times::row(custody, algorithm).await?);
        }
    }
    Ok(())
}
