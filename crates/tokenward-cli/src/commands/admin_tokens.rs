//! `tokenward admin-tokens`.

use tokenward::UnixTime;
use tokenward_server::admin::api::{AddAdminToken, AdminTokenInfo, NewAdminToken};

use crate::args::{AdminTokensArgs, AdminTokensCommand};
use crate::client::{self, AdminClient};
use crate::commands::date;
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::{self, Output};

/// Runs the command.
pub(crate) async fn run(args: AdminTokensArgs, output: Output) -> Outcome {
    let client = AdminClient::need(&args.admin).await?;
    match args.command {
        AdminTokensCommand::Add { label, scope, lifetime } => {
            let request =
                AddAdminToken { label, scopes: scope, lifetime_seconds: lifetime.as_secs() };
            let made: NewAdminToken =
                client.post("/admin/v1/admin-tokens", &request).await.map_err(Failure::from)?;
            output.either(&made, &made.token)?;
            if !output.is_json() {
                output::note(format!(
                    "Set it as TOKENWARD_ADMIN_TOKEN; it is shown this once and ends at {}.",
                    date(UnixTime::from_secs(made.ends_at))
                ));
            }
        }
        AdminTokensCommand::List => {
            let tokens: Vec<AdminTokenInfo> =
                client.get("/admin/v1/admin-tokens").await.map_err(Failure::from)?;
            list(&tokens, output)?;
        }
        AdminTokensCommand::Remove { label } => {
            let path = format!("/admin/v1/admin-tokens/{}", client::segment(&label));
            client.delete(&path).await.map_err(Failure::from)?;
            output::note(format!("{label} is removed"));
        }
    }
    Ok(GOOD)
}

fn list(tokens: &[AdminTokenInfo], output: Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&tokens);
    }
    let rows: Vec<_> = tokens
        .iter()
        .map(|token| {
            [
                token.label.clone(),
                token.scopes.join(" "),
                date(UnixTime::from_secs(token.created_at)),
                date(UnixTime::from_secs(token.ends_at)),
            ]
        })
        .collect();
    output.table(["LABEL", "SCOPES", "MADE", "ENDS"], &rows, "no tokens")
}
