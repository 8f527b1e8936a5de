use tokenward::{Audience, Verifier};

fn main() {}

fn verifier(audience: Audience) {
    // A status list is for everybody; it is about one URI.
    let _builder = Verifier::status_list().audience(audience);
}
