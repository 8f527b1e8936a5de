//! `tokenward services`.

use tokenward_server::admin::api::{AddService, NewSecret, RotateSecret, ServiceInfo};

use crate::args::{ServicesArgs, ServicesCommand};
use crate::client::{self, AdminClient};
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::{self, Output};

/// Runs the command.
pub(crate) async fn run(args: ServicesArgs, output: Output) -> Outcome {
    let client = AdminClient::need(&args.admin).await?;
    match args.command {
        ServicesCommand::Add { name, may, audience, scope, public } => {
            let request = AddService {
                name: name.as_str().to_owned(),
                may,
                audiences: audience.iter().map(|name| name.as_str().to_owned()).collect(),
                scopes: scope,
                public,
            };
            let made = client.post("/admin/v1/services", &request).await.map_err(Failure::from)?;
            show_secret(&made, output)
        }
        ServicesCommand::List => list(&client, output).await,
        ServicesCommand::RotateSecret { name, overlap } => {
            let path = format!("/admin/v1/services/{}/secret", client::segment(name.as_str()));
            let request = RotateSecret { overlap_seconds: overlap.as_secs() };
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
                service.secrets.to_string(),
                if service.declared { "config" } else { "command" }.to_owned(),
            ]
        })
        .collect();
    output.table(
        ["NAME", "MAY", "AUDIENCES", "SCOPES", "SECRETS", "FROM"],
        &rows,
        "no services",
    )?;
    Ok(GOOD)
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
