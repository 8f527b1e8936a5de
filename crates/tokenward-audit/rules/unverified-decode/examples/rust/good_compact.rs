use jwt_compact::{alg::Es256, AlgorithmExt, UntrustedToken};

async fn me(request: HttpRequest, users: Users, key: &VerifyingKey) -> Result<User, Error> {
    let header = request.headers().get("authorization").ok_or(Error::Missing)?;
    let token = UntrustedToken::new(header)?;
    let verified = Es256.validator::<Claims>(key).validate(&token)?;
    users.find(&verified.claims().custom.sub).await
}
