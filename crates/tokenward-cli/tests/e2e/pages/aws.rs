//! The page of the custodies in AWS, against an emulator of AWS.

use std::fs;
use std::ops::Deref;
use std::process::Command;

use serde_json::{Value, json};

use super::remote::Site;
use crate::harness::{Session, write_private};
use crate::markdown::{root, tested};
use crate::process::{Process, run};
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn an_authority_whose_keys_are_in_kms_checks_starts_and_signs() {
    starts_signs_and_starts_again(KMS).await;
}

#[tokio::test]
async fn an_authority_whose_keys_are_secrets_of_aws_checks_starts_and_signs() {
    starts_signs_and_starts_again(SECRETS).await;
}

async fn starts_signs_and_starts_again(blocks: [&str; 4]) {
    let world = World::new(blocks).await;
    let said = world.shell.run(&world.check()).await;
    assert!(said.ends_with("tokenward.toml: good\n"), "{said}");

    let mut authority = world.serve().await;
    let secret = world.service_secret().await;
    let session = Session::of(&world.ask_for_a_session(&secret).await.expect(201));
    assert!(session.key_id().starts_with("prod-"), "{}", session.key_id());
    authority.terminate();
    assert!(authority.ended().await.success());

    let _authority = world.serve().await;
    let again = Session::of(&world.ask_for_a_session(&secret).await.expect(201));
    assert_eq!(again.key_id(), session.key_id());
}

#[tokio::test]
async fn check_finds_what_is_wrong_with_aws_before_serve_does() {
    let world = World::new(KMS).await;
    drop(world.serve().await);
    let good = fs::read_to_string(world.shell.path("etc/tokenward.toml")).unwrap();
    let region = "region = \"eu-central-1\"";
    let endpoint = format!("endpoint = \"{}\"", world.aws);
    let key = format!("{region}\n{WRONG_KEY}");
    write_private(&world.shell.path("etc/aws-secret"), "nobodys-secret");
    for (old, new, said) in [
        (
            endpoint.as_str(),
            "endpoint = \"http://127.0.0.1:1\"",
            "look at keys.aws.region, keys.aws.endpoint and the network",
        ),
        (region, "region = \"eu-west-1\"", "it is in eu-central-1: restore keys.aws.region"),
        (
            "environment = \"prod\"",
            "environment = \"test\"",
            "the store belongs to environment \"prod\"; restore `environment`",
        ),
        (region, &key, "AWS does not know the access key in keys.aws.access_key_id"),
        (region, &key.replace("aws-secret\"", "nowhere\""), "keys.aws.secret_access_key: "),
    ] {
        assert!(good.contains(old), "{old}");
        world.refuses(&good.replace(old, new), said).await;
    }
    world.faults("clock", &json!({ "ahead": 3_600 })).await;
    world.refuses(&good, "AWS refuses the time of our requests").await;
    world.faults("clock", &json!({ "ahead": 0 })).await;
    let denied = json!({ "action": "kms:Sign", "mode": "status", "status": 400, "code": "AccessDeniedException" });
    world.faults("fault", &denied).await;
    world.refuses(&good, "AWS denies kms:Sign: grant it in the policy (docs/custody-aws.md)").await;
}

#[tokio::test]
async fn a_store_moves_its_key_encryption_key_into_kms_and_back_and_signs_while_that_is_gone() {
    let mut kek = Kek::new().await;
    let to = |name: &str| format!("{REWRAP} /etc/tokenward/{name}.toml");
    for (new, old) in [("aws", "file"), ("file", "aws"), ("aws", "file")] {
        let said = kek.world.shell.run(&to(new)).await;
        assert!(said.contains("and under no other"), "{said}");
        let said = kek.world.shell.run(&format!("{CHECK}{new}.toml")).await;
        assert!(said.ends_with(&format!("{new}.toml: good\n")), "{said}");
        let refused = kek.world.shell.try_run(&format!("{CHECK}{old}.toml")).await;
        assert!(!refused.status.success());
        fs::copy(
            kek.world.shell.path(&format!("etc/{new}.toml")),
            kek.world.shell.path("etc/tokenward.toml"),
        )
        .unwrap();
    }

    let mut authority = kek.world.serve().await;
    let secret = kek.world.service_secret().await;
    kek.world.ask_for_a_session(&secret).await.expect(201);
    kek.world.emulator.kill();
    kek.world.ask_for_a_session(&secret).await.expect(201);
    authority.terminate();
    assert!(authority.ended().await.success());

    let stopped = run(&mut kek.world.command()).await;
    let said = String::from_utf8(stopped.stderr).unwrap();
    let line = "keys.aws_key: the key of the store could not be opened: http://127.0.0.1:";
    assert!(!stopped.status.success() && said.contains(line), "{said}");
    assert!(said.contains("look at keys.aws.region, keys.aws.endpoint and the network"), "{said}");
}

#[tokio::test]
async fn check_finds_what_is_wrong_with_a_key_encryption_key_in_kms_before_serve_does() {
    let kek = Kek::new().await;
    kek.world.shell.run(&format!("{REWRAP} /etc/tokenward/aws.toml")).await;
    let good = fs::read_to_string(kek.world.shell.path("etc/aws.toml")).unwrap();
    let policy = kek.world.shell.path("tokenward-store.json");
    let policy = fs::read_to_string(policy).unwrap();
    let arn = async |make: &str| {
        let said = kek.world.aws(&format!("{make} --description prod-x")).await;
        said["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
    };
    let asymmetric =
        arn("aws kms create-key --key-spec RSA_2048 --key-usage ENCRYPT_DECRYPT").await;
    let other = arn("aws kms create-key").await;
    let wide = policy.replace(&kek.arn, "*");
    kek.world.aws(DETACH).await;
    kek.world.set_policy(&wide).await;
    let endpoint = format!("endpoint = \"{}\"", kek.world.aws);
    for (old, new, said) in [
        (&kek.arn, &asymmetric, "is of spec RSA_2048 for ENCRYPT_DECRYPT, not SYMMETRIC_DEFAULT"),
        (
            &endpoint,
            &"endpoint = \"http://127.0.0.1:1\"".to_owned(),
            "look at keys.aws.region, keys.aws.endpoint and the network",
        ),
        (&kek.arn, &format!("{}0", kek.arn), "0 is not there: correct its name"),
    ] {
        kek.refuses(&good.replace(old.as_str(), new), said).await;
    }
    // The emulator opens what another key wrapped; AWS says this.
    let refused = json!({ "action": "kms:Decrypt", "mode": "status", "status": 400, "code": "IncorrectKeyException" });
    kek.world.faults("fault", &refused).await;
    let sealed =
        "keys.aws_key: the store was sealed under another; use the one that it was made with";
    kek.world.refuses(&good.replace(&kek.arn, &other), sealed).await;
    // One that answers with another secret is found out by the store.
    kek.world.faults("fault", &json!({ "action": "kms:Decrypt", "mode": "other_secret" })).await;
    kek.world.refuses(&good, "store.url: the key of the store is damaged; restore a backup").await;
    for action in ["kms:DescribeKey", "kms:Decrypt"] {
        kek.world.set_policy(&wide.replace(action, "kms:Nothing")).await;
        let denied = format!("AWS denies {action}: grant it in the policy (docs/custody-aws.md)");
        kek.refuses(&good, &denied).await;
    }
    kek.world.set_policy(&policy).await;
    kek.world.aws(&format!("aws kms disable-key --key-id {}", kek.arn)).await;
    kek.refuses(&good, "is disabled: `aws kms enable-key --key-id arn:aws:kms:").await;
}

/// An authority with keys in its store, and a KMS key for it, set up as the page says: `file.toml` has its
/// key-encryption key in a file, `aws.toml` in KMS.
struct Kek {
    world: World,
    arn: String,
}

impl Kek {
    async fn new() -> Self {
        let world = World::new(KMS).await;
        let text = fs::read_to_string(world.shell.path("etc/tokenward.toml")).unwrap();
        let (keys, aws) = text.split_once("[keys.aws]").unwrap();
        let file = keys.replace("\"aws-kms\"", "\"sealed\"");
        let made = world.aws(&tested("aws-kek-key")).await;
        let arn = made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
        let id = arn.rsplit('/').next().unwrap();
        let policy = tested("aws-kek-policy").replace("KEY_ID", id);
        world.shell.write("tokenward-store.json", &policy);
        world.aws(&tested("aws-kek-setup")).await;
        let key_file = file.lines().find(|line| line.starts_with("key_file")).unwrap();
        let settings = tested("aws-kek-config").replace("KEY_ID", id);
        let in_kms = file.replace(key_file, settings.trim_start_matches("[keys]\n"));
        world.shell.write("etc/file.toml", &file);
        world.shell.write("etc/tokenward.toml", &file);
        world.shell.write("etc/aws.toml", &format!("{in_kms}\n[keys.aws]{aws}"));
        world.shell.run(&world.check()).await;
        Self { world, arn }
    }

    /// `check` finds one thing wrong with the key of `config`.
    async fn refuses(&self, config: &str, why: &str) {
        self.world.refuses(config, why).await;
        let said = self.world.shell.try_run(&self.world.check()).await;
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.starts_with("keys.aws_key: "), "{said}");
    }
}

const DETACH: &str = "aws iam detach-role-policy --role-name tokenward --policy-arn arn:aws:iam::111122223333:policy/tokenward-store";
const CHECK: &str = "tokenward check --config /etc/tokenward/";
const REWRAP: &str = "tokenward keys rewrap --config /etc/tokenward/tokenward.toml --to-config";

const KMS: [&str; 4] = ["tokenward-kms.json", "aws-kms-policy", "aws-kms-setup", "aws-kms-config"];
const SECRETS: [&str; 4] =
    ["tokenward-secrets.json", "aws-secrets-policy", "aws-secrets-setup", "aws-secrets-config"];

const WRONG_KEY: &str = "access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n\
                         secret_access_key = { file = \"aws-secret\" }";

/// An AWS set up as the page says, and an authority that is configured for it.
struct World {
    site: Site,
    aws: String,
    emulator: Process,
}

impl World {
    /// A file, and the blocks of the page: the policy that the file holds, the commands, the settings.
    async fn new([file, policy, setup, config]: [&str; 4]) -> Self {
        let folder = root().join("interop/aws");
        let mut command = Command::new(python_program());
        let mut emulator = Process::spawn("aws", command.arg(folder.join("server.py")));
        let aws = emulator.ready().await;
        let shell = Shell::new();
        let etc = shell.path("etc").display().to_string();
        let shell = shell
            .replacing("/etc/tokenward", &etc)
            .replacing("111122223333", "000000000000")
            .env("PYTHON", python_program().to_str().unwrap())
            .env("AWS", folder.join("aws").to_str().unwrap())
            .env("AWS_ENDPOINT_URL", &aws);
        fs::create_dir(shell.path("etc")).unwrap();
        shell.write(file, &tested(policy));
        let shell = with_role(shell, &tested(setup)).await;
        let keys = format!("{}\nendpoint = \"{aws}\"\n", tested(config));
        Self { site: Site::new(shell, "aws-start", &keys), aws, emulator }
    }

    /// What the administrator's commands print last.
    async fn aws(&self, commands: &str) -> Value {
        let said = self.shell.run(&format!("{AWS}\n{commands}")).await;
        serde_json::from_str(said.lines().last().unwrap()).unwrap()
    }

    /// Another version of the policy of the page on key-encryption keys.
    async fn set_policy(&self, policy: &str) {
        self.shell.write("tokenward-other.json", policy);
        self.aws("aws iam put-role-policy --role-name tokenward --policy-name tokenward-store --policy-document file://tokenward-other.json").await;
    }

    async fn faults(&self, name: &str, body: &Value) {
        let url = format!("{}/_faults/{name}", self.aws);
        self.shell.run(&format!("curl -sSf -X POST -d '{body}' '{url}'")).await;
    }
}

impl Deref for World {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

/// Runs the commands of the page, and becomes the role that they are about.
async fn with_role(shell: Shell, setup: &str) -> Shell {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "AWS": "arn:aws:iam::000000000000:root" },
    }] });
    shell.write("trust.json", &trust.to_string());
    let make =
        "aws iam create-role --role-name tokenward --assume-role-policy-document file://trust.json";
    let assume = "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/tokenward --role-session-name test";
    let said = shell.run(&format!("{AWS}\n{make} >&2\n{setup}\n{assume}")).await;
    let answer: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    let part = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    shell
        .env("AWS_ACCESS_KEY_ID", part("AccessKeyId"))
        .env("AWS_SECRET_ACCESS_KEY", part("SecretAccessKey"))
        .env("AWS_SESSION_TOKEN", part("SessionToken"))
}

const AWS: &str = "aws() { \"$PYTHON\" \"$AWS\" \"$@\"; }";
