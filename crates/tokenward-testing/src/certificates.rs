//! What proxies tell of their clients' certificates.

use std::fmt::Write as _;

use tokenward::crypto::sha256;

/// The header in which `proxy` (`nginx`, `traefik`, `caddy`, `haproxy` or `envoy`) tells of the certificate with
/// these bytes, and what it writes there.
///
/// # Panics
///
/// If there is no such proxy.
#[must_use]
pub fn told_by(proxy: &str, der: &[u8]) -> (&'static str, String) {
    let base64 = base64(der);
    match proxy {
        "nginx" => {
            let lines: Vec<_> = base64
                .as_bytes()
                .chunks(64)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect();
            let pem = format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
                lines.join("\n")
            );
            ("x-client-cert", escaped(&pem))
        }
        "caddy" | "haproxy" => ("client-cert", format!(":{base64}:")),
        "traefik" => ("x-forwarded-tls-client-cert", format!("{base64},{base64}")),
        "envoy" => {
            let hash = hexadecimal(&sha256(der));
            ("x-forwarded-client-cert", format!("Hash={hash};Subject=\"CN=invoices\""))
        }
        other => panic!("no proxy {other}"),
    }
}

/// `bytes` in small hexadecimal.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// As nginx escapes: all but what stands for itself in a URL.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").unwrap();
        }
        escaped
    })
}

fn base64(bytes: &[u8]) -> String {
    let text = tokenward::b64::encode(bytes).replace('-', "+").replace('_', "/");
    let padding = "=".repeat(text.len().next_multiple_of(4) - text.len());
    text + &padding
}
