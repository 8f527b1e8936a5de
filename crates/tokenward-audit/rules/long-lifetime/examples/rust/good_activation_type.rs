use chrono::{Duration, Utc};
use jsonwebtoken::{EncodingKey, Header, encode};

pub fn register(user: &User, key: &EncodingKey, mailer: &Mailer) -> Result<(), Error> {
    let claims = Claims {
        exp: (Utc::now() + Duration::days(30)).timestamp() as usize,
        sub: user.id,
        token_type: "activation".to_owned(),
    };
    let link = encode(&Header::default(), &claims, key)?;
    mailer.send(&user.address, &link)
}
