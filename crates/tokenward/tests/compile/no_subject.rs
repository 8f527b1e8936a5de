use tokenward::{IssuerId, KeySet, StatusList, Verifier};

fn main() {}

fn verifier(issuer: IssuerId, keys: KeySet) -> Verifier<StatusList> {
    Verifier::status_list().issuer(issuer).keys(keys).build()
}
