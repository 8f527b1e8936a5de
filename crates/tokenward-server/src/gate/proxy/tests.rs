use rcgen::{CertificateParams, KeyPair, SanType, generate_simple_self_signed};

use super::*;

#[test]
fn a_proxy_is_known_by_a_name_in_its_certificate_and_by_nothing_else() {
    let proxies = [ProxySettings {
        name: "edge".to_owned(),
        profile: Profile::Nginx,
        auth: ProxyAuth::Mtls("edge.example.com".to_owned()),
        client_certificates: false,
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
            .map(|known| known.name)
    };

    assert_eq!(ask(Profile::Nginx, Some(&named("edge.example.com"))), Some("edge"));
    assert_eq!(ask(Profile::Nginx, Some(&named("other.example.com"))), None);
    assert_eq!(ask(Profile::Caddy, Some(&named("edge.example.com"))), None);
    assert_eq!(ask(Profile::Nginx, None), None);
}

#[test]
fn a_name_in_a_certificate_counts_as_what_it_is_alone() {
    let [host, ip, uri, mail] =
        ["edge.example.com", "192.0.2.7", "spiffe://example.com/edge", "edge@example.com"];
    let text = |text: &str| text.to_owned().try_into().unwrap();
    let own = |name: &str| match name {
        name if name == host => SanType::DnsName(text(name)),
        name if name == ip => SanType::IpAddress(name.parse().unwrap()),
        name if name == uri => SanType::URI(text(name)),
        name => SanType::Rfc822Name(text(name)),
    };
    for wanted in [host, ip, uri, mail] {
        let kinds = [
            own(wanted),
            SanType::DnsName(text(wanted)),
            SanType::URI(text(wanted)),
            SanType::Rfc822Name(text(wanted)),
        ];
        for (number, kind) in kinds.into_iter().enumerate() {
            let right = number == 0 || kind == own(wanted);
            assert_eq!(shows(kind).is(wanted), right, "{wanted} {number}");
        }
    }
    assert!(shows(own(host)).is("EDGE.example.com"));
    assert!(!shows(own(mail)).is("EDGE@example.com"));
}

fn shows(name: SanType) -> PeerIdentity {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![name];
    let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    PeerIdentity::of(certificate.der()).unwrap()
}
