//! The keys and the token of one algorithm: made once a run, read by every program of it.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::token::Algorithm;

/// The keys and the token of one algorithm.
#[derive(Clone, Debug)]
pub struct Material {
    pub algorithm: Algorithm,
    /// PKCS#8 in DER; the seed for ML-DSA; the secret for HMAC.
    pub private: Vec<u8>,
    /// `SubjectPublicKeyInfo` in DER; the secret for HMAC.
    pub public: Vec<u8>,
    pub token: String,
}

impl Material {
    /// Reads what [`write`](Self::write) wrote.
    pub fn read(dir: &Path, algorithm: Algorithm) -> Self {
        let read = |extension: &str| {
            let path = dir.join(format!("{}.{extension}", algorithm.name()));
            fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Self {
            algorithm,
            private: read("private"),
            public: read("public"),
            token: String::from_utf8(read("jwt")).expect("a token"),
        }
    }

    /// Writes `ALG.private`, `ALG.public` and `ALG.jwt`, and `ALG.pem` for who reads no DER.
    pub fn write(&self, dir: &Path) {
        let write = |extension: &str, bytes: &[u8]| {
            let path = dir.join(format!("{}.{extension}", self.algorithm.name()));
            fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        };
        write("private", &self.private);
        write("public", &self.public);
        write("pem", self.public_pem().as_bytes());
        write("jwt", self.token.as_bytes());
    }

    /// The part of the token that is signed.
    pub fn signing_input(&self) -> &str {
        self.token.rsplit_once('.').expect("a token").0
    }

    /// The signature, decoded.
    pub fn signature(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(self.token.rsplit_once('.').expect("a token").1).expect("base64url")
    }

    /// The claims, decoded.
    pub fn claims(&self) -> String {
        let claims = self.token.split('.').nth(1).expect("a token");
        String::from_utf8(URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("UTF-8")
    }

    pub fn public_pem(&self) -> String {
        pem("PUBLIC KEY", &self.public)
    }

    pub fn private_pem(&self) -> String {
        pem("PRIVATE KEY", &self.private)
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
