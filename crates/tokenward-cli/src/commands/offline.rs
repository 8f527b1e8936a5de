//! `keys list` and `keys rotate` where no authority runs: on the store itself.

use std::path::Path;

use tokenward::Algorithm;
use tokenward_keys::{KeyInfo, KeyRing, Request, RotateError};
use tokenward_server::KeySetSigning;
use tokenward_server::admin::api::{PlannedKeys, RotatedKey, RotatedKeys};

use crate::args::{DevCustody, KeysArgs};
use crate::client;
use crate::clock;
use crate::commands::keys;
use crate::config::{self, Config};
use crate::deployment::{Deployment, Opened};
use crate::dev::{DevFile, DevFolder};
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::{self, Output};
use crate::secret::Variables;
use crate::serve;

/// `keys list`.
pub(crate) async fn list(args: &KeysArgs, audience: Option<&str>, output: Output) -> Outcome {
    let now = clock::system().now();
    let mut rows: Vec<KeyInfo> = Vec::new();
    let opened = existing(args).await?.open().await?;
    for ring in chosen(&opened, audience)? {
        // What custody cannot open is listed all the same; only the store must be readable.
        if let Err(error) = ring.refresh(now).await
            && ring.list().is_empty()
        {
            return Err(Failure::because("the store", &error));
        }
        rows.extend(ring.list().iter().cloned());
        let former = opened.former(ring.audience()).info(now).await;
        rows.extend(former.map_err(|error| Failure::because("the store", &error))?);
    }
    if let Some(key) = opened.signer_that_waits().await {
        output::note(KeySetSigning::waits(&key));
    }
    keys::show(&rows, output)
}

/// `keys rotate`.
pub(crate) async fn rotate(
    args: &KeysArgs,
    audience: Option<&str>,
    wait: bool,
    output: Output,
) -> Outcome {
    let mut rotated = Vec::new();
    for ring in rings(args, audience).await? {
        rotated.push(rotate_one(&ring, wait).await?);
    }
    keys::show_rotated(&RotatedKeys { rotated }, output)
}

/// `keys rotate --dry-run`.
pub(crate) async fn dry_run(args: &KeysArgs, audience: Option<&str>, output: Output) -> Outcome {
    let mut planned = Vec::new();
    for ring in chosen(&existing(args).await?.open().await?, audience)? {
        let plan = ring.preview(clock::system().now(), &Request::RotateNow).await;
        let plan = plan.map_err(|error| Failure::because("the keys", &error))?;
        planned.push(PlannedKeys::of(ring.audience(), &plan));
    }
    keys::show_planned(&planned, output)
}

/// `keys signer`.
pub(crate) async fn signer(
    args: &KeysArgs,
    fresh: bool,
    algorithm: Algorithm,
    output: Output,
) -> Outcome {
    let key = deployment(args).await?.open().await?.signer_key(fresh, algorithm).await?;
    output.json(&key)?;
    Ok(GOOD)
}

async fn rotate_one(ring: &KeyRing, wait: bool) -> Result<RotatedKey, Failure> {
    loop {
        match ring.rotate(clock::system().now()).await {
            Ok(done) => {
                let mut steps = Vec::new();
                steps.extend(done.retired.map(|kid| format!("{kid} signs no more")));
                steps.extend(done.standby.map(|kid| format!("{kid} signs next")));
                return Ok(RotatedKey {
                    audience: ring.audience().as_str().to_owned(),
                    active: Some(done.active.as_str().to_owned()),
                    steps,
                });
            }
            Err(RotateError::NotRipe(not_ripe)) if wait => keys::wait_until(not_ripe.until).await,
            Err(RotateError::NotRipe(not_ripe)) => return Err(keys::not_ripe(not_ripe.until)),
            Err(error) => return Err(Failure::because("the keys", &error)),
        }
    }
}

/// A deployment that has a store: whoever only looks makes none.
async fn existing(args: &KeysArgs) -> Result<Deployment, Failure> {
    let deployment = deployment(args).await?;
    if deployment.has_store() {
        return Ok(deployment);
    }
    Err(Failure::cannot(
        "store.url: there is no store yet; `tokenward init` or the first start makes one",
    ))
}

async fn rings(args: &KeysArgs, audience: Option<&str>) -> Result<Vec<KeyRing>, Failure> {
    chosen(&deployment(args).await?.open().await?, audience)
}

/// The key ring of the audience that was named, or of all.
fn chosen(opened: &Opened, audience: Option<&str>) -> Result<Vec<KeyRing>, Failure> {
    let rings = opened.rings()?;
    let Some(wanted) = audience else { return Ok(rings) };
    let rings: Vec<_> =
        rings.into_iter().filter(|ring| ring.audience().as_str() == wanted).collect();
    if rings.is_empty() {
        return Err(Failure::cannot(format!("--audience: there is no audience `{wanted}`")));
    }
    Ok(rings)
}

/// What stands in the data folder: a configuration, or what `serve --dev` left.
async fn deployment(args: &KeysArgs) -> Result<Deployment, Failure> {
    let data = client::data_dir(args.admin.data.as_deref());
    let path = args.config.clone().unwrap_or_else(|| data.join("tokenward.toml"));
    if args.config.is_some() || path.exists() {
        let config = Config::load(&path).map_err(|problems| config::refusal(&problems))?;
        let data = serve::data_of(&config, args.admin.data.as_deref());
        return Deployment::of_config(&config, &data, &Variables::of_process()).await;
    }
    if !data.join("dev.json").exists() {
        return Err(nothing_there(&data));
    }
    let folder = DevFolder::open(&data)?;
    let earlier = folder.earlier()?;
    let port = earlier.as_ref().and_then(DevFile::port);
    let port = port.ok_or_else(|| nothing_there(&data))?;
    let (secrets, now) = (DevFolder::secrets(earlier.as_ref()), clock::system().now());
    // Nobody answers a page here, so where the demo would be does not matter.
    let demo = earlier.as_ref().and_then(DevFile::demo_port).unwrap_or(port);
    Deployment::dev(&folder, (port, demo), &secrets, DevCustody::default(), now)
}

fn nothing_there(data: &Path) -> Failure {
    Failure::cannot(format!(
        "no authority runs on {0}, and {0} holds neither tokenward.toml nor dev.json; name the folder with --data",
        data.display()
    ))
}
