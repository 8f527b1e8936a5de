use tokenward::{AccessLifetime, Issuer, IssuerId};

fn main() {}

fn issuer(issuer: IssuerId, lifetime: AccessLifetime) -> Issuer {
    Issuer::builder().issuer(issuer).lifetime(lifetime).build()
}
