use rcgen::generate_simple_self_signed;

use super::*;

#[test]
fn a_proxy_is_known_by_a_name_in_its_certificate_and_by_nothing_else() {
    let proxies = [ProxySettings {
        name: "edge".to_owned(),
        profile: Profile::Nginx,
        auth: ProxyAuth::Mtls("edge.example.com".to_owned()),
    }];
    let named = |name: &str| {
        let certified = generate_simple_self_signed([name.to_owned()]).unwrap();
        PeerIdentity::of(certified.cert.der()).unwrap()
    };
    let mut headers = HeaderMap::new();
    headers.insert(X_PROXY_SECRET, "edge.example.com".parse().unwrap());
    let peer = Peer::Tcp("127.0.0.1:1".parse().unwrap());
    let ask = |profile, identity: Option<&PeerIdentity>| {
        authenticate(&proxies, false, profile, Some(&peer), identity, &headers)
    };

    assert_eq!(ask(Profile::Nginx, Some(&named("edge.example.com"))), Some("edge"));
    assert_eq!(ask(Profile::Nginx, Some(&named("other.example.com"))), None);
    assert_eq!(ask(Profile::Caddy, Some(&named("edge.example.com"))), None);
    assert_eq!(ask(Profile::Nginx, None), None);
}
