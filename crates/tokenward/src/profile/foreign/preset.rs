//! The issuers that have a preset, and what each of their tokens must look like.

use std::time::Duration;

use crate::ids::LoadBalancerArn;
use crate::profile::DAY;

/// Whose tokens they are, which says what they look like.
///
/// Where an issuer can be made to keep to RFC 9068, do that and use
/// [`Verifier::builder`](crate::Verifier::builder): Auth0 has a token profile for it, Keycloak a switch
/// for the header type.
///
/// ```
/// use tokenward::{LoadBalancerArn, Preset};
///
/// let arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188";
/// let preset = Preset::AwsLoadBalancer(LoadBalancerArn::new(arn)?); // the others need nothing
/// # Ok::<(), tokenward::InvalidId>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Preset {
    /// Auth0, token profile "Auth0" (its default): `typ: JWT`, `azp` in the place of `client_id`, no
    /// `jti`.
    ///
    /// The audience is the identifier of the API. 24 hours at most from `iat` to `exp`, which is what
    /// an API has there unless it is set lower: set it lower, there and here.
    ///
    /// # Security
    ///
    /// Given up: the wall by type, so that any other JWT of the tenant for the same audience is taken
    /// that has an `azp`; and the name of the token, by which it could be revoked.
    ///
    /// Source: Auth0, [Access Token
    /// Profiles](https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles) and [Update
    /// Access Token
    /// Lifetime](https://auth0.com/docs/secure/tokens/access-tokens/update-access-token-lifetime).
    Auth0,
    /// Amazon Cognito, access tokens of a user pool: no `typ`, `token_use: access`, and `client_id` in
    /// the place of `aud`.
    ///
    /// The audience is the app client's id. A token that does have an `aud` was bound to a resource
    /// when it was asked for, and is for that one alone. An hour at most unless said otherwise.
    ///
    /// # Security
    ///
    /// Given up: the audience. A token of this app client is good at every API that trusts the client,
    /// and each of those can use it at the others; tell them apart by scope. `token_use` stands in the
    /// place of the type.
    ///
    /// Source: Amazon Cognito, [Understanding the access
    /// token](https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html)
    /// and [Verifying JSON web
    /// tokens](https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html).
    Cognito,
    /// An Application Load Balancer of AWS, the header `x-amzn-oidc-data`: padded base64, ES256, no
    /// `aud`, no `iat`, no `jti`; `iss`, `client`, `signer` and `exp` stand in the token's header.
    ///
    /// The audience is the client id that the load balancer has at the identity provider; the issuer is
    /// that provider. The keys come as PEM, one by one, from the region's public key endpoint: see
    /// [`VerifyingKey::from_spki_pem`](crate::VerifyingKey::from_spki_pem). `exp` must stand in the
    /// payload too, and lie at most 15 minutes ahead unless said otherwise.
    ///
    /// # Security
    ///
    /// The keys are those of all load balancers in the region, whoever they belong to. Only `signer`
    /// says that it was yours, so it is part of the preset. Given up: the audience, and the one spelling
    /// of a token (its padding must be there and right, so it still has only one). A target that others
    /// can reach must not trust the header without this check, and `x-amzn-oidc-identity`, which is not
    /// signed, never.
    ///
    /// Source: Elastic Load Balancing, [Authenticate users using an Application Load
    /// Balancer](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding)
    /// and [Security best practices when using ALB
    /// authentication](https://aws.amazon.com/blogs/networking-and-content-delivery/security-best-practices-when-using-alb-authentication/).
    AwsLoadBalancer(LoadBalancerArn),
    /// Microsoft Entra ID, access tokens of version 2.0: `typ: JWT`, `ver: "2.0"`, `azp` in the place
    /// of `client_id`, `uti` in the place of `jti`, `scp` in the place of `scope`.
    ///
    /// The audience is the application id of the API, the issuer that of one tenant. A token must have
    /// `scp` (a user's) or `roles` (an application's, in the private claims), as the vendor's own
    /// library asks. 95 minutes at most unless said otherwise: 60 to 90 by default, and `iat` lies five
    /// minutes back.
    ///
    /// # Security
    ///
    /// Given up: the wall by type. If one application is both the API and a client, ID tokens have the
    /// same audience; `azp`, which they lack, stands in its place. Subjects are pairwise: the same
    /// person has another `sub` at another API, and `oid` with `tid` for all.
    ///
    /// Source: Microsoft, [Access token claims
    /// reference](https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference),
    /// [Access tokens](https://learn.microsoft.com/entra/identity-platform/access-tokens#token-lifetime).
    EntraV2,
    /// Keycloak, access tokens: `typ: JWT` in the header and `typ: Bearer` in the claims, `azp` in the
    /// place of `client_id`.
    ///
    /// The audience must be put into the token by an audience mapper or by client roles; there is none
    /// otherwise, and the token is refused. 15 minutes at most unless said otherwise; the default there
    /// is five. Tokens of lightweight access tokens without `sub` are refused.
    ///
    /// # Security
    ///
    /// Given up: the wall by type in the header. The claim `typ` stands in its place: ID tokens have
    /// `ID` there, refresh tokens `Refresh`, logout tokens `Logout`. As it does, a `nonce`, which old
    /// versions put into access tokens too, is not refused.
    ///
    /// Source: Keycloak, [Server Administration
    /// Guide](https://www.keycloak.org/docs/latest/server_admin/), sections "Audience support" and
    /// "Session and token timeouts", and its class `org.keycloak.util.TokenUtil`.
    Keycloak,
    /// Okta, access tokens of a custom authorization server: no `typ`, `cid` in the place of
    /// `client_id`, `scp` an array in the place of `scope`, `ver: 1`.
    ///
    /// The audience is that of the authorization server. Its `uid`, where there is a user, is among the
    /// private claims. An hour at most unless said otherwise. Tokens of the organization's own
    /// authorization server are for Okta alone, change their form without notice, and are refused where
    /// they have a type of their own.
    ///
    /// # Security
    ///
    /// Given up: the wall by type. `cid`, which ID tokens lack, stands in its place. `sub` is a login
    /// name and can change hands; `uid` is not and cannot.
    ///
    /// Source: Okta, [OpenID Connect & OAuth 2.0
    /// API](https://developer.okta.com/docs/reference/api/oidc/#access-token), sections "Access Token"
    /// and "Reserved claims".
    Okta,
    /// Google, ID tokens that Google signs for a service account and that one service sends another:
    /// Cloud Run, Pub/Sub push, Cloud Tasks. `typ: JWT`, no `client_id`, no `jti`.
    ///
    /// The issuer is `https://accounts.google.com`, the audience what the caller asked for, which is the
    /// URL of the service as a rule. If there is an `email`, `email_verified` must be true. An hour at
    /// most.
    ///
    /// # Security
    ///
    /// **Anybody who has a project there can have Google sign such a token for your audience.** The
    /// token says who the caller is, and nothing about what they may do: compare
    /// [`ForeignClaims::subject`](crate::ForeignClaims::subject), the number of the service account,
    /// with those that you expect. Given up besides: the wall by type. A token of a person's login has
    /// the audience of an OAuth client, and a nonce, which is refused.
    ///
    /// Source: Google Cloud, [Authentication for push
    /// subscriptions](https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions) and [Get an
    /// ID token](https://cloud.google.com/docs/authentication/get-id-token).
    Google,
    /// Any other issuer of JWTs as RFC 7519 alone has them: `typ: JWT` or none; `iss`, `aud`, `sub` and
    /// `exp` required; `iat`, `nbf`, `jti` and `scope` read where they are.
    ///
    /// An hour at most from `iat`, or from now where there is none, unless said otherwise.
    ///
    /// # Security
    ///
    /// Given up: the wall by type. Whatever the issuer signs for this audience is taken, if it is not
    /// by its claims an ID token or a security event. Use keys that sign nothing else.
    Plain,
}

/// What the tokens of a preset look like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) typ: Typ,
    pub(super) audience: AudienceIn,
    pub(super) client: Member,
    pub(super) token_id: Member,
    pub(super) scope: ScopeIn,
    pub(super) issued_at: bool,
    pub(super) max_lifetime: Duration,
    /// Claims that tokens of another kind have.
    pub(super) without: &'static [&'static str],
}

/// What `typ` in the header may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Typ {
    Jwt,
    None,
    JwtOrNone,
}

/// Where the audience stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum AudienceIn {
    Aud,
    /// `client_id`, unless there is an `aud`.
    ClientId,
    /// `client` in the header.
    Header,
}

/// A claim with a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member {
    Required(&'static str),
    Optional(&'static str),
    None,
}

/// Where the scope stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum ScopeIn {
    Text(&'static str),
    Array(&'static str),
    None,
}

impl Typ {
    pub(super) const fn typed(self) -> bool {
        matches!(self, Self::Jwt | Self::JwtOrNone)
    }

    pub(super) const fn untyped(self) -> bool {
        matches!(self, Self::None | Self::JwtOrNone)
    }
}

/// The marks of ID tokens and of security events.
const OTHER_KINDS: &[&str] = &["events", "nonce", "at_hash", "c_hash"];

const HOUR: Duration = Duration::from_secs(60 * 60);

const PLAIN: Rules = Rules {
    typ: Typ::JwtOrNone,
    audience: AudienceIn::Aud,
    client: Member::None,
    token_id: Member::Optional("jti"),
    scope: ScopeIn::Text("scope"),
    issued_at: false,
    max_lifetime: HOUR,
    without: OTHER_KINDS,
};

impl Preset {
    pub(super) const fn rules(&self) -> Rules {
        match self {
            Self::Plain => PLAIN,
            Self::Auth0 => Rules {
                typ: Typ::Jwt,
                client: Member::Required("azp"),
                token_id: Member::None,
                issued_at: true,
                max_lifetime: DAY,
                ..PLAIN
            },
            Self::Cognito => Rules {
                typ: Typ::None,
                audience: AudienceIn::ClientId,
                client: Member::Required("client_id"),
                token_id: Member::Required("jti"),
                issued_at: true,
                ..PLAIN
            },
            Self::AwsLoadBalancer(_) => Rules {
                audience: AudienceIn::Header,
                token_id: Member::None,
                scope: ScopeIn::None,
                max_lifetime: Duration::from_secs(15 * 60),
                ..PLAIN
            },
            Self::EntraV2 => Rules {
                typ: Typ::Jwt,
                client: Member::Required("azp"),
                token_id: Member::Optional("uti"),
                scope: ScopeIn::Text("scp"),
                issued_at: true,
                max_lifetime: Duration::from_secs(95 * 60),
                ..PLAIN
            },
            Self::Keycloak => Rules {
                typ: Typ::Jwt,
                client: Member::Required("azp"),
                token_id: Member::Required("jti"),
                issued_at: true,
                max_lifetime: Duration::from_secs(15 * 60),
                without: &["events"],
                ..PLAIN
            },
            Self::Okta => Rules {
                typ: Typ::None,
                client: Member::Required("cid"),
                token_id: Member::Required("jti"),
                scope: ScopeIn::Array("scp"),
                issued_at: true,
                ..PLAIN
            },
            Self::Google => Rules {
                typ: Typ::Jwt,
                client: Member::Optional("azp"),
                token_id: Member::None,
                scope: ScopeIn::None,
                issued_at: true,
                ..PLAIN
            },
        }
    }
}
