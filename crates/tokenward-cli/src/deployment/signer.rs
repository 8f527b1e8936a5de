//! Who signs key sets, and whether an offline root has said so.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokenward::root::{Delegation, RootChain};
use tokenward::{Algorithm, Audience, ErrorChain, KeyId, VerifyingKey};
use tokenward_keys::lifecycle::Key;
use tokenward_keys::{
    Custody, CustodyError, KeyChange, KeyLabel, KeyOrder, KeyStore, NewKey, Signer, StoreKey,
    StoredKey,
};
use tokenward_server::{KeySetSigning, Settings};
use tokenward_sqlite::SqliteStore;

use self::late::LateSigner;
use super::custody::CustodySource;
use crate::clock;
use crate::commands::date;
use crate::config::{self, Config};
use crate::failure::Failure;
use crate::files;
use crate::secret::Variables;

mod late;
mod tidy;

/// What the keys that sign key sets are kept under, where those that sign tokens have their audience.
pub(crate) const SIGNER_KEYS: &str = "key-set-signer";

/// What is needed to open the signer of key sets.
pub(super) struct SignerSource {
    /// `None`: the custody of the keys that sign tokens.
    custody: Option<CustodySource>,
    delegation: Option<PathBuf>,
    lifetime: Duration,
}

/// The signer of key sets, its custody open.
pub(super) struct Signing {
    custody: Arc<dyn Custody>,
    /// Read when it is needed: the key that it is to name is made before it is there.
    delegation: Option<PathBuf>,
    lifetime: Duration,
}

impl SignerSource {
    /// What `config` says, if it speaks of one.
    pub(super) fn of_config(
        config: &Config,
        variables: &Variables,
    ) -> Result<Option<Self>, Failure> {
        let custody = match &config.keys.key_set_signer {
            None => return Ok(None),
            Some(config::KeySetSigner::Same) => None,
            Some(config::KeySetSigner::Other(other)) => {
                Some(CustodySource::of(other, config, variables)?)
            }
        };
        let delegation = config.keys.delegation.as_ref().map(|path| config.path(path));
        Ok(Some(Self { custody, delegation, lifetime: config.keys.key_set_lifetime }))
    }

    /// Opens it for real; `same` is the custody of the keys that sign tokens.
    pub(super) async fn open(
        self,
        same: &Arc<dyn Custody>,
        store_key: StoreKey,
    ) -> Result<Signing, Failure> {
        let custody = match self.custody {
            None => Arc::clone(same),
            Some(source) => source.open(store_key, std::iter::empty()).await?,
        };
        Ok(Signing { custody, delegation: self.delegation, lifetime: self.lifetime })
    }
}

impl Signing {
    /// The signer, if the root has delegated it for every audience of `settings`.
    pub(super) async fn ready(
        &self,
        settings: &Settings,
        store: &SqliteStore,
    ) -> Result<KeySetSigning, Failure> {
        let (path, chain, delegation) = self.delegated()?;
        for audience in &settings.audiences {
            let issuer = settings.issuer_of(&audience.name);
            let issuer = issuer.map_err(|error| Failure::because_of(&error))?;
            if !delegation.issuers().contains(&issuer) {
                return Err(wrong(&format!(
                    "{} is not for the issuer {issuer}; delegate again with --issuer {issuer}",
                    path.display()
                )));
            }
            let algorithm = audience.algorithm;
            if !delegation.algorithms().contains(&algorithm) {
                return Err(wrong(&format!(
                    "{} is not for {algorithm}, which {} uses; delegate again with --algorithm {algorithm}",
                    path.display(),
                    audience.name
                )));
            }
        }
        if self.must_be_alive().is_err() {
            tracing::error!(
                "the delegation has expired or is not valid yet: verifiers with a pinned root take no key set"
            );
        }
        let signer = self.signer(settings, store, &delegation).await?;
        Ok(KeySetSigning {
            signer,
            next: self.waiting(store, delegation.signer()).await?,
            public: delegation.signer().clone(),
            store: Arc::new(store.clone()),
            lifetime: self.lifetime,
            chain: chain.to_json().into(),
        })
    }

    /// The newer key that waits for its delegation, if there is one.
    pub(super) async fn waits(&self, store: &SqliteStore) -> Option<KeyId> {
        let (_, _, delegation) = self.delegated().ok()?;
        self.waiting(store, delegation.signer()).await.ok()?
    }

    /// The newest key that signs key sets, if the root has delegated an older one.
    async fn waiting(
        &self,
        store: &SqliteStore,
        delegated: &VerifyingKey,
    ) -> Result<Option<KeyId>, Failure> {
        let newest = self.keys(store).await?.pop();
        Ok(newest.filter(|key| !is(key, delegated)).map(|key| key.id))
    }

    /// Refuses a root or a delegation that does not count now.
    pub(super) fn must_be_alive(&self) -> Result<(), Failure> {
        let (path, chain, delegation) = self.delegated()?;
        let root = chain.verified().map_err(|error| Failure::because(named(path), &error))?;
        let now = clock::system().now();
        let (what, end) = if root.expires_at() <= now {
            ("the root in", root.expires_at())
        } else if delegation.expires_at() <= now {
            ("the delegation in", delegation.expires_at())
        } else if delegation.not_before() > now {
            let from = date(delegation.not_before());
            return Err(wrong(&format!("{} counts from {from} on only", path.display())));
        } else {
            return Ok(());
        };
        let mend = "sign another with `tokenward root delegate`, or `root rotate` first";
        Err(wrong(&format!("{what} {} expired at {}; {mend}", path.display(), date(end))))
    }

    /// The public key that signs key sets, made if there is none or a `fresh` one is wanted.
    pub(super) async fn key(
        &self,
        settings: &Settings,
        store: &SqliteStore,
        fresh: bool,
        algorithm: Algorithm,
    ) -> Result<Value, Failure> {
        let newest = self.keys(store).await?.pop();
        let public = match newest.filter(|_| !fresh) {
            Some(key) => key.public,
            None => self.make(settings, store, algorithm).await?.public,
        };
        serde_json::from_str(&public).map_err(|error| Failure::because("the signer's key", &error))
    }

    fn delegated(&self) -> Result<(&PathBuf, RootChain, Delegation), Failure> {
        let path = self.delegation.as_ref().ok_or_else(|| {
            wrong(&"is missing: `tokenward keys signer` prints the key that `tokenward root delegate` needs")
        })?;
        let because = |error| Failure::because(named(path), &error);
        let bytes = files::read(path).map_err(|failure| wrong(&failure))?;
        let chain = RootChain::parse(&bytes).map_err(because)?;
        chain.verified().map_err(because)?;
        let delegation = chain.delegation().map_err(because)?;
        let delegation = delegation.ok_or_else(|| {
            wrong(&format!(
                "{} delegates nobody; give it what `tokenward root delegate` wrote",
                path.display()
            ))
        })?;
        let signed = chain.delegation_signatures().map_err(because)?;
        if !signed.is_some_and(|signatures| signatures.are_enough()) {
            return Err(wrong(&format!(
                "{} lacks signatures of root keys; its holders run `tokenward root sign`",
                path.display()
            )));
        }
        Ok((path, chain, delegation))
    }

    async fn signer(
        &self,
        settings: &Settings,
        store: &SqliteStore,
        delegation: &Delegation,
    ) -> Result<Arc<dyn Signer>, Failure> {
        let wanted = delegation.signer();
        let key = self.keys(store).await?.into_iter().find(|key| is(key, wanted)).ok_or_else(|| {
            wrong(&format!(
                "it names another key than custody \"{}\" holds for key sets; `tokenward keys signer` \
                 prints that one",
                self.custody.name()
            ))
        })?;
        match self.custody.signer(&settings.issuer, &key).await {
            // Tokens are signed elsewhere, and the last signed key set may be good for hours.
            Err(error @ CustodyError::OutOfReach { .. }) => {
                let error = ErrorChain::new(&error).to_string();
                tracing::warn!(error, "the signer of key sets is out of reach; it is asked again");
                Ok(Arc::new(LateSigner::new(&self.custody, &settings.issuer, key, wanted)))
            }
            signer => signer.map_err(|error| Failure::because("keys.key_set_signer", &error)),
        }
    }

    /// The keys that this custody holds for key sets, oldest first.
    async fn keys(&self, store: &SqliteStore) -> Result<Vec<StoredKey>, Failure> {
        let keys = store.keys(&place()?).await;
        let keys = keys.map_err(|error| Failure::because("store.url", &error))?;
        Ok(keys.into_iter().filter(|key| key.custody == self.custody.name()).collect())
    }

    async fn make(
        &self,
        settings: &Settings,
        store: &SqliteStore,
        algorithm: Algorithm,
    ) -> Result<StoredKey, Failure> {
        let (audience, now) = (place()?, clock::system().now());
        let because = |error: &(dyn std::error::Error + 'static)| {
            Failure::because("keys.key_set_signer", error)
        };
        if !self.custody.holds(algorithm) {
            let name = self.custody.name();
            return Err(Failure::cannot(format!(
                "--algorithm: custody \"{name}\" holds no {algorithm} keys"
            )));
        }
        let elsewhere = self.custody.holds_elsewhere();
        let apply = async |changes: Vec<KeyChange>| {
            let applied = store.apply(&audience, changes).await;
            applied.map_err(|error| Failure::because("store.url", &error))
        };
        if elsewhere {
            self.clear_up(store, &audience).await?;
        }
        let label = KeyLabel::random();
        let order = KeyOrder {
            label,
            audience: audience.clone(),
            custody: self.custody.name().to_owned(),
            created_at: now,
            given_up_at: None,
        };
        if elsewhere {
            apply(vec![KeyChange::Order(order)]).await?;
        }
        let spec = NewKey {
            audience: audience.clone(),
            issuer: settings.issuer.clone(),
            algorithm,
            created_at: now,
            kid_prefix: settings.environment.clone(),
            label,
        };
        let made = self.custody.generate(&spec).await.map_err(|error| because(&error))?;
        let key = Key::publish(made, &audience, self.custody.name(), now)
            .ok_or_else(|| Failure::cannot("keys.key_set_signer: the key has no public half"))?;
        let stored = key.stored().clone();
        // If this fails the order stays, and the next call destroys what was made under it.
        let fulfill = elsewhere.then_some(KeyChange::Fulfill(label));
        apply(std::iter::once(key.into_insert()).chain(fulfill).collect()).await?;
        Ok(stored)
    }
}

/// Whether `key` is the one that the root names so.
fn is(key: &StoredKey, named: &VerifyingKey) -> bool {
    VerifyingKey::from_jwk(key.public.as_bytes()).is_ok_and(|public| {
        public.thumbprint() == named.thumbprint() && public.key_id() == named.key_id()
    })
}

fn place() -> Result<Audience, Failure> {
    Audience::new(SIGNER_KEYS).map_err(|error| Failure::because("keys.key_set_signer", &error))
}

fn named(path: &std::path::Path) -> String {
    format!("keys.delegation: {}", path.display())
}

fn wrong(why: &dyn std::fmt::Display) -> Failure {
    Failure::cannot(format!("keys.delegation: {why}"))
}
