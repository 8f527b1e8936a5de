use super::*;

#[test]
fn a_token_crosses_no_network_in_the_clear() {
    for good in ["https://vault", "http://localhost:8200", "http://[::1]:8200", "http://127.1.2.3"]
    {
        assert!(VaultAddress::new(good).is_ok(), "{good}");
    }
    for bad in ["http://vault", "http://10.0.0.1", "http://localhost.example.com", "ftp://vault"] {
        assert_eq!(VaultAddress::new(bad), Err(BadAddress::NotHttps), "{bad}");
    }
}

#[test]
fn an_address_is_a_url_and_no_more() {
    for (text, why) in [
        ("vault.example.com", BadAddress::NotAUrl),
        ("/v1", BadAddress::NotAUrl),
        ("", BadAddress::NotAUrl),
        ("https://me:secret@vault", BadAddress::HoldsCredentials),
        ("https://vault/v1/", BadAddress::TooLong),
        ("https://vault?a=b", BadAddress::TooLong),
    ] {
        assert_eq!(VaultAddress::new(text), Err(why), "{text}");
    }
}

#[test]
fn a_path_before_the_api_is_kept() {
    let address = VaultAddress::new("https://edge.example.com/vault/").unwrap();

    let uri = address.at("sys/health").unwrap();
    assert_eq!(uri.to_string(), "https://edge.example.com/vault/v1/sys/health");
}

#[test]
fn a_mount_cannot_lead_anywhere_else() {
    for bad in ["", "/", "a//b", "..", "a/../b", "a/.", "a b", "a?b", "a#b", "a%2fb", "ä"] {
        assert_eq!(Mount::new(bad), Err(BadMount), "{bad}");
    }
    assert_eq!(Mount::new(&"a".repeat(129)), Err(BadMount));
}
