//! What a store of passkeys promises, together with the sessions that they refresh.

use serde_json::{Value, json};
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, SessionId, UnixTime, b64};
use tokenward_revocation::{RevocationStore, Scope, Seq};
use tokenward_sessions::{
    Asserted, Assertion, ChallengeKey, CredentialId, EndReason, EnrolRefused, Enrolled, Enrolment,
    Expected, MOST_PASSKEYS, NewSession, Passkey, PasskeyHolder, PasskeyMisused, PasskeyName,
    PasskeyStore, Purpose, RefreshAttempt, RefreshInvalid, RefreshMode, RefreshOutcome,
    RefreshToken, Registration, RelyingParty, Removal, RemovalBy, Removed, SessionStore,
    UsedChallenge,
};

use super::sessions::{attempt, session};
use super::{ACCESS, at, audience, keep, sid, subject};
use crate::passkeys::{Device, Otherwise};

/// Runs every promise of a [`PasskeyStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn passkey_contract<S: PasskeyStore + SessionStore + RevocationStore>(
    make: impl AsyncFn() -> S,
) {
    keep!(make:
        a_passkey_reads_back_as_it_was_enrolled,
        the_first_needs_a_fresh_login_and_each_other_one_that_is_there,
        there_are_so_many_and_no_more,
        a_passkey_belongs_to_one_subject_within_one_audience,
        an_enrolment_counts_once,
        a_refresh_notes_who_has_signed_and_takes_each_assertion_once,
        of_many_that_show_one_assertion_one_is_served,
        a_refresh_with_a_removed_passkey_is_refused,
        a_copied_passkey_ends_the_family_and_revokes_the_session,
        what_is_removed_ends_the_sessions_that_it_held_and_no_other,
        a_holder_removes_with_an_enrolled_passkey_alone,
        a_service_removes_within_its_audiences,
    );
}

async fn a_passkey_reads_back_as_it_was_enrolled(store: impl PasskeyStore) {
    let world = World::new();
    let (phone, _) = world.enrolled(&store, "alice").await;

    assert_eq!(world.of(&store, "alice").await, std::slice::from_ref(&phone));
    let name = PasskeyName::new("the old one ✓").unwrap();
    assert!(store.rename(&phone.holder, &phone.id, &name).await.unwrap());
    assert_eq!(world.of(&store, "alice").await, [Passkey { name: name.clone(), ..phone.clone() }]);
    let bob = PasskeyHolder { subject: subject("bob"), ..phone.holder.clone() };
    assert!(!store.rename(&bob, &phone.id, &name).await.unwrap());
}

async fn the_first_needs_a_fresh_login_and_each_other_one_that_is_there(store: impl PasskeyStore) {
    let world = World::new();
    let refused = |why| Enrolled::Refused(why);
    let first = world.enrolment("alice", &mut Device::new(Algorithm::EdDsa));
    let late = Enrolment { is_login_fresh: false, ..first.clone() };
    assert_eq!(store.enrol(late).await.unwrap(), refused(EnrolRefused::LoginTooOld));
    let (phone, mut device) = world.enrolled(&store, "alice").await;

    let second = world.enrolment("alice", &mut Device::new(Algorithm::EdDsa));
    assert_eq!(store.enrol(second.clone()).await.unwrap(), refused(EnrolRefused::NotAllowed));
    let stranger = world.asserted(&phone, &mut device, Purpose::Allow, at(1));
    let unknown = Enrolment {
        passkey: Passkey {
            holder: PasskeyHolder { subject: subject("bob"), ..phone.holder.clone() },
            ..second.passkey.clone()
        },
        allowed_by: Some(stranger),
        ..second.clone()
    };
    // Bob has none, so a fresh login does; what was shown with it is his no more for that.
    assert_eq!(
        store.enrol(Enrolment { is_login_fresh: false, ..unknown }).await.unwrap(),
        refused(EnrolRefused::LoginTooOld)
    );

    let allowed = world.asserted(&phone, &mut device, Purpose::Allow, at(2));
    let allowed = Enrolment { allowed_by: Some(allowed), is_login_fresh: false, ..second };
    assert_eq!(store.enrol(allowed.clone()).await.unwrap(), Enrolled::Added);
    assert_eq!(world.of(&store, "alice").await.len(), 2);
    // Neither the passkey nor what allowed it counts again.
    let third = world.enrolment("alice", &mut Device::new(Algorithm::EdDsa));
    let again = Enrolment { allowed_by: allowed.allowed_by, ..third };
    let replayed = refused(EnrolRefused::Misused(PasskeyMisused::Replayed));
    assert_eq!(store.enrol(again).await.unwrap(), replayed);
}

async fn there_are_so_many_and_no_more(store: impl PasskeyStore) {
    let world = World::new();
    let (phone, mut device) = world.enrolled(&store, "alice").await;
    for number in 1..=MOST_PASSKEYS {
        let next = world.enrolment("alice", &mut Device::new(Algorithm::EdDsa));
        let by = world.asserted(&phone, &mut device, Purpose::Allow, at(1));
        let outcome = store.enrol(Enrolment { allowed_by: Some(by), ..next }).await.unwrap();
        let expected = match number {
            MOST_PASSKEYS => Enrolled::Refused(EnrolRefused::TooMany),
            _ => Enrolled::Added,
        };
        assert_eq!(outcome, expected, "{number}");
    }
}

async fn a_passkey_belongs_to_one_subject_within_one_audience(store: impl PasskeyStore) {
    let world = World::new();
    let (_, mut device) = world.enrolled(&store, "alice").await;

    let bobs = world.enrolment("bob", &mut device);
    assert_eq!(store.enrol(bobs).await.unwrap(), Enrolled::Refused(EnrolRefused::Taken));
    assert_eq!(world.of(&store, "bob").await, []);

    let elsewhere = world.enrolment("alice", &mut device);
    let holder = PasskeyHolder { audience: audience("web"), subject: subject("alice") };
    let passkey = Passkey { holder, ..elsewhere.passkey.clone() };
    let elsewhere = Enrolment { passkey, ..elsewhere };
    assert_eq!(store.enrol(elsewhere).await.unwrap(), Enrolled::Added);
    assert_eq!(world.of(&store, "alice").await.len(), 1);
    let both = [audience("api"), audience("web")];
    assert_eq!(store.passkeys(&subject("alice"), &both).await.unwrap().len(), 2);
}

async fn an_enrolment_counts_once(store: impl PasskeyStore) {
    let world = World::new();
    let first = world.enrolment("alice", &mut Device::new(Algorithm::EdDsa));
    assert_eq!(store.enrol(first.clone()).await.unwrap(), Enrolled::Added);
    let gone = World::removal("alice", None, RemovalBy::Service);
    store.remove(gone).await.unwrap();

    let replayed = Enrolled::Refused(EnrolRefused::Replayed);
    assert_eq!(store.enrol(first).await.unwrap(), replayed);
}

async fn a_refresh_notes_who_has_signed_and_takes_each_assertion_once<S>(store: S)
where
    S: PasskeyStore + SessionStore,
{
    let world = World::new();
    let (phone, mut device) = world.enrolled(&store, "alice").await;
    device.count = 5;
    let first = world.session(&store, "s1").await;
    let bare = store.refresh(attempt(&first, at(60))).await.unwrap();
    assert!(matches!(bare, RefreshOutcome::Invalid(RefreshInvalid::PasskeyRequired)), "{bare:?}");

    let signed = world.asserted(&phone, &mut device, Purpose::Refresh, at(60));
    let second = renewed(refresh(&store, &first, &signed, at(60)).await);

    let found = store.session(&sid("s1")).await.unwrap().unwrap();
    let held = found.passkey.clone().unwrap();
    assert_eq!((held.credential, held.at), (phone.id.clone(), at(60)));
    assert_eq!((found.auth_time, found.authenticated_at()), (at(0), at(60)));
    let [stored] = &world.of(&store, "alice").await[..] else { panic!("one") };
    assert_eq!((stored.sign_count, stored.last_used_at), (6, at(60)));

    for token in [&first, &second] {
        let again = refresh(&store, token, &signed, at(61)).await;
        let replayed = RefreshInvalid::PasskeyMisused(PasskeyMisused::Replayed);
        assert!(matches!(again, RefreshOutcome::Invalid(why) if why == replayed), "{again:?}");
    }
    // Inside the window the same successor, for another assertion.
    let signed = world.asserted(&phone, &mut device, Purpose::Refresh, at(62));
    assert_eq!(renewed(refresh(&store, &first, &signed, at(62)).await).hash(), second.hash());
    let [stored] = &world.of(&store, "alice").await[..] else { panic!("one") };
    assert_eq!(stored.sign_count, 7);
}

async fn of_many_that_show_one_assertion_one_is_served<S>(store: S)
where
    S: PasskeyStore + SessionStore,
{
    let world = World::new();
    let (phone, mut device) = world.enrolled(&store, "alice").await;
    let first = world.session(&store, "s1").await;
    let signed = world.asserted(&phone, &mut device, Purpose::Refresh, at(60));
    let store = std::sync::Arc::new(store);
    let tabs: Vec<_> = (0..8)
        .map(|_| {
            let (store, first) = (std::sync::Arc::clone(&store), first.clone());
            let signed = signed.clone();
            tokio::spawn(async move { refresh(&*store, &first, &signed, at(60)).await })
        })
        .collect();
    let mut served = 0;
    for tab in tabs {
        served += u32::from(matches!(tab.await.unwrap(), RefreshOutcome::Renewed { .. }));
    }
    assert_eq!(served, 1);
}

async fn a_refresh_with_a_removed_passkey_is_refused<S>(store: S)
where
    S: PasskeyStore + SessionStore,
{
    let world = World::new();
    let (phone, mut device) = world.enrolled(&store, "alice").await;
    let first = world.session(&store, "s1").await;
    let signed = world.asserted(&phone, &mut device, Purpose::Refresh, at(60));
    store.remove(World::removal("alice", None, RemovalBy::Service)).await.unwrap();

    let outcome = refresh(&store, &first, &signed, at(60)).await;
    let unknown = RefreshInvalid::PasskeyMisused(PasskeyMisused::Unknown);
    assert!(matches!(outcome, RefreshOutcome::Invalid(why) if why == unknown), "{outcome:?}");
}

async fn a_copied_passkey_ends_the_family_and_revokes_the_session<S>(store: S)
where
    S: PasskeyStore + SessionStore + RevocationStore,
{
    let world = World::new();
    let (phone, mut device) = world.enrolled(&store, "alice").await;
    let mut copy = Device { count: 1, ..device.clone() };
    device.count = 5;
    let first = world.session(&store, "s1").await;
    let signed = world.asserted(&phone, &mut device, Purpose::Refresh, at(60));
    let second = renewed(refresh(&store, &first, &signed, at(60)).await);

    let signed = world.asserted(&phone, &mut copy, Purpose::Refresh, at(90));
    let outcome = refresh(&store, &second, &signed, at(90)).await;

    let RefreshOutcome::Ended { why, session_id, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((why, session_id), (EndReason::PasskeyCopied, sid("s1")));
    let revoked = store.since(Seq::ZERO, 10).await.unwrap();
    assert_eq!(revoked.len(), 1, "once: {revoked:?}");
    assert_eq!(revoked[0].scope, Scope::Session(sid("s1")));
    assert_eq!(revoked[0].reason.as_deref(), Some("passkey_copied"));
}

async fn what_is_removed_ends_the_sessions_that_it_held_and_no_other<S>(store: S)
where
    S: PasskeyStore + SessionStore + RevocationStore,
{
    let world = World::new();
    let (phone, mut device) = world.enrolled(&store, "alice").await;
    let held = world.session(&store, "held").await;
    world.session(&store, "other").await;
    let signed = world.asserted(&phone, &mut device, Purpose::Refresh, at(60));
    renewed(refresh(&store, &held, &signed, at(60)).await);

    let removal = World::removal("alice", Some(&phone.id), RemovalBy::Service);
    assert_eq!(store.remove(removal.clone()).await.unwrap(), gone(1, 1));

    let ended = store.session(&sid("held")).await.unwrap().unwrap().ended.unwrap();
    assert_eq!(ended.why, EndReason::PasskeyRemoved);
    assert!(store.session(&sid("other")).await.unwrap().unwrap().ended.is_none());
    assert_eq!(store.since(Seq::ZERO, 10).await.unwrap().len(), 1);
    assert_eq!(store.remove(removal).await.unwrap(), gone(0, 0));
}

async fn a_holder_removes_with_an_enrolled_passkey_alone<S>(store: S)
where
    S: PasskeyStore + SessionStore,
{
    let world = World::new();
    let (phone, mut device) = world.enrolled(&store, "alice").await;
    let held = world.session(&store, "s1").await;
    let signed = world.asserted(&phone, &mut device, Purpose::Refresh, at(60));
    renewed(refresh(&store, &held, &signed, at(60)).await);
    let mut key = Device::new(Algorithm::EdDsa);
    let by = world.asserted(&phone, &mut device, Purpose::Allow, at(61));
    let second = Enrolment { allowed_by: Some(by), ..world.enrolment("alice", &mut key) };
    let second_passkey = second.passkey.clone();
    assert_eq!(store.enrol(second).await.unwrap(), Enrolled::Added);

    let (bobs, mut stranger) = world.enrolled(&store, "bob").await;
    let removal = |by: &Asserted| {
        let by = RemovalBy::Holder { session: sid("s1"), allowed_by: by.clone() };
        World::removal("alice", Some(&phone.id), by)
    };
    let purpose = Purpose::Remove(&phone.id);
    let of_bob = world.asserted(&bobs, &mut stranger, purpose, at(62));
    let unknown = Removed::Refused(PasskeyMisused::Unknown);
    assert_eq!(store.remove(removal(&of_bob)).await.unwrap(), unknown);

    // By the other one: the session that asks goes on, with that.
    let by = world.asserted(&second_passkey, &mut key, purpose, at(63));
    assert_eq!(store.remove(removal(&by)).await.unwrap(), gone(1, 0));
    assert_eq!(
        store.remove(removal(&by)).await.unwrap(),
        Removed::Refused(PasskeyMisused::Replayed)
    );
    let session = store.session(&sid("s1")).await.unwrap().unwrap();
    assert!(session.ended.is_none());
    assert_eq!(session.passkey.unwrap().credential, second_passkey.id);
}

async fn a_service_removes_within_its_audiences(store: impl PasskeyStore) {
    let world = World::new();
    world.enrolled(&store, "alice").await;
    let elsewhere = Removal {
        audiences: vec![audience("web")],
        ..World::removal("alice", None, RemovalBy::Service)
    };
    assert_eq!(store.remove(elsewhere).await.unwrap(), gone(0, 0));
    assert_eq!(world.of(&store, "alice").await.len(), 1);
    let everywhere = World::removal("alice", None, RemovalBy::Service);
    assert_eq!(store.remove(everywhere).await.unwrap(), gone(1, 0));
}

const fn gone(passkeys: u64, sessions: u64) -> Removed {
    Removed::Gone { passkeys, sessions }
}

fn renewed(outcome: RefreshOutcome) -> RefreshToken {
    match outcome {
        RefreshOutcome::Renewed { token, .. } => token,
        other => panic!("{other:?}"),
    }
}

async fn refresh(
    store: &impl SessionStore,
    token: &RefreshToken,
    asserted: &Asserted,
    now: UnixTime,
) -> RefreshOutcome {
    let asserted = Some(asserted.clone());
    store.refresh(RefreshAttempt { asserted, ..attempt(token, now) }).await.unwrap()
}

/// A site, and the authority's side of its ceremonies.
struct World {
    site: RelyingParty,
    key: ChallengeKey,
}

const APP: &str = "https://app.example.com";

impl World {
    fn new() -> Self {
        let site = RelyingParty::new("example.com", [APP]).unwrap();
        Self { site, key: ChallengeKey::new(&Secret256::random()) }
    }

    async fn of(&self, store: &impl PasskeyStore, name: &str) -> Vec<Passkey> {
        store.passkeys(&subject(name), &[audience("api")]).await.unwrap()
    }

    /// A passkey session of Alice's; its first refresh token.
    async fn session(&self, store: &impl SessionStore, id: &str) -> RefreshToken {
        let (new, token) = session(id);
        let new = NewSession { refresh_mode: RefreshMode::Passkey, ..new };
        store.create(new).await.unwrap();
        token
    }

    /// The first passkey of somebody.
    async fn enrolled(&self, store: &impl PasskeyStore, name: &str) -> (Passkey, Device) {
        let mut device = Device::new(Algorithm::EdDsa);
        let enrolment = self.enrolment(name, &mut device);
        assert_eq!(store.enrol(enrolment.clone()).await.unwrap(), Enrolled::Added);
        (enrolment.passkey, device)
    }

    fn enrolment(&self, name: &str, device: &mut Device) -> Enrolment {
        let challenge = self.challenge(Purpose::Create, at(0));
        let options =
            json!({"challenge": challenge, "rp": {"id": "example.com"}, "user": {"id": "YQ"}});
        let answer = device.create(&options, APP, &Otherwise::default());
        let holder = PasskeyHolder { audience: audience("api"), subject: subject(name) };
        let (passkey, challenge): (Passkey, UsedChallenge) = self
            .site
            .enrol(
                &Registration::parse(object(&answer)).unwrap(),
                &self.expected(Purpose::Create, &sid("s1"), at(0)),
                holder,
                PasskeyName::new("phone").unwrap(),
            )
            .unwrap();
        Enrolment { passkey, challenge, allowed_by: None, is_login_fresh: true, now: at(0) }
    }

    /// What `device` signs at `now`, verified but for what the store knows.
    fn asserted(
        &self,
        passkey: &Passkey,
        device: &mut Device,
        purpose: Purpose<'_>,
        now: UnixTime,
    ) -> Asserted {
        let options = json!({"challenge": self.challenge(purpose, now), "rpId": "example.com"});
        let answer = device.get(&options, APP, &Otherwise::default());
        let assertion = Assertion::parse(object(&answer)).unwrap();
        let session = sid("s1");
        let expected = self.expected(purpose, &session, now);
        self.site.verify(&assertion, &expected, passkey, b"a").unwrap()
    }

    fn challenge(&self, purpose: Purpose<'_>, now: UnixTime) -> String {
        b64::encode(&self.key.challenge(purpose, &sid("s1"), now))
    }

    fn expected<'a>(
        &'a self,
        purpose: Purpose<'a>,
        session: &'a SessionId,
        now: UnixTime,
    ) -> Expected<'a> {
        Expected { key: &self.key, purpose, session, now }
    }

    fn removal(name: &str, id: Option<&CredentialId>, by: RemovalBy) -> Removal {
        Removal {
            subject: subject(name),
            audiences: vec![audience("api")],
            id: id.cloned(),
            by,
            now: at(70),
            keep_until: at(70).saturating_add(ACCESS),
        }
    }
}

fn object(answer: &Value) -> &serde_json::Map<String, Value> {
    answer.as_object().unwrap()
}
