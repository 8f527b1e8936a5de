//! Each form of the header, as its proxy writes it and as others may.

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::*;

#[test]
fn each_proxys_form_names_the_same_certificate() {
    for der in [certificate(200), certificate(900)] {
        let thumbprint = CertificateThumbprint::of(&der);
        for form in Forwarded::ALL {
            let read = read(form, &[&as_told(form, &der)]);
            assert_eq!(read, Ok(Some(thumbprint.clone())), "{form:?}");
        }
    }
}

#[test]
fn a_client_without_a_certificate_has_none() {
    for form in Forwarded::ALL {
        assert_eq!(read(form, &[]), Ok(None), "{form:?}");
        assert_eq!(read(form, &[""]), Ok(None), "{form:?}");
    }
    assert_eq!(read(Forwarded::ClientCert, &["::"]), Ok(None));
}

#[test]
fn a_header_that_stands_twice_is_nobodys() {
    for form in Forwarded::ALL {
        let told = as_told(form, &certificate(900));
        assert_eq!(read(form, &[&told, &told]), Err(BadCertificate::Repeated), "{form:?}");
        assert_eq!(read(form, &["", &told]), Err(BadCertificate::Repeated), "{form:?}");
    }
}

#[test]
fn no_proxys_form_is_taken_for_anothers() {
    for told in Forwarded::ALL {
        for asked in Forwarded::ALL.into_iter().filter(|asked| *asked != told) {
            let text = as_told(told, &certificate(900));
            assert_eq!(
                read(asked, &[&text]),
                Err(BadCertificate::Malformed),
                "{told:?} as {asked:?}"
            );
        }
    }
}

#[test]
fn what_was_cut_or_added_to_is_no_certificate() {
    let der = certificate(900);
    for form in [Forwarded::EscapedPem, Forwarded::ClientCert, Forwarded::Chain] {
        let cut = as_told(form, der.split_last().unwrap().1);
        assert_eq!(read(form, &[&cut]), Err(BadCertificate::Malformed), "{form:?}");
        let more = as_told(form, &[&*der, b"more"].concat());
        assert_eq!(read(form, &[&more]), Err(BadCertificate::Malformed), "{form:?}");
    }
    let whole = as_told(Forwarded::EscapedPem, &der);
    for wrong in
        [whole.repeat(2), whole.replace("CERTIFICATE", "PUBLIC%20KEY"), format!("%0A{whole}")]
    {
        assert_eq!(
            read(Forwarded::EscapedPem, &[&wrong]),
            Err(BadCertificate::Malformed),
            "{wrong}"
        );
    }
    let long = as_told(Forwarded::ClientCert, &certificate(16_000));
    assert_eq!(read(Forwarded::ClientCert, &[&long]), Err(BadCertificate::TooLong));
}

#[test]
fn envoys_header_counts_with_one_element_and_one_hash_in_it() {
    let hash = "ab".repeat(32);
    let good = Some(CertificateThumbprint::of_hash(&[0xab; 32]));
    for text in [
        format!("Hash={hash}"),
        format!("By=spiffe://edge;Hash={hash};URI="),
        format!("hash={hash};Subject=\"CN=a\\\",b;Hash=c,O=d\";URI=spiffe://a/b"),
        format!("Hash={};Cert=\"-----BEGIN%20CERTIFICATE\"", hash.to_uppercase()),
    ] {
        assert_eq!(read(Forwarded::Xfcc, &[&text]), Ok(good.clone()), "{text}");
    }
    for text in [
        format!("Hash={hash},Hash={hash}"),
        format!("By=spiffe://outer;Hash={hash},By=spiffe://inner;Hash={hash}"),
        format!("Hash={hash};Hash={hash}"),
        // A name in a certificate that an Envoy wrote there as it was.
        format!("Hash={hash};URI=spiffe://a;Hash={hash}"),
        format!("URI=spiffe://a,Hash={hash}"),
        format!("Hash=\"{hash}"),
        format!("Hash=\"{hash}\"x"),
        format!("Hash={}", hash.strip_prefix('a').unwrap()),
        format!("Hash={hash}00"),
        format!("Hash={}zz", "ab".repeat(31)),
        format!("Hash={hash};"),
        format!(";Hash={hash}"),
        format!(" Hash={hash}"),
        "By=spiffe://edge".to_owned(),
        "Hash=".to_owned(),
        "=".to_owned(),
    ] {
        assert_eq!(read(Forwarded::Xfcc, &[&text]), Err(BadCertificate::Malformed), "{text}");
    }
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(
        text in prop_oneof!["[ -~]{0,200}", "(Hash|By|=|;|,|\"|\\\\|[0-9a-f]{64}){0,12}", "(:|[A-Za-z0-9+/]{4}|=){0,40}"],
    ) {
        for form in Forwarded::ALL {
            let _verdict = read(form, &[&text]);
        }
    }

    #[test]
    fn a_changed_byte_is_another_certificate_or_none(at in 0_usize..900, bit in 0_u32..8) {
        let der = certificate(900);
        let mut other = der.clone();
        other[at] ^= 1 << bit;
        for form in [Forwarded::EscapedPem, Forwarded::ClientCert, Forwarded::Chain] {
            let read = read(form, &[&as_told(form, &other)]);
            prop_assert_ne!(read, Ok(Some(CertificateThumbprint::of(&der))));
        }
    }
}

fn read(form: Forwarded, lines: &[&str]) -> Result<Option<CertificateThumbprint>, BadCertificate> {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(form.header(), HeaderValue::from_str(line).unwrap());
    }
    form.read(&headers)
}

/// Bytes in the outermost form of a certificate with this much inside.
fn certificate(length: u16) -> Vec<u8> {
    let [high, low] = length.to_be_bytes();
    let mut der = if high == 0 { vec![0x30, 0x81, low] } else { vec![0x30, 0x82, high, low] };
    der.extend((0..length).map(|index| index.to_le_bytes()[0]));
    der
}

fn as_told(form: Forwarded, der: &[u8]) -> String {
    let proxy = match form {
        Forwarded::EscapedPem => "nginx",
        Forwarded::ClientCert => "haproxy",
        Forwarded::Chain => "traefik",
        Forwarded::Xfcc => "envoy",
    };
    let (header, text) = tokenward_testing::told_by(proxy, der);
    assert_eq!(form.header(), header);
    text
}
