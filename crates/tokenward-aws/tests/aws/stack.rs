//! The emulator, started on a port of its own, and what is in it for a test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokenward::{ErrorChain, UnixTime};
use tokenward_aws::{
    Aws, AwsCredentials, AwsKms, AwsOptions, CredentialSource, Endpoint, KeyArn, Kms, Region,
    SecretsManager,
};
use tokenward_keys::StoredKey;
use tokenward_keys::custody::Pulled;
use tokenward_testing::python;

pub(crate) const REGION: &str = "eu-central-1";

/// A running emulator. Dropping it kills it, also while a test panics.
#[derive(Debug)]
pub(crate) struct Stack {
    child: Child,
    pub(crate) address: String,
}

impl Stack {
    /// Starts ministack, with a role `tokenward` that has the policies of the page `docs/custody-aws.md`.
    pub(crate) fn start() -> Self {
        Self::begin(&[]).with_role()
    }

    /// Starts moto with the same role, which it lets do everything.
    pub(crate) fn start_moto() -> Self {
        Self::begin(&["moto"]).with_role()
    }

    fn with_role(self) -> Self {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "AWS": "arn:aws:iam::000000000000:root" },
        }] });
        let role = [("RoleName", "tokenward")];
        self.iam("CreateRole", &[role[0], ("AssumeRolePolicyDocument", &trust.to_string())]);
        for name in POLICIES {
            self.set_policy(name, &policy(name));
        }
        self
    }

    fn begin(arguments: &[&str]) -> Self {
        let mut child = Command::new(python())
            .arg(root().join("interop/aws/server.py"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready on ").unwrap().to_owned();
        Self { child, address }
    }

    /// Gives the role a policy, in place of the one of this name.
    pub(crate) fn set_policy(&self, name: &str, policy: &str) {
        let what = [("RoleName", "tokenward"), ("PolicyName", name), ("PolicyDocument", policy)];
        self.iam("PutRolePolicy", &what);
    }

    /// Fresh credentials of the role.
    pub(crate) fn credentials(&self) -> AwsCredentials {
        let role = ("RoleArn", "arn:aws:iam::000000000000:role/tokenward");
        let answer = self.form("sts", "AssumeRole", &[role, ("RoleSessionName", "test")]);
        let [id, secret, token] =
            ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(|name| element(&answer, name));
        AwsCredentials::new(&id, &secret, Some(&token)).unwrap()
    }

    pub(crate) fn options(&self) -> AwsOptions {
        let mut options = AwsOptions::new(Region::new(REGION).unwrap(), no_roots());
        options.endpoint = Some(Endpoint::new(&self.address).unwrap());
        // Cores that many tests share are no slow AWS.
        options.answer_timeout = Duration::from_secs(30);
        options
    }

    /// A client that is the role.
    pub(crate) fn client(&self) -> Aws {
        let credentials = self.credentials();
        self.client_with(CredentialSource::named(move || Ok(credentials.clone())))
    }

    pub(crate) fn client_with(&self, source: CredentialSource) -> Aws {
        Aws::new(self.options(), source, Arc::new(now))
    }

    pub(crate) fn kms(&self) -> AwsKms {
        AwsKms::new(Kms::new(self.client()), "test")
    }

    /// The administrator makes a key of KMS.
    pub(crate) fn make_key(&self, about: &Value) -> KeyArn {
        let made = self.admin("CreateKey", about);
        KeyArn::new(made["KeyMetadata"]["Arn"].as_str().unwrap()).unwrap()
    }

    pub(crate) fn secrets(&self) -> Pulled<SecretsManager> {
        Pulled::new(self.secrets_manager(), "test")
    }

    pub(crate) fn secrets_manager(&self) -> SecretsManager {
        SecretsManager::new(self.client())
    }

    /// The next `count` calls of `action`, such as `kms:Sign`, go wrong in this `mode`.
    pub(crate) fn fault(&self, action: &str, mode: &str, count: u32) {
        self.fault_with(&json!({ "action": action, "mode": mode, "count": count }));
    }

    pub(crate) fn fault_with(&self, fault: &Value) {
        self.request("/_faults/fault", "", &fault.to_string());
    }

    /// Sets the emulator's clock ahead of ours.
    pub(crate) fn clock_ahead(&self, seconds: i64) {
        self.request("/_faults/clock", "", &json!({ "ahead": seconds }).to_string());
    }

    /// The actions that were called since the last time.
    pub(crate) fn calls(&self) -> Vec<String> {
        let calls: Vec<String> =
            serde_json::from_str(&self.request("/_faults/calls", "", "")).unwrap();
        calls.into_iter().filter(|call| *call != ":").collect()
    }

    /// A call of KMS as the administrator of the account.
    pub(crate) fn admin(&self, operation: &str, body: &Value) -> Value {
        self.json("kms", &format!("TrentService.{operation}"), body)
    }

    /// A call of Secrets Manager as the administrator of the account.
    pub(crate) fn secrets_admin(&self, operation: &str, body: &Value) -> Value {
        self.json("secretsmanager", &format!("secretsmanager.{operation}"), body)
    }

    fn json(&self, service: &str, target: &str, body: &Value) -> Value {
        let headers = format!("{}X-Amz-Target: {target}\r\n", authorization(service));
        let text = self.request("/", &headers, &body.to_string());
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    fn iam(&self, action: &str, members: &[(&str, &str)]) {
        self.form("iam", action, members);
    }

    pub(crate) fn form(&self, service: &str, action: &str, members: &[(&str, &str)]) -> String {
        let common = [("Action", action), ("Version", "2010-05-08")];
        let pairs = common.iter().chain(members);
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.request("/", &format!("{}{kind}", authorization(service)), &form)
    }

    fn request(&self, path: &str, headers: &str, body: &str) -> String {
        let host = self.address.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{path} {headers} {body}");
        body.to_owned()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The ARN of the KMS key of `row`.
pub(crate) fn arn_of(row: &StoredKey) -> String {
    let handle: Value = serde_json::from_slice(row.handle.as_deref().unwrap()).unwrap();
    handle["arn"].as_str().unwrap().to_owned()
}

/// An error as a log shows it.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    ErrorChain::new(error).to_string()
}

/// A policy that the page prints, for the environment and the account of the tests.
pub(crate) fn policy(name: &str) -> String {
    let page = std::fs::read_to_string(root().join("docs/custody-aws.md")).unwrap();
    let (_, rest) = page.split_once(&format!("<!-- test: {name} -->\n```json\n")).unwrap();
    let policy = rest.split_once("```").unwrap().0;
    policy
        .replace("\"prod\"", "\"test\"")
        .replace(":prod-", ":test-")
        .replace("111122223333", "000000000000")
}

#[expect(clippy::disallowed_methods, reason = "the emulator looks at the time of each request")]
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    UnixTime::from_secs(since.as_secs())
}

/// The text of an element of XML.
pub(crate) fn element(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("<{name}>")).unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

/// The administrator's access key, whose signature the emulator does not check.
fn authorization(service: &str) -> String {
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential=test/20261125/{REGION}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0\r\n"
    )
}

/// The emulator speaks plain HTTP on loopback: nobody is trusted.
fn no_roots() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

const POLICIES: [&str; 2] = ["aws-kms-policy", "aws-secrets-policy"];
