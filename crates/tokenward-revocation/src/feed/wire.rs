//! How our values stand in JSON: ids as text, times as milliseconds, numbers as numbers.
//!
//! `serde` stays off the domain types, so that the wire form can change without them.

use tokenward::{TokenVersion, UnixTime};

use crate::Seq;

/// What every reader of JSON reads as it is meant (RFC 7493 § 2.2). Times beyond it are the end of time.
const SAFE: u64 = (1 << 53) - 1;

/// A value that travels as a JSON number.
pub(super) trait Number: Copy {
    fn to_u64(self) -> u64;
    fn from_u64(number: u64) -> Self;
}

impl Number for Seq {
    fn to_u64(self) -> u64 {
        self.get()
    }

    fn from_u64(number: u64) -> Self {
        Self::new(number)
    }
}

impl Number for UnixTime {
    fn to_u64(self) -> u64 {
        self.as_millis()
    }

    fn from_u64(number: u64) -> Self {
        Self::from_millis(number)
    }
}

impl Number for TokenVersion {
    fn to_u64(self) -> u64 {
        self.get()
    }

    fn from_u64(number: u64) -> Self {
        Self::new(number)
    }
}

pub(super) mod number {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{Number, SAFE};

    pub(in crate::feed) fn serialize<T: Number, S: Serializer>(
        value: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_u64(value.to_u64().min(SAFE))
    }

    pub(in crate::feed) fn deserialize<'de, T: Number, D: Deserializer<'de>>(
        from: D,
    ) -> Result<T, D::Error> {
        u64::deserialize(from).map(T::from_u64)
    }
}

pub(super) mod optional_number {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Number;

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(in crate::feed) fn serialize<T: Number, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(T::to_u64).serialize(to)
    }

    pub(in crate::feed) fn deserialize<'de, T: Number, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        Ok(Option::<u64>::deserialize(from)?.map(T::from_u64))
    }
}

pub(super) mod text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(in crate::feed) fn serialize<T: Display, S: Serializer>(
        value: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(in crate::feed) fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: FromStr,
        T::Err: Display,
        D: Deserializer<'de>,
    {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

pub(super) mod optional_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(in crate::feed) fn serialize<T: Display, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => to.collect_str(value),
            None => to.serialize_none(),
        }
    }

    pub(in crate::feed) fn deserialize<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr,
        T::Err: Display,
        D: Deserializer<'de>,
    {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

pub(super) mod secret {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};
    use tokenward::b64;
    use tokenward::crypto::Secret256;

    use crate::Fingerprints;

    pub(in crate::feed) fn serialize<S: Serializer>(
        value: &Fingerprints,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&b64::encode(value.secret().expose()))
    }

    pub(in crate::feed) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Fingerprints, D::Error> {
        // The error must not repeat what it could not read: it may be most of a secret.
        let bad = || D::Error::custom("`fingerprint_key` must be 32 bytes in base64url");
        let bytes = b64::decode(&String::deserialize(from)?).map_err(|_| bad())?;
        let bytes = bytes.try_into().map_err(|_| bad())?;
        Ok(Fingerprints::new(Secret256::from_bytes(bytes)))
    }
}
