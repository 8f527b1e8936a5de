use jsonwebtoken::dangerous::insecure_decode;

async fn callback(request: Request, state: State) -> Result<Session, Error> {
    let token = exchange_code(request.query("code")).await?;
    let claims = insecure_decode::<Claims>(&token)?.claims;
    state.log_in(claims.sub).await
}
