//! The page of the custodies in AWS, against an emulator of AWS.

use std::fs;
use std::ops::Deref;
use std::process::Command;

use serde_json::{Value, json};

use super::remote::Site;
use crate::harness::{Session, write_private};
use crate::markdown::{root, tested};
use crate::process::Process;
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

const KMS: [&str; 4] = ["tokenward-kms.json", "aws-kms-policy", "aws-kms-setup", "aws-kms-config"];
const SECRETS: [&str; 4] =
    ["tokenward-secrets.json", "aws-secrets-policy", "aws-secrets-setup", "aws-secrets-config"];

const WRONG_KEY: &str = "access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n\
                         secret_access_key = { file = \"aws-secret\" }";

/// An AWS set up as the page says, and an authority that is configured for it.
struct World {
    site: Site,
    aws: String,
    _aws: Process,
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
        Self { site: Site::new(shell, "aws-start", &keys), aws, _aws: emulator }
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
    let aws = "aws() { \"$PYTHON\" \"$AWS\" \"$@\"; }";
    let said = shell.run(&format!("{aws}\n{make} >&2\n{setup}\n{assume}")).await;
    let answer: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    let part = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    shell
        .env("AWS_ACCESS_KEY_ID", part("AccessKeyId"))
        .env("AWS_SECRET_ACCESS_KEY", part("SecretAccessKey"))
        .env("AWS_SESSION_TOKEN", part("SessionToken"))
}
