//! `tokenward services`.

use tokenward::UnixTime;
use tokenward_server::admin::api::{
    AddService, NewSecret, Proof, RotateSecret, ServiceInfo, SetProof,
};

use crate::args::{ProofArgs, ServicesArgs, ServicesCommand};
use crate::client::{self, AdminClient};
use crate::commands::date;
use crate::failure::{Failure, GOOD, Outcome};
use crate::files;
use crate::output::{self, Output};
use crate::serve;

/// Runs the command.
pub(crate) async fn run(mut args: ServicesArgs, output: Output) -> Outcome {
    if let (Some(config), None) = (&args.config, &args.admin.data) {
        args.admin.data = Some(serve::folder_of(config));
    }
    let client = AdminClient::need(&args.admin).await?;
    match args.command {
        ServicesCommand::Add { name, may, audience, scope, public, proof, lifetime } => {
            let request = AddService {
                name: name.as_str().to_owned(),
                may,
                audiences: audience.iter().map(|name| name.as_str().to_owned()).collect(),
                scopes: scope,
                public,
                proof: asked(proof)?,
                lifetime_seconds: lifetime.map(|lifetime| lifetime.as_secs()),
            };
            let made = client.post("/admin/v1/services", &request).await.map_err(Failure::from)?;
            show_secret(&made, output)
        }
        ServicesCommand::List => list(&client, output).await,
        ServicesCommand::RotateKey { name, proof, overlap } => {
            let path = format!("/admin/v1/services/{}/proof", client::segment(name.as_str()));
            let request = SetProof { proof: asked(proof)?, overlap_seconds: overlap.as_secs() };
            client.send(&path, &request).await.map_err(Failure::from)?;
            output::note(format!("{name} proves itself by that from now on"));
            Ok(GOOD)
        }
        ServicesCommand::RotateSecret { name, overlap, lifetime } => {
            let path = format!("/admin/v1/services/{}/secret", client::segment(name.as_str()));
            let request = RotateSecret {
                overlap_seconds: overlap.as_secs(),
                lifetime_seconds: lifetime.map(|lifetime| lifetime.as_secs()),
            };
            let made = client.post(&path, &request).await.map_err(Failure::from)?;
            show_secret(&made, output)
        }
        ServicesCommand::Remove { name } => {
            let path = format!("/admin/v1/services/{}", client::segment(name.as_str()));
            client.delete(&path).await.map_err(Failure::from)?;
            output::note(format!("{name} is removed"));
            Ok(GOOD)
        }
    }
}

async fn list(client: &AdminClient, output: Output) -> Outcome {
    let services: Vec<ServiceInfo> =
        client.get("/admin/v1/services").await.map_err(Failure::from)?;
    if output.is_json() {
        output.json(&services)?;
        return Ok(GOOD);
    }
    let rows: Vec<_> = services
        .iter()
        .map(|service| {
            [
                service.name.clone(),
                if service.public { "public".to_owned() } else { service.may.join(" ") },
                service.audiences.join(" "),
                service.scopes.join(" "),
                means(service),
                if service.declared { "config" } else { "command" }.to_owned(),
            ]
        })
        .collect();
    output.table(
        ["NAME", "MAY", "AUDIENCES", "SCOPES", "PROVES ITSELF BY", "FROM"],
        &rows,
        "no services",
    )?;
    Ok(GOOD)
}

/// What a service proves itself by, in a few words.
fn means(service: &ServiceInfo) -> String {
    let used = service.secret_times.iter().filter_map(|secret| secret.last_used_at).max();
    let used = used.map(|at| format!(", used {}", date(UnixTime::from_secs(at))));
    let secrets = match service.secrets {
        0 => None,
        1 => Some("1 secret".to_owned()),
        more => Some(format!("{more} secrets")),
    };
    let secrets = secrets.map(|secrets| secrets + &used.unwrap_or_default());
    let all: Vec<_> = service.auth_method.iter().cloned().chain(secrets).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}

/// What stands behind the options, with the file read.
fn asked(args: ProofArgs) -> Result<Proof, Failure> {
    let ProofArgs { jwks, jwks_uri, certificate, spiffe } = args;
    let jwks = jwks.map(|path| {
        let text = files::read_or_stdin(&path)?;
        // What is no public key is told by the authority, which repeats none of it.
        String::from_utf8(text.to_vec())
            .map_err(|_| Failure::cannot(format!("{}: no JWK, and no JWK set", path.display())))
    });
    Ok(Proof { jwks: jwks.transpose()?, jwks_uri, certificate, spiffe })
}

fn show_secret(made: &NewSecret, output: Output) -> Outcome {
    if output.is_json() {
        output.json(made)?;
        return Ok(GOOD);
    }
    output.line(format!("client_id     {}", made.client_id))?;
    if let Some(secret) = &made.client_secret {
        output.line(format!("client_secret {secret}"))?;
        output::note("The secret is shown this once; only its hash is kept.");
    }
    Ok(GOOD)
}
