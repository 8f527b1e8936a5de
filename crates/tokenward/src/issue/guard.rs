//! Values that must not be in a token, which is signed and not encrypted: everybody on its way reads it.
//!
//! This is a net, not a proof: it finds what has a telling shape, and leaves alone what only might be
//! something. The allow-list is the wall. What it finds and what it lets pass is data: `vectors/guard/`.

mod ids;
mod numbers;
mod secrets;
mod words;

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Number, Value};

/// What a value looks like that does not belong into a token.
///
/// ```
/// use tokenward::Sensitive;
///
/// assert_eq!(Sensitive::CardNumber.as_str(), "card_number"); // in a configuration
/// assert_eq!(Sensitive::CardNumber.to_string(), "a card number"); // in a message
/// assert_eq!("email".parse(), Ok(Sensitive::Email));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Sensitive {
    /// Something whose name says that it is secret: `password`, `api_key`, `cvv`. It is not looked at
    /// further; `true`, `false` and `null` are no secrets.
    SecretName,
    /// A password hash: modular crypt format, PHC strings, LDAP schemes. It can be guessed at leisure.
    PasswordHash,
    /// A private key: PEM, or a JWK with its private member.
    PrivateKey,
    /// A token or an access key of a known form: a JWT, one of ours, one of a large service.
    Token,
    /// The number of a payment card: a known scheme, and the check digit of ISO/IEC 7812-1.
    CardNumber,
    /// A bank account: an IBAN of its country's length with its check digits (ISO 13616).
    BankAccount,
    /// A national id whose written form or check digits tell it from other numbers: of Belgium, Brazil,
    /// China, Finland, France, Germany, Italy, Mexico, Spain, Switzerland, the United Kingdom and the
    /// United States.
    NationalId,
    /// An e-mail address.
    Email,
    /// A phone number in its international form, or in parentheses as in North America.
    PhoneNumber,
    /// A text in somebody's words, too long for a label.
    FreeText,
}

/// The text names nothing that is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("is none of {}", Sensitive::names())]
#[non_exhaustive]
pub struct UnknownSensitive;

impl Sensitive {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 10] = [
        Self::SecretName,
        Self::PrivateKey,
        Self::PasswordHash,
        Self::Token,
        Self::CardNumber,
        Self::BankAccount,
        Self::NationalId,
        Self::Email,
        Self::PhoneNumber,
        Self::FreeText,
    ];

    /// Its name in a configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretName => "secret_name",
            Self::PasswordHash => "password_hash",
            Self::PrivateKey => "private_key",
            Self::Token => "token",
            Self::CardNumber => "card_number",
            Self::BankAccount => "bank_account",
            Self::NationalId => "national_id",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::FreeText => "free_text",
        }
    }

    fn names() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }

    fn is_in(self, text: &str, shape: Shape) -> bool {
        match self {
            Self::SecretName => false,
            Self::PasswordHash => secrets::is_password_hash(text),
            Self::PrivateKey => secrets::is_private_key(text),
            Self::Token => secrets::is_token(text),
            Self::CardNumber => numbers::is_card(text, shape),
            Self::BankAccount => numbers::is_iban(text, shape),
            Self::NationalId => ids::is_national_id(text, shape),
            Self::Email => words::has_email(text, shape),
            Self::PhoneNumber => words::is_phone_number(text, shape),
            Self::FreeText => words::is_free_text(text),
        }
    }
}

impl fmt::Display for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretName => "a secret, by its name",
            Self::PasswordHash => "a password hash",
            Self::PrivateKey => "a private key",
            Self::Token => "a token",
            Self::CardNumber => "a card number",
            Self::BankAccount => "a bank account",
            Self::NationalId => "a national id",
            Self::Email => "an e-mail address",
            Self::PhoneNumber => "a phone number",
            Self::FreeText => "a text in somebody's words",
        })
    }
}

impl FromStr for Sensitive {
    type Err = UnknownSensitive;

    fn from_str(name: &str) -> Result<Self, UnknownSensitive> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownSensitive)
    }
}

/// What `value` looks like, or something within it, but for what is `admitted`.
pub(super) fn find(name: &str, value: &Value, admitted: &[Sensitive]) -> Option<Sensitive> {
    let may_be_secret = !matches!(value, Value::Null | Value::Bool(_));
    if may_be_secret && !admitted.contains(&Sensitive::SecretName) && secrets::is_telling(name) {
        return Some(Sensitive::SecretName);
    }
    match value {
        Value::String(text) => in_text(text, admitted),
        Value::Number(number) => in_number(number, admitted),
        Value::Array(values) => values.iter().find_map(|value| find("", value, admitted)),
        Value::Object(members) => in_object(members, admitted),
        Value::Null | Value::Bool(_) => None,
    }
}

fn in_object(members: &Map<String, Value>, admitted: &[Sensitive]) -> Option<Sensitive> {
    if secrets::is_private_jwk(members) && !admitted.contains(&Sensitive::PrivateKey) {
        return Some(Sensitive::PrivateKey);
    }
    // Claims are named by the operator's list; what stands below may be named by data.
    members
        .iter()
        .find_map(|(name, value)| in_text(name, admitted).or_else(|| find(name, value, admitted)))
}

fn in_number(number: &Number, admitted: &[Sensitive]) -> Option<Sensitive> {
    // No number that is looked for has fewer digits, and to write one out is dear.
    const LEAST: u64 = 10_u64.pow(10);
    let text = match (number.as_u64(), number.as_f64()) {
        (Some(whole), _) if whole >= LEAST => whole.to_string(),
        // `4111111111111111.0` and `4.111111111111111e15` are the same number to every reader.
        (None, Some(float)) if (1e10..1e20).contains(&float) => format!("{float:.0}"),
        _ => return None,
    };
    in_text(&text, admitted)
}

fn in_text(text: &str, admitted: &[Sensitive]) -> Option<Sensitive> {
    let text = text.trim();
    let shape = Shape::of(text);
    Sensitive::ALL.into_iter().find(|kind| kind.is_in(text, shape) && !admitted.contains(kind))
}

/// What a text is made of, so that most need not be looked at more closely.
#[derive(Clone, Copy, Debug)]
struct Shape {
    digits: usize,
    letters: usize,
    at: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let count = |is: fn(&u8) -> bool| text.bytes().filter(is).count();
        Self {
            digits: count(u8::is_ascii_digit),
            letters: count(u8::is_ascii_alphabetic),
            at: text.contains('@'),
        }
    }
}

/// The digits of `text`, which holds nothing else but single separators between them; 20 at most.
fn digits(text: &str, separators: &[char]) -> Option<Vec<u32>> {
    let mut digits = Vec::with_capacity(20);
    let mut after_digit = false;
    for character in text.chars() {
        match character.to_digit(10) {
            Some(digit) if digits.len() < 20 => {
                digits.push(digit);
                after_digit = true;
            }
            None if after_digit && separators.contains(&character) => after_digit = false,
            _ => return None,
        }
    }
    after_digit.then_some(digits)
}

/// The remainder of a number, given digit by digit, by `modulus`.
fn remainder(digits: impl IntoIterator<Item = u32>, modulus: u32) -> u32 {
    let step = |rest: u32, digit: u32| rest.saturating_mul(10).saturating_add(digit);
    digits.into_iter().fold(0, |rest, digit| step(rest, digit).checked_rem(modulus).unwrap_or(0))
}

/// The sum of the products of `digits` and `weights`.
fn weighted(digits: &[u32], weights: impl IntoIterator<Item = u32>) -> u32 {
    digits
        .iter()
        .zip(weights)
        .fold(0, |sum, (digit, weight)| sum.saturating_add(digit.saturating_mul(weight)))
}
