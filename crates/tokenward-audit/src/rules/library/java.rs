//! Java.

use super::Library::{JavaJwt, Jjwt, Jose4j, Nimbus, SpringJwt};
use super::shape::At::{Arg, Elsewhere, Root, Step, StepOf};
use super::shape::{BUILD, CHECK, Shape, SignAt};

const JJWT: SignAt = SignAt {
    payload: Step(&["setClaims", "claims", "addClaims"], 0),
    expiry: Step(&["setExpiration", "expiration"], 0),
    signer: Step(&["signWith", "encryptWith"], 0),
    ..BUILD
};
const JAVA_JWT: SignAt =
    SignAt { payload: Step(&["withPayload"], 0), expiry: Step(&["withExpiresAt"], 0), ..BUILD };
/// `new SignedJWT(header, new JWTClaimsSet.Builder()….build())`
const NIMBUS: SignAt =
    SignAt { expiry: StepOf(&Arg(1), &["expirationTime", "claim", "parse"], 0), ..BUILD };

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(Jjwt, "io.jsonwebtoken.Jwts.builder()*.compact", JJWT),
    Shape::verifies(Jjwt, "io.jsonwebtoken.Jwts.parser*.parseClaimsJws", CHECK),
    Shape::verifies(Jjwt, "io.jsonwebtoken.Jwts.parser*.parseSignedClaims", CHECK),
    Shape::verifies(Jjwt, "io.jsonwebtoken.JwtParser().parseClaimsJws", CHECK),
    Shape::verifies(Jjwt, "io.jsonwebtoken.JwtParser().parseSignedClaims", CHECK),
    Shape::verifies(Jjwt, "?.parseClaimsJws", CHECK),
    Shape::verifies(Jjwt, "?.parseSignedClaims", CHECK),
    Shape::keys(Jjwt, "io.jsonwebtoken.Jwts.builder()*.signWith", &[Arg(0), Arg(1)]),
    Shape::keys(Jjwt, "io.jsonwebtoken.Jwts.parser*.setSigningKey", &[Arg(0)]),
    Shape::keys(Jjwt, "io.jsonwebtoken.Jwts.parser*.verifyWith", &[Arg(0)]),
    Shape::keys(Jjwt, "io.jsonwebtoken.security.Keys.hmacShaKeyFor", &[Arg(0)]),
    Shape::signs(
        JavaJwt,
        "com.auth0.jwt.JWT.create()*.sign",
        SignAt { algorithm: Arg(0), ..JAVA_JWT },
    ),
    Shape::verifies(JavaJwt, "com.auth0.jwt.JWT.require()*.verify", CHECK),
    Shape::verifies(JavaJwt, "com.auth0.jwt.*JWTVerifier().verify", CHECK),
    Shape::decodes(JavaJwt, "com.auth0.jwt.JWT.decode"),
    Shape::decodes(JavaJwt, "com.auth0.jwt.JWT().decodeJwt"),
    Shape::shows(JavaJwt, "com.auth0.android.jwt.JWT"),
    Shape::keys(JavaJwt, "com.auth0.jwt.algorithms.Algorithm.HMAC*", &[Arg(0)]),
    Shape::signs(Nimbus, "com.nimbusds.jwt.SignedJWT", NIMBUS),
    Shape::decodes(Nimbus, "com.nimbusds.jwt.SignedJWT.parse"),
    Shape::decodes(Nimbus, "com.nimbusds.jwt.JWTParser.parse"),
    Shape::keys(Nimbus, "com.nimbusds.jose.crypto.MACVerifier", &[Arg(0)]),
    Shape::keys(Nimbus, "com.nimbusds.jose.crypto.MACSigner", &[Arg(0)]),
    Shape::decodes(
        Jose4j,
        "org.jose4j.jwt.consumer.JwtConsumerBuilder()*.setSkipSignatureVerification()*.process*",
    ),
    Shape::verifies(Jose4j, "org.jose4j.jwt.consumer.JwtConsumer*.process*", CHECK),
    Shape::keys(Jose4j, "org.jose4j.keys.HmacKey", &[Arg(0)]),
    Shape::keys(
        SpringJwt,
        "org.springframework.security.oauth2.jwt.Nimbus*JwtDecoder.withSecretKey",
        &[Arg(0)],
    ),
    Shape::decodes(SpringJwt, "org.springframework.security.jwt.JwtHelper.decode"),
    Shape::verifies(SpringJwt, "org.springframework.security.jwt.JwtHelper.decodeAndVerify", CHECK),
    Shape::verifies(SpringJwt, "org.springframework.security.oauth2.jwt.*Decoder*.decode", CHECK),
    Shape::verifies(
        SpringJwt,
        "org.springframework.security.oauth2.jwt.*Decoder*.build()*.decode",
        super::VerifyAt { key: Root(0), algorithms: Elsewhere, ..CHECK },
    ),
];
