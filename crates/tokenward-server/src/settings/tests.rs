use super::*;

#[test]
fn good_settings_pass() {
    settings(|_| ()).check().unwrap();
}

#[test]
fn what_is_unsafe_or_cannot_work_is_refused_by_the_name_of_its_setting() {
    refused(|s| s.issuer = IssuerId::new("http://auth.example.com").unwrap(), "issuer");
    refused(|s| s.issuer = IssuerId::new("https://auth.example.com/").unwrap(), "issuer");
    refused(|s| s.issuer = IssuerId::new("https://example.com/auth").unwrap(), "issuer");
    refused(|s| s.environment = "pro d".into(), "environment");
    refused(|s| s.audiences.clear(), "audience");
    refused(|s| s.audiences.push(s.audiences[0].clone()), "audience.billing-api.name");
    refused(
        |s| s.audiences[0].access_lifetime = Duration::from_secs(29),
        "audience.billing-api.access_lifetime",
    );
    refused(
        |s| s.audiences[0].access_lifetime = Duration::from_secs(901),
        "audience.billing-api.access_lifetime",
    );
    refused(
        |s| s.audiences[0].refresh_lifetime = Duration::from_secs(86_401),
        "audience.billing-api.refresh_lifetime",
    );
    refused(|s| s.audiences[0].algorithm = Algorithm::Hs256, "audience.billing-api.algorithm");
    refused(|s| s.audiences[0].claims = vec!["sub".into()], "audience.billing-api.claims");
    for origin in ["*", "https://*.example.com", "https://a.example.com/", "http://a.example.com"] {
        refused(|s| s.audiences[0].origins = vec![origin.into()], "audience.billing-api.origins");
    }
    refused(|s| s.limits.client.burst = 0, "limits.client");
    let lax = |reason: &str| RelaxedSameSite { to: SameSite::Lax, reason: reason.to_owned() };
    refused(|s| s.audiences[0].same_site = Some(lax(" ")), "audience.billing-api.same_site_reason");
    refused(
        |s| {
            s.audiences[0].same_site = Some(lax("links in mails"));
            s.audiences[0].origins.clear();
        },
        "audience.billing-api.origins",
    );
}

#[test]
fn two_cookie_audiences_cannot_share_a_host() {
    refused(
        |s| {
            let mut other = s.audiences[0].clone();
            other.name = Audience::new("other-api").unwrap();
            s.audiences.push(other);
        },
        "audience.other-api.origins",
    );
}

#[test]
fn no_provider_can_name_another_ones_user() {
    let upstream = |number: u8, prefix: &str| UpstreamSettings {
        issuer: IssuerId::new(format!("https://login{number}.example.com")).unwrap(),
        client_id: Audience::foreign("our-app").unwrap(),
        audiences: Vec::new(),
        subject_prefix: prefix.to_owned(),
        keys: TrustedKeys::Set(tokenward::KeySet::from_keys([]).unwrap()),
    };
    for (one, other) in [("", "acme:"), ("a:b:", "a:"), ("a:", "a:")] {
        let trusting = settings(|s| s.trust.upstreams = vec![upstream(1, one), upstream(2, other)]);
        let error = trusting.check().unwrap_err();
        assert_eq!(error.setting, "upstream.https://login2.example.com.subject_prefix");
    }
    settings(|s| s.trust.upstreams = vec![upstream(1, "a:"), upstream(2, "b:x:")]).check().unwrap();
}

#[test]
fn every_audience_is_an_issuer_of_its_own() {
    let settings = settings(|_| ());
    let issuer = settings.issuer_of(&settings.audiences[0].name).unwrap();
    assert_eq!(issuer.as_str(), "https://auth.example.com/audiences/billing-api");
}

fn refused(change: impl FnOnce(&mut Settings), setting: &str) {
    assert_eq!(settings(change).check().unwrap_err().setting, setting);
}

fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings {
        environment: "prod".into(),
        dev: false,
        issuer: IssuerId::new("https://auth.example.com").unwrap(),
        mtls_url: None,
        audiences: vec![AudienceSettings {
            name: Audience::new("billing-api").unwrap(),
            algorithm: Algorithm::Es256,
            access_lifetime: Duration::from_secs(300),
            refresh_lifetime: Duration::from_secs(86_400),
            session_lifetime: Duration::from_secs(86_400),
            claims: vec!["roles".into()],
            guard_admits: Vec::new(),
            status_list: false,
            dpop: DpopSettings::default(),
            mtls: BindingPolicy::Off,
            origins: vec!["https://app.example.com".into()],
            login: None,
            same_site: None,
        }],
        services: Vec::new(),
        keys: KeySettings {
            key_set_max_age: Duration::from_secs(300),
            propagation: Duration::from_secs(60),
            clock_error: Duration::from_secs(5),
            leeway: Duration::from_secs(5),
            signer_lease: Duration::from_secs(10),
            rotate_every: Duration::from_secs(2_592_000),
        },
        revocation: RevocationSettings {
            max_staleness: Duration::from_secs(10),
            when_stale: WhenStale::Refuse,
            feed_key: 1,
        },
        receivers: Vec::new(),
        proxies: Vec::new(),
        rules: Rules::any_token(),
        trust: TrustSettings::default(),
        limits: Limits::DEFAULT,
    };
    change(&mut settings);
    settings
}
