//! `tokenward root …`.

use tokenward::Algorithm;

use super::{Args, Duration, IssuerId, PathBuf, Subcommand, duration_arg};

/// `tokenward root`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward root init --keys 3 --threshold 2 --out root")]
pub(crate) struct RootArgs {
    #[command(subcommand)]
    pub(crate) command: RootCommand,
}

/// What to do with an offline root. None of it needs a network, an authority or a config.
#[derive(Debug, Subcommand)]
pub(crate) enum RootCommand {
    /// Make a root: all its keys here, or of keys that their holders made
    Init(RootInitArgs),
    /// Make one root key, for a holder who keeps it; print its public half
    #[command(after_help = "Example: tokenward root key --out root-key.pem > alice.jwk")]
    Key {
        /// The file for the private half; it must not exist
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Say who may sign key sets, of which issuers and algorithms, and until when
    Delegate(RootDelegateArgs),
    /// Make the next root, signed by the holders of this one and of the next
    Rotate(RootRotateArgs),
    /// Add the signature of one holder to a file
    #[command(after_help = "Example: tokenward root sign --key root-key.pem delegation.json")]
    Sign {
        /// The root key of the holder
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The file to sign, which is replaced
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Ask nothing, on a terminal too
        #[arg(long)]
        yes: bool,
    },
    /// Show what a file says and who has signed it
    #[command(after_help = "Example: tokenward root show delegation.json")]
    Show {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// `tokenward root init`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward root init --keys 3 --threshold 2 --out root\n  tokenward root init --public alice.jwk --public bob.jwk --threshold 2 --out root   (then: root sign)"
)]
#[command(group = clap::ArgGroup::new("whose").required(true))]
pub(crate) struct RootInitArgs {
    /// Make so many keys here, and sign with all of them
    #[arg(long, value_name = "NUMBER", group = "whose")]
    pub(crate) keys: Option<usize>,
    /// The public half of a key that its holder made with `root key`
    #[arg(long, value_name = "FILE", group = "whose")]
    pub(crate) public: Vec<PathBuf>,
    /// How many of the keys must sign
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threshold: usize,
    /// For how long the root counts
    #[arg(long = "for", value_name = "DURATION", default_value = "365d", value_parser = duration_arg)]
    pub(crate) lifetime: Duration,
    /// The folder for root.json and the keys; made if it does not exist
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// `tokenward root delegate`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: tokenward root delegate --root root/root.json --signer signer.jwk \\\n  --issuer https://auth.example.com/audiences/billing-api --key root/root-key-1.pem --key root/root-key-2.pem \\\n  --out delegation.json"
)]
pub(crate) struct RootDelegateArgs {
    /// The root's file
    #[arg(long, value_name = "FILE")]
    pub(crate) root: PathBuf,
    /// The public key of the signer, as `keys signer` prints it
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: PathBuf,
    /// An issuer whose key sets it may sign: the authority's URL and /audiences/NAME
    #[arg(long = "issuer", value_name = "URL", required = true)]
    pub(crate) issuers: Vec<IssuerId>,
    /// What the keys in the sets may be for
    #[arg(long = "algorithm", value_name = "ALG", default_value = "ES256")]
    pub(crate) algorithms: Vec<Algorithm>,
    /// For how long
    #[arg(long = "for", value_name = "DURATION", default_value = "90d", value_parser = duration_arg)]
    pub(crate) lifetime: Duration,
    /// A root key that signs now; other holders use `root sign`
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// The file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// `tokenward root rotate`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: tokenward root rotate --root root/root.json --public alice.jwk --public carol.jwk --threshold 2 \\\n  --key alice.pem --out root-2.json"
)]
pub(crate) struct RootRotateArgs {
    /// The file of the root that ends
    #[arg(long, value_name = "FILE")]
    pub(crate) root: PathBuf,
    /// The public half of a key of the next root
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) public: Vec<PathBuf>,
    /// How many of the keys must sign
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threshold: usize,
    /// For how long the root counts
    #[arg(long = "for", value_name = "DURATION", default_value = "365d", value_parser = duration_arg)]
    pub(crate) lifetime: Duration,
    /// A root key, old or new, that signs now; other holders use `root sign`
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// The file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
