//! What others find in the authority who know `docs/openapi.json`.

use crate::harness::Authority;
use crate::markdown::root;
use crate::shell::{Shell, schemathesis};

#[tokio::test]
async fn whatever_the_document_allows_and_forbids_is_answered_as_it_says() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority)
        .env("SCHEMATHESIS", schemathesis().to_str().unwrap())
        .env("DOCUMENT", root().join("docs/openapi.json").to_str().unwrap())
        .env("URL", &authority.dev.base_url)
        .env("CA", authority.dev.ca_file.to_str().unwrap())
        .env("CLIENT", format!("{}:{}", authority.dev.client_id, authority.dev.client_secret));

    // The feed never ends. That good data is taken cannot be asked for: which claims, scopes and clients are
    // good is for each deployment to say.
    shell
        .run(
            "\"$SCHEMATHESIS\" run \"$DOCUMENT\" --url \"$URL\" --tls-verify \"$CA\" --auth \"$CLIENT\" \\
               --phases coverage,fuzzing --max-examples 10 --seed 1 --no-color --warnings off \\
               --exclude-path-regex '/feed$' --exclude-checks positive_data_acceptance >&2",
        )
        .await;
}
