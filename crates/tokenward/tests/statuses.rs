//! Walks the files under `vectors/status-list/`, and takes a list from the issuing to the verifying side.
#![cfg(test)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};
use serde::Deserialize;
use tokenward::{
    Algorithm, IssueError, IssuerId, KeySet, SigningKey, StatusListRequest, StatusSize, Statuses,
    Subject, UnixTime, Verifier, b64,
};

#[test]
fn every_list_of_the_draft_is_packed_as_it_is_there_and_read_back() {
    let file = file();
    assert!(!file.title.is_empty() && !file.license.is_empty() && !file.records.is_empty());
    assert!(file.cases.len() >= 4, "only {} cases", file.cases.len());

    for case in &file.cases {
        let size = StatusSize::of_bits(case.bits).unwrap();
        let inflated = inflate(&b64::decode(&case.lst).unwrap());
        let mut packed = Statuses::valid(size, case.count);
        for (index, status) in &case.statuses {
            assert!(packed.set(*index, *status), "{}", case.name);
        }
        assert!(packed.as_bytes() == inflated, "{}", case.name);

        let read = Statuses::of_bytes(size, inflated);
        for index in 0..u64::try_from(case.count).unwrap() {
            let expected = case.statuses.get(&index).copied().unwrap_or(Statuses::VALID);
            assert_eq!(read.get(index), Some(expected), "{}: {index}", case.name);
        }
        assert_eq!(read.get(u64::try_from(case.count).unwrap()), None, "{}", case.name);
    }
}

#[test]
fn what_is_issued_is_taken_with_every_status_that_was_set() {
    let key = SigningKey::generate(Algorithm::Es256);
    let mut statuses = Statuses::valid(StatusSize::Two, 1_000);
    assert!(statuses.set(7, Statuses::INVALID) && statuses.set(998, Statuses::SUSPENDED));

    let token = issue(&key, &statuses, minutes(1)).unwrap();
    let list = verifier(&key).verify(&token, NOW).unwrap();

    assert_eq!(list.uri().as_str(), URI);
    assert_eq!(list.fresh_until(), NOW.saturating_add(Duration::from_secs(10)));
    assert_eq!(list.expires_at(), NOW.saturating_add(minutes(1)));
    assert_eq!(list.aggregation_uri(), Some("https://auth.example.com/statuslists"));
    let read = list.statuses(inflate(list.compressed()));
    assert_eq!([7, 998, 999].map(|index| read.get(index)), [Some(1), Some(2), Some(0)]);
    assert!(verifier(&key).verify(&token, NOW.saturating_add(minutes(2))).is_err());
}

#[test]
fn a_list_that_has_ended_or_that_nobody_would_read_is_not_issued() {
    let key = SigningKey::generate(Algorithm::Es256);
    let small = Statuses::valid(StatusSize::One, 8);
    assert_eq!(issue(&key, &small, Duration::ZERO), Err(IssueError::AlreadyEnded));

    // Random bytes, which no compression makes smaller.
    let random = std::iter::repeat_with(tokenward::crypto::random::<4_096>);
    let large = random.take(512).flatten().collect();
    let large = Statuses::of_bytes(StatusSize::Eight, large);
    assert_eq!(issue(&key, &large, minutes(1)), Err(IssueError::TooLong));
}

#[test]
fn a_list_never_outlives_what_verifiers_take() {
    let key = SigningKey::generate(Algorithm::Es256);
    let statuses = Statuses::valid(StatusSize::One, 8);
    let month = minutes(31 * 24 * 60);

    let token = issue(&key, &statuses, month.saturating_mul(12)).unwrap();

    let list = verifier(&key).verify(&token, NOW).unwrap();
    assert!(list.expires_at() <= NOW.saturating_add(month));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    records: Vec<String>,
    license: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    bits: u8,
    count: usize,
    /// Those that are not 0.
    statuses: BTreeMap<u64, u8>,
    /// The list as it stands in a token.
    lst: String,
}

const URI: &str = "https://auth.example.com/statuslists/1";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn file() -> File {
    let path = "../../vectors/status-list/draft.json";
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn issue(key: &SigningKey, statuses: &Statuses, lifetime: Duration) -> Result<String, IssueError> {
    let mut compressed = Vec::new();
    let mut encoder = ZlibEncoder::new(statuses.as_bytes(), Compression::best());
    encoder.read_to_end(&mut compressed).unwrap();
    let request = StatusListRequest {
        issuer: &issuer(),
        uri: &Subject::new(URI).unwrap(),
        size: statuses.size(),
        compressed: &compressed,
        aggregation_uri: Some("https://auth.example.com/statuslists"),
        issued_at: NOW,
        expires_at: NOW.saturating_add(lifetime),
        time_to_live: Duration::from_secs(10),
    };
    let unsigned = request.prepare(key.key_id().unwrap(), key.algorithm())?;
    let signature = key.sign(unsigned.signing_input()).unwrap();
    Ok(unsigned.assemble(&signature))
}

fn verifier(key: &SigningKey) -> Verifier<tokenward::StatusList> {
    Verifier::status_list()
        .issuer(issuer())
        .subject(Subject::new(URI).unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build()
}

fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com").unwrap()
}

fn inflate(compressed: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    ZlibDecoder::new(compressed).take(1 << 24).read_to_end(&mut inflated).unwrap();
    inflated
}

const fn minutes(count: u32) -> Duration {
    Duration::from_secs(60).saturating_mul(count)
}
