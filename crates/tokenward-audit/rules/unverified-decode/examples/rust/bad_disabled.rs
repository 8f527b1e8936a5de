use axum::http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn current_user(headers: &HeaderMap) -> Option<String> {
    let token = headers.get("authorization")?.to_str().ok()?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.insecure_disable_signature_validation();
    let data = decode::<Claims>(token, &DecodingKey::from_secret(&[]), &validation).ok()?; // finding: high
    Some(data.claims.sub)
}
