use tokenward::{AccessLifetime, Audience, Issuer};

fn main() {}

fn issuer(audience: Audience, lifetime: AccessLifetime) -> Issuer {
    Issuer::builder().audience(audience).lifetime(lifetime).build()
}
