use jsonwebtoken::Algorithm;

const JWT_KEY: &str = "jwt";

fn label() -> Hmac {
    Hmac::from_secret("label")
}
