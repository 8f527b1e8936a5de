use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    jar.add(Cookie::build(("jwt", token)).http_only(true).secure(true).path("/"))
}
