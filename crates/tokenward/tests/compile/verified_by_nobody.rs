use tokenward::{AccessClaims, Verified};

fn main() {}

fn forge(claims: AccessClaims) -> Verified {
    Verified { claims, key_id: None }
}
