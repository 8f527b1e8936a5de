use tokenward::{AccessClaims, Verified};

fn main() {}

fn forge(claims: AccessClaims) -> Verified {
    Verified::new(claims, None)
}
