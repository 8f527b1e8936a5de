//! The custody with a real implementation of PKCS #11: `SoftHSM`.

#![cfg(test)]

mod contract;
mod faults;
mod rotation;
mod softhsm;
