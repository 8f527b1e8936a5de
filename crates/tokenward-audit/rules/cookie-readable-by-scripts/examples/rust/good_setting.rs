use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    let mut cookie = Cookie::build(("jwt", token)).http_only(SETTINGS.hidden).build();
    if SETTINGS.is_tls {
        cookie.set_secure(true);
    }
    jar.add(cookie)
}
