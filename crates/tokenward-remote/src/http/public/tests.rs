use super::*;

#[test]
fn only_addresses_of_the_public_internet_are_public() {
    let public = ["1.1.1.1", "100.63.255.255", "172.32.0.1", "192.0.1.1", "2606:4700::1111"];
    let local = [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.0.9",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.168.1.1",
        "198.19.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];

    let wrong = |addresses: &[&'static str], wanted: bool| -> Vec<&str> {
        let is = |text: &str| is_public(text.parse().unwrap());
        addresses.iter().copied().filter(|text| is(text) != wanted).collect()
    };
    assert_eq!(wrong(&public, true), Vec::<&str>::new());
    assert_eq!(wrong(&local, false), Vec::<&str>::new());
}

#[tokio::test]
async fn a_name_that_leads_here_is_refused_however_it_is_written() {
    // The last two are no addresses to a strict reader, and loopback to the system's resolver.
    for host in ["localhost", "2130706433", "127.1"] {
        let resolve = |public_only| Resolver::new(public_only).call(host.parse().unwrap());

        assert!(resolve(false).await.is_ok(), "{host}");
        let error = resolve(true).await.unwrap_err();
        assert!(error.is::<NotPublic>(), "{host}: {error}");
    }
}
