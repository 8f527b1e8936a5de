use tokenward::{Algorithm, KeyId, KeySet, SigningKey, UnixTime};
use tokenward_server::admin::api::{AudiencePosture, Posture, ServiceInfo, Status};

use super::forge;
use super::judge;
use super::public::{AudienceOutside, Outside};
use super::seen::{Files, Seen};
use super::verdict::{Grade, Verdict};

/// Which of the ten, what it comes to, and what shows it.
type Case = (u8, Grade, fn(&mut Seen));

const NOW: u64 = 1_800_000_000;

#[test]
fn what_is_all_right_is_good() {
    let verdicts = judge::all(&seen());

    let grades: Vec<_> =
        verdicts.iter().map(|verdict| (verdict.mistake, verdict.grade())).collect();
    assert_eq!(
        grades,
        (1..=10).map(|mistake| (mistake, Grade::Good)).collect::<Vec<_>>(),
        "{verdicts:?}"
    );
}

#[tokio::test]
async fn an_authority_that_takes_its_time_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let listener = tokio::net::UnixListener::bind(dir.path().join(crate::client::SOCKET)).unwrap();
    let silent = tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            open.push(listener.accept().await.unwrap());
        }
    });
    let data = Some(dir.path().to_owned());
    let admin = crate::args::AdminArgs { data, admin_url: None, ca_file: None };
    let client = crate::client::AdminClient::need(&admin).await.unwrap();

    let told = super::seen_in_time(&client, std::time::Duration::from_millis(100)).await;

    let message = told.err().unwrap().to_string();
    assert!(message.starts_with("the authority did not tell of itself within"), "{message}");
    silent.abort();
}

#[test]
fn each_mistake_is_told_by_what_shows_it() {
    let cases: [Case; 22] = [
        (1, Grade::Bad, |seen| {
            outside(seen).cookies[0] = "__Host-access=; Path=/; Secure".to_owned();
        }),
        (1, Grade::Weak, |seen| {
            outside(seen).cookies[0] =
                "__Host-access=; Path=/; HttpOnly; Secure; SameSite=Lax".to_owned();
        }),
        (1, Grade::Bad, |seen| outside(seen).policy = None),
        (2, Grade::Bad, |seen| accept(seen, 2)),
        (2, Grade::Unseen, |seen| {
            seen.outside.as_mut().unwrap().unreachable = Some("gone".to_owned());
        }),
        (3, Grade::Bad, |seen| accept(seen, 3)),
        (3, Grade::Bad, |seen| {
            outside(seen).keys = KeySet::from_keys([]).map_err(|_| String::new());
        }),
        (4, Grade::Weak, |seen| seen.posture.audiences[0].session_lifetime = 30 * 86_400),
        (4, Grade::Weak, |seen| {
            let audience = &mut seen.posture.audiences[0];
            (audience.session_lifetime, audience.dpop) = (30 * 86_400, "off".to_owned());
        }),
        (4, Grade::Weak, |seen| seen.now += 60),
        (5, Grade::Weak, |seen| seen.posture.accepts_when_stale = true),
        (5, Grade::Bad, |seen| seen.status.problems.push("the store is gone".to_owned())),
        (6, Grade::Weak, |seen| seen.posture.audiences[0].guard_admits.push("mail".to_owned())),
        (7, Grade::Weak, |seen| seen.services[0].scopes.push("*".to_owned())),
        (8, Grade::Bad, |seen| seen.status.now += 60 * 86_400),
        (8, Grade::Weak, |seen| seen.keys.retain(|key| key.state != "standby")),
        (8, Grade::Weak, |seen| outside(seen).cache = None),
        (9, Grade::Bad, |seen| seen.outside.as_mut().unwrap().hsts = false),
        (9, Grade::Bad, |seen| seen.files.as_mut().unwrap().redirect = Some(Err("200".to_owned()))),
        (4, Grade::Unseen, |seen| seen.admin_tokens = None),
        (7, Grade::Unseen, |seen| seen.files = None),
        (10, Grade::Bad, |seen| {
            seen.outside.as_mut().unwrap().refusals.push("401 because".to_owned());
        }),
    ];
    for (mistake, grade, spoil) in cases {
        let mut spoilt = seen();
        spoil(&mut spoilt);

        let verdicts = judge::all(&spoilt);

        let verdict = verdicts.iter().find(|verdict| verdict.mistake == mistake).unwrap();
        assert_eq!(verdict.grade(), grade, "{verdict:?}");
        assert!(mended(verdict), "{verdict:?}");
    }
}

#[test]
fn one_key_for_two_audiences_is_found() {
    let mut shared = seen();
    let outside = shared.outside.as_mut().unwrap();
    let keys = outside.audiences[0].keys.clone();
    outside.audiences.push(AudienceOutside { name: "other".to_owned(), keys, ..audience(&key()) });

    let verdicts = judge::all(&shared);

    assert_eq!(verdicts[6].grade(), Grade::Bad, "{:?}", verdicts[6]);
    assert!(verdicts[6].lines[0].says.contains("billing-api and other"), "{:?}", verdicts[6]);
}

/// Whether each line that is not good says what mends it.
fn mended(verdict: &Verdict) -> bool {
    verdict.lines.iter().all(|line| line.grade == Grade::Good || line.mend.is_some())
}

fn outside(seen: &mut Seen) -> &mut AudienceOutside {
    &mut seen.outside.as_mut().unwrap().audiences[0]
}

fn accept(seen: &mut Seen, mistake: u8) {
    let forged = &mut outside(seen).forged;
    forged.iter_mut().find(|(forged, _)| forged.mistake == mistake).unwrap().1 = 200;
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("prod-1").unwrap())
}

fn audience(key: &SigningKey) -> AudienceOutside {
    let verifying = key.verifying_key();
    let forged = forge::all(verifying, "https://a/audiences/billing-api", "billing-api", NOW);
    AudienceOutside {
        name: "billing-api".to_owned(),
        keys: KeySet::from_keys([verifying.clone()]).map_err(|error| error.to_string()),
        cache: Some("max-age=300".to_owned()),
        forged: forged.into_iter().map(|forged| (forged, 401)).collect(),
        cookies: vec!["__Host-access=; Path=/; HttpOnly; Secure; SameSite=Strict".to_owned()],
        policy: Some("default-src 'none'".to_owned()),
        nosniff: true,
    }
}

/// A deployment in which nothing is wrong.
#[test]
fn a_long_session_that_takes_a_key_at_each_refresh_is_good() {
    let mut seen = seen();
    let audience = &mut seen.posture.audiences[0];
    (audience.session_lifetime, audience.dpop) = (30 * 86_400, "required".to_owned());

    let verdicts = judge::all(&seen);

    let verdict = verdicts.iter().find(|verdict| verdict.mistake == 4).unwrap();
    assert_eq!(verdict.grade(), Grade::Good, "{verdict:?}");
}

fn seen() -> Seen {
    let keys = [("active", 0), ("standby", 1)].map(|(state, number)| {
        let key = serde_json::json!({
            "kid": format!("prod-{number}"), "audience": "billing-api", "alg": "ES256", "state": state,
            "created_at": NOW - 86_400, "activates_at": NOW - 86_400, "custody": "sealed",
        });
        serde_json::from_value(key).unwrap()
    });
    Seen {
        status: Status {
            version: "0".to_owned(),
            issuer: "https://a".to_owned(),
            environment: "prod".to_owned(),
            dev: false,
            now: NOW,
            ready: true,
            problems: Vec::new(),
            warnings: Vec::new(),
            audiences: Vec::new(),
        },
        posture: Posture {
            rotate_every: 30 * 86_400,
            clock_error: 5,
            max_staleness: 10,
            accepts_when_stale: false,
            audiences: vec![AudiencePosture {
                name: "billing-api".to_owned(),
                issuer: "https://a/audiences/billing-api".to_owned(),
                access_lifetime: 300,
                refresh_lifetime: 86_400,
                session_lifetime: 86_400,
                dpop: "offered".to_owned(),
                claims: Vec::new(),
                guard_admits: Vec::new(),
                origins: vec!["https://app".to_owned()],
            }],
        },
        keys: keys.into(),
        services: vec![ServiceInfo {
            name: "backend".to_owned(),
            may: vec!["sessions:write".to_owned()],
            audiences: vec!["billing-api".to_owned()],
            scopes: Vec::new(),
            public: false,
            declared: true,
            secrets: 1,
            secret_times: Vec::new(),
            auth_method: None,
            proof: None,
        }],
        admin_tokens: Some(Vec::new()),
        now: NOW,
        outside: Some(Outside {
            certificate_until: Some(UnixTime::from_secs(NOW + 60 * 86_400)),
            hsts: true,
            audiences: vec![audience(&key())],
            unreachable: None,
            refusals: vec!["401 Bearer error".to_owned()],
            server: None,
        }),
        files: Some(Files { exposed: Vec::new(), count: 1, redirect: Some(Ok(())) }),
    }
}
