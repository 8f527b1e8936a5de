use jsonwebtoken::dangerous::insecure_decode;

async fn me(request: HttpRequest, users: Users) -> Result<User, Error> {
    let header = request.headers().get("authorization").ok_or(Error::Missing)?;
    let claims = insecure_decode::<Claims>(header)?.claims; // finding
    users.find(&claims.sub).await
}
