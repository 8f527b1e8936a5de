use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    let cookie = Cookie::new("jwt", token);
    jar.add(harden(cookie))
}
