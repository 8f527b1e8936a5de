//! `tokenward root`: the offline root. It works with files alone: no network, no config, no store.
//!
//! **Invariant:** nothing that exists is overwritten, but for the file to which `sign` adds a signature.

use std::path::Path;

use serde_json::{Value, json};
use tokenward::root::{Delegation, NewDelegation, NewRoot, Root, RootChain, RootError, Signatures};
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey, VerifyingKey};

use crate::args::{RootCommand, RootDelegateArgs, RootInitArgs, RootRotateArgs};
use crate::clock;
use crate::commands::date;
use crate::failure::{Failure, GOOD, Outcome};
use crate::files;
use crate::output::{self, Output};

/// Runs the command.
pub(crate) fn run(command: &RootCommand, output: Output) -> Outcome {
    match command {
        RootCommand::Init(args) => init(args, output),
        RootCommand::Key { out } => make_key(out, output),
        RootCommand::Delegate(args) => delegate(args, output),
        RootCommand::Rotate(args) => rotate(args, output),
        RootCommand::Sign { key, file, yes } => sign(key, file, *yes, output),
        RootCommand::Show { file } => show(file, output),
    }
}

fn init(args: &RootInitArgs, output: Output) -> Outcome {
    let made: Vec<SigningKey> =
        (0..args.keys.unwrap_or(0).min(MOST)).map(|_| SigningKey::generate(ROOT)).collect();
    let mut keys: Vec<_> = made.iter().map(|key| key.verifying_key().clone()).collect();
    for path in &args.public {
        keys.push(public_key(path)?);
    }
    let file = args.out.join("root.json");
    let paths: Vec<_> =
        (1..=made.len()).map(|number| args.out.join(format!("root-key-{number}.pem"))).collect();
    // Before anything is written: half a root beside an older one would be neither.
    for path in paths.iter().chain([&file]) {
        must_be_new(path)?;
    }
    let new = NewRoot {
        threshold: args.threshold,
        keys,
        issued_at: clock::system().now(),
        lifetime: args.lifetime,
    };
    let mut chain = RootChain::init(&new).map_err(|error| refused("the root", &error))?;
    for key in &made {
        chain.sign(key).map_err(|error| Failure::because("the root", &error))?;
    }
    files::create_dir(&args.out)?;
    for (key, path) in made.iter().zip(&paths) {
        write_key(key, path)?;
    }
    files::create_private(&file, chain.to_json().as_bytes())?;
    for path in &paths {
        output::note(format!(
            "{}: give this key to its holder, and keep no other copy",
            path.display()
        ));
    }
    report(&file, &chain, output)
}

fn make_key(out: &Path, output: Output) -> Outcome {
    must_be_new(out)?;
    let key = SigningKey::generate(ROOT);
    write_key(&key, out)?;
    output.json(&key.verifying_key().to_jwk())?;
    Ok(GOOD)
}

fn delegate(args: &RootDelegateArgs, output: Output) -> Outcome {
    must_be_new(&args.out)?;
    args.issuers.iter().try_for_each(must_be_of_an_audience)?;
    let now = clock::system().now();
    let new = NewDelegation {
        signer: public_key(&args.signer)?,
        issuers: args.issuers.clone(),
        algorithms: args.algorithms.clone(),
        issued_at: now,
        not_before: now,
        lifetime: args.lifetime,
    };
    let chain = read(&args.root)?.delegate(&new);
    let chain = chain.map_err(|error| refused("the delegation", &error))?;
    write_signed(chain, args.keys.iter().map(AsRef::as_ref), &args.out, output)
}

fn rotate(args: &RootRotateArgs, output: Output) -> Outcome {
    must_be_new(&args.out)?;
    let new = NewRoot {
        threshold: args.threshold,
        keys: args.public.iter().map(|path| public_key(path)).collect::<Result<_, _>>()?,
        issued_at: clock::system().now(),
        lifetime: args.lifetime,
    };
    let chain = read(&args.root)?.rotate(&new);
    let chain = chain.map_err(|error| refused("the next root", &error))?;
    write_signed(chain, args.keys.iter().map(AsRef::as_ref), &args.out, output)
}

fn write_signed<'a>(
    mut chain: RootChain,
    keys: impl Iterator<Item = &'a Path>,
    out: &Path,
    output: Output,
) -> Outcome {
    for path in keys {
        let key = root_key(path)?;
        chain.sign(&key).map_err(|error| Failure::because(path.display(), &error))?;
    }
    files::create_private(out, chain.to_json().as_bytes())?;
    report(out, &chain, output)
}

fn sign(key: &Path, file: &Path, yes: bool, output: Output) -> Outcome {
    let mut chain = read(file)?;
    // What is about to be signed, whoever has written it: a holder is to see it.
    if !output.is_json() {
        let shown = Shown::of(&chain).map_err(|error| Failure::because(file.display(), &error))?;
        shown.print(output)?;
        if !yes && !output::agreed("Sign it?")? {
            return Err(Failure::no("nothing was signed"));
        }
    }
    chain.sign(&root_key(key)?).map_err(|error| Failure::because(key.display(), &error))?;
    files::replace_private(file, chain.to_json().as_bytes())?;
    report(file, &chain, output)
}

fn show(file: &Path, output: Output) -> Outcome {
    let chain = read(file)?;
    let shown = Shown::of(&chain).map_err(|error| Failure::because(file.display(), &error))?;
    if output.is_json() {
        output.json(&shown.to_json())?;
        return Ok(GOOD);
    }
    shown.print(output)?;
    output.line(shown.standing())?;
    Ok(GOOD)
}

/// Says what a file that was just written still needs.
fn report(file: &Path, chain: &RootChain, output: Output) -> Outcome {
    let shown = Shown::of(chain).map_err(|error| Failure::because(file.display(), &error))?;
    output.either(&shown.to_json(), format!("{}: {}", file.display(), shown.standing()))?;
    Ok(GOOD)
}

/// What a file says, and who has signed what stands last in it.
struct Shown {
    roots: Vec<Root>,
    delegation: Option<Delegation>,
    /// Of the delegation, or of the last root: by its own keys, and by those of the one before.
    signatures: Vec<Signatures>,
}

impl Shown {
    fn of(chain: &RootChain) -> Result<Self, RootError> {
        let signatures = match chain.delegation_signatures()? {
            Some(signatures) => vec![signatures],
            None => chain.root_signatures()?,
        };
        Ok(Self { roots: chain.roots()?, delegation: chain.delegation()?, signatures })
    }

    /// Every root and the delegation, for people.
    fn print(&self, output: Output) -> Result<(), Failure> {
        for root in &self.roots {
            output.line(format!(
                "root {}: {} of {} keys, until {}",
                root.version(),
                root.threshold(),
                root.keys().len(),
                date(root.expires_at())
            ))?;
            for id in root.keys().iter().filter_map(VerifyingKey::key_id) {
                output.line(format!("  {id}"))?;
            }
        }
        if let Some(delegation) = &self.delegation {
            output.line(format!(
                "delegation: {} ({}) from {} until {}",
                delegation.signer().key_id().map_or("", KeyId::as_str),
                delegation.signer().algorithm(),
                date(delegation.not_before()),
                date(delegation.expires_at())
            ))?;
            let algorithms: Vec<_> =
                delegation.algorithms().iter().map(|one| one.as_str()).collect();
            for issuer in delegation.issuers() {
                output.line(format!("  {issuer}: keys for {}", algorithms.join(", ")))?;
            }
            let made = date(delegation.issued_at());
            output.line(format!("  who pins this file takes no delegation from before {made}"))?;
        }
        Ok(())
    }

    fn is_signed(&self) -> bool {
        self.signatures.iter().all(Signatures::are_enough)
    }

    fn standing(&self) -> String {
        let what = if self.delegation.is_some() { "the delegation" } else { "the root" };
        let by = ["", " of the root before"];
        let counts: Vec<_> = self
            .signatures
            .iter()
            .zip(by)
            .map(|(one, of)| format!("{} of {} signatures{of}", one.by.len(), one.need))
            .collect();
        let counts = counts.join(", ");
        if self.is_signed() {
            format!("{what} is signed ({counts})")
        } else {
            format!("{what} has {counts}; its holders run `tokenward root sign`")
        }
    }

    fn to_json(&self) -> Value {
        let ids = |ids: &[KeyId]| ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
        let root = |root: &Root| {
            let keys: Vec<_> =
                root.keys().iter().filter_map(VerifyingKey::key_id).cloned().collect();
            json!({
                "version": root.version(),
                "threshold": root.threshold(),
                "keys": ids(&keys),
                "expires_at": root.expires_at().as_secs(),
            })
        };
        let delegation = |one: &Delegation| {
            json!({
                "signer": one.signer().key_id().map(KeyId::as_str),
                "algorithms": one.algorithms().iter().map(|one| one.as_str()).collect::<Vec<_>>(),
                "issuers": one.issuers().iter().map(IssuerId::as_str).collect::<Vec<_>>(),
                "issued_at": one.issued_at().as_secs(),
                "not_before": one.not_before().as_secs(),
                "expires_at": one.expires_at().as_secs(),
            })
        };
        let signature = |one: &Signatures| json!({ "by": ids(&one.by), "need": one.need });
        json!({
            "roots": self.roots.iter().map(root).collect::<Vec<_>>(),
            "delegation": self.delegation.as_ref().map(delegation),
            "signatures": self.signatures.iter().map(signature).collect::<Vec<_>>(),
            "signed": self.is_signed(),
        })
    }
}

/// Each audience of an authority is an issuer of its own, and no other has a key set.
fn must_be_of_an_audience(issuer: &IssuerId) -> Result<(), Failure> {
    let name = issuer.as_str().rsplit_once("/audiences/").map(|(_, name)| name);
    if name.is_some_and(|name| Audience::new(name).is_ok() && !name.contains('/')) {
        return Ok(());
    }
    let authority = issuer.as_str().trim_end_matches('/');
    Err(Failure::cannot(format!(
        "--issuer: {issuer} is the issuer of no audience; write {authority}/audiences/NAME"
    )))
}

/// Why `what` was not made, with the option that mends it.
fn refused(what: &str, error: &RootError) -> Failure {
    match error {
        RootError::Lifetime => Failure::because("--for", error),
        RootError::Threshold => Failure::because("--threshold", error),
        _ => Failure::because(what, error),
    }
}

fn read(file: &Path) -> Result<RootChain, Failure> {
    RootChain::parse(&files::read(file)?).map_err(|error| Failure::because(file.display(), &error))
}

fn public_key(path: &Path) -> Result<VerifyingKey, Failure> {
    let key = VerifyingKey::from_jwk(&files::read(path)?)
        .map_err(|error| Failure::because(path.display(), &error))?;
    Ok(key.named_by_thumbprint())
}

fn root_key(path: &Path) -> Result<SigningKey, Failure> {
    let bytes = files::read_private(path)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let key = SigningKey::from_pem(text, Some(ROOT))
        .map_err(|error| Failure::because(path.display(), &error))?;
    Ok(key.named_by_thumbprint())
}

fn write_key(key: &SigningKey, path: &Path) -> Result<(), Failure> {
    let pem = key.to_pkcs8_pem().ok_or_else(|| Failure::cannot("the key cannot be written"))?;
    files::create_private(path, pem.as_bytes())
}

fn must_be_new(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_ok() {
        return Err(Failure::cannot(format!(
            "{}: it exists, and is not overwritten; name another place with --out",
            path.display()
        )));
    }
    Ok(())
}

/// Root keys are for nothing else, so one algorithm is enough.
const ROOT: Algorithm = Algorithm::EdDsa;
/// One more than a root may have, so that the error about it is the root's own.
const MOST: usize = 17;
