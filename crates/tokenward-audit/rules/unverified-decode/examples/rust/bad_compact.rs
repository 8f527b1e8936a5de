use jwt_compact::UntrustedToken;

async fn me(request: HttpRequest, users: Users) -> Result<User, Error> {
    let header = request.headers().get("authorization").ok_or(Error::Missing)?;
    let token = UntrustedToken::new(header)?;
    let claims = token.deserialize_claims_unchecked::<Claims>()?; // finding: uncertain
    users.find(&claims.custom.sub).await
}
