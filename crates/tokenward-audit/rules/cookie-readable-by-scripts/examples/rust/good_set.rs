use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    let mut cookie = Cookie::new("jwt", token);
    cookie.set_http_only(true);
    cookie.set_secure(true);
    jar.add(cookie)
}
