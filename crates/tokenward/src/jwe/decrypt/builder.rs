//! The builder of decrypters, which has no `build` before all that matters was said.

use super::Decrypter;
use crate::jwe::{ContentType, DecryptionKeys};
use crate::missing::{HasContentType, HasDecryptionKeys, Missing};

/// Builds a [`Decrypter`]: keys and content type in any order, then [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct DecrypterBuilder<K = Missing, C = Missing> {
    keys: K,
    content_type: C,
    accept_a128gcm: bool,
}

impl Decrypter {
    /// Begins a decrypter.
    ///
    /// Leaving out the keys, or what the content must be, does not compile:
    ///
    /// ```compile_fail,E0277
    /// # fn f(text: tokenward::ContentType) {
    /// tokenward::Decrypter::builder().content_type(text).build();
    /// # }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # fn f(keys: tokenward::DecryptionKeys) {
    /// tokenward::Decrypter::builder().keys(keys).build();
    /// # }
    /// ```
    ///
    /// ```
    /// # fn f(keys: tokenward::DecryptionKeys, text: tokenward::ContentType) {
    /// tokenward::Decrypter::builder().keys(keys).content_type(text).build();
    /// # }
    /// ```
    pub fn builder() -> DecrypterBuilder {
        DecrypterBuilder { keys: Missing, content_type: Missing, accept_a128gcm: false }
    }
}

impl<K, C> DecrypterBuilder<K, C> {
    /// The keys to decrypt with.
    pub fn keys(self, keys: DecryptionKeys) -> DecrypterBuilder<DecryptionKeys, C> {
        let Self { content_type, accept_a128gcm, .. } = self;
        DecrypterBuilder { keys, content_type, accept_a128gcm }
    }

    /// What the content must be: the `cty`, without which it is refused.
    pub fn content_type(
        self,
        content_type: ContentType,
    ) -> DecrypterBuilder<K, Option<ContentType>> {
        self.with_content_type(Some(content_type))
    }

    /// Takes content that says nothing of what it is, and none that does.
    ///
    /// # Security
    ///
    /// This gives up the wall between kinds of content: whatever was encrypted to the same keys, for
    /// whatever end, is taken for what you expect.
    pub fn no_content_type(self) -> DecrypterBuilder<K, Option<ContentType>> {
        self.with_content_type(None)
    }

    /// Also takes A128GCM, for senders that make nothing else.
    pub fn accept_a128gcm(mut self) -> Self {
        self.accept_a128gcm = true;
        self
    }

    fn with_content_type(
        self,
        content_type: Option<ContentType>,
    ) -> DecrypterBuilder<K, Option<ContentType>> {
        let Self { keys, accept_a128gcm, .. } = self;
        DecrypterBuilder { keys, content_type, accept_a128gcm }
    }
}

impl<K, C> DecrypterBuilder<K, C> {
    /// The decrypter.
    #[must_use]
    pub fn build(self) -> Decrypter
    where
        K: HasDecryptionKeys,
        C: HasContentType,
    {
        Decrypter {
            keys: self.keys.into_decryption_keys(),
            content_type: self.content_type.into_content_type(),
            accept_a128gcm: self.accept_a128gcm,
        }
    }
}
