//! Tokens that are bound to client certificates.

use super::*;

#[test]
fn tokens_are_bound_to_certificates_where_clients_can_show_one_and_find_out_where() {
    let told = |old: &str, new: &str| problems(&GOOD.replacen(old, new, 1));
    assert_eq!(
        told("admin =", "mtls_url = \"https://mtls.example.com\"\nadmin ="),
        [
            "tokenward.toml:7: listen.mtls_url: is where clients find listen.mtls; set that, or delete it"
        ]
    );
    assert_eq!(
        told("origins =", "mtls = \"offered\"\norigins ="),
        [
            "tokenward.toml:20: audience.mtls: needs listen.mtls, and listen.mtls_url, where clients find it; set both"
        ]
    );
    assert_eq!(told("origins =", "mtls = \"always\"\norigins =").len(), 1);
}
