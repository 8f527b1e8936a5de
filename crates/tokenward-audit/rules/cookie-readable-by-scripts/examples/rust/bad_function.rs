use cookie::Cookie;

const COOKIE_NAME: &str = "auth_token";

fn session_cookie(token: String) -> Cookie<'static> {
    Cookie::build((COOKIE_NAME, token)).secure(true).path("/").build() // finding
}
