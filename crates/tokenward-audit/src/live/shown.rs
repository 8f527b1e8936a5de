//! Addresses as people may see them: without what may be a secret.

/// A URL without user, password, query and fragment, for reports and errors; also of what is none, such as the
/// path of a redirect. `https://u:p@a.example/jwks?key=k` is `https://a.example/jwks`.
#[must_use]
pub fn shown_url(url: &str) -> String {
    let (open, _) = url.split_once(['?', '#']).unwrap_or((url, ""));
    let (scheme, rest) = match open.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => (scheme, rest),
        _ => return open.to_owned(),
    };
    let end = rest.find(['/', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // A password with a `/` in it looks like a port and a path.
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let is_host =
        host.ends_with(']') || host.rsplit_once(':').is_none_or(|(_, port)| is_port(port));
    if is_host { format!("{scheme}//{host}{path}") } else { format!("{scheme}//…") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_in_a_url_is_not_shown() {
        for (url, shown) in [
            ("https://a.example/jwks", "https://a.example/jwks"),
            ("https://u:PASS@a.example:8443/jwks?api_key=K#x", "https://a.example:8443/jwks"),
            ("https://u:PA@SS@a.example", "https://a.example"),
            ("http://u:PA/SS@a.example/jwks", "http://…"),
            ("http://u:PA?SS@a.example/jwks", "http://…"),
            ("http://[::1]:80/?token=eyJ", "http://[::1]:80/"),
            ("http://[::1]/", "http://[::1]/"),
            ("//u:PASS@a.example/b", "//a.example/b"),
            ("/login?token=abc", "/login"),
            ("/a//b", "/a//b"),
            ("?token=abc", ""),
            ("jwks.json", "jwks.json"),
        ] {
            assert_eq!(shown_url(url), shown, "{url}");
        }
    }
}
