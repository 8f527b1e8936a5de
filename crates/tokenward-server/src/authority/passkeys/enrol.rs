//! Enrolling a passkey.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokenward::UnixTime;
use tokenward_sessions::{
    EnrolRefused, Enrolled, Enrolment, Expected, FIRST_PASSKEY_WITHIN, MOST_PASSKEYS, PasskeyName,
    PasskeyRefused, Purpose, Registration, Session,
};
use tokenward_tower::step_up::StepUp;

use super::holder::Asking;
use super::{listed, needed_here};
use crate::authority::browser::Refused;
use crate::authority::error::ApiError;
use crate::authority::json::invalid;
use crate::authority::respond::json_answer;
use crate::authority::{Authority, log};

/// `POST /session/passkeys/options`: what a page hands to `navigator.credentials.create`, and, where there is a
/// passkey already, first to `navigator.credentials.get`.
pub(in crate::authority) async fn options(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let Asking { site, session, body, now } = authority.asking(&parts, body).await?;
    let mut fields = body.optional_json()?;
    let user_name = fields.text("user_name")?.map(PasskeyName::new).transpose();
    let user_name = user_name.map_err(|error| invalid("user_name", error))?;
    fields.done()?;
    let passkeys = authority.passkeys_of(&session.passkey_holder()).await?;
    if passkeys.is_empty() && !is_login_fresh(&session, now) {
        return Err(login_too_old(&session));
    }
    let user_name =
        user_name.as_ref().map_or_else(|| session.subject.as_str(), PasskeyName::as_str);
    let create = authority.to_create(site, user_name, &session, &passkeys, now);
    let mut answer = json!({ "publicKey": create });
    if let (false, Some(answer)) = (passkeys.is_empty(), answer.as_object_mut()) {
        let allow = authority.to_sign(site, Purpose::Allow, &session, &passkeys, now);
        answer.insert("allow".to_owned(), json!({ "publicKey": allow }));
    }
    Ok(json_answer(StatusCode::OK, &answer))
}

/// `POST /session/passkeys`: what the devices have made of it.
pub(in crate::authority) async fn enrol(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let Asking { site, session, body, now } = authority.asking(&parts, body).await?;
    let mut fields = body.json()?;
    let refresh_token = fields.text("refresh_token")?;
    let name = fields.text("name")?.unwrap_or_else(|| "Passkey".to_owned());
    let name = PasskeyName::new(name).map_err(|error| invalid("name", error))?;
    let (credential, allow) = (fields.object("credential")?, fields.object("allow")?);
    fields.done()?;
    if allow.is_empty()
        && !authority.is_held(&session, &parts.headers, refresh_token.as_deref()).await?
    {
        let why = "must be the session's, for its first passkey";
        return Err(invalid("refresh_token", why).into());
    }
    let refused = |why: PasskeyRefused| {
        log::passkey_refused(why.as_str(), &session.id);
        invalid("credential", "is no enrolment that counts")
    };
    let registration = Registration::parse(&credential).map_err(refused)?;
    let expected = Expected {
        key: &authority.challenges,
        purpose: Purpose::Create,
        session: &session.id,
        now,
    };
    let (passkey, challenge) =
        site.enrol(&registration, &expected, session.passkey_holder(), name).map_err(refused)?;
    let allowed_by = authority.allowed_by(&allow, &session, now).await?;
    let answer = listed(&passkey);
    let id = passkey.id.clone();
    let is_login_fresh = is_login_fresh(&session, now);
    let enrolment = Enrolment { passkey, challenge, allowed_by, is_login_fresh, now };
    match authority.passkeys.enrol(enrolment).await? {
        Enrolled::Added => {
            log::passkey_enrolled(&session, &id);
            Ok(json_answer(StatusCode::CREATED, &answer))
        }
        Enrolled::Refused(why) => Err(authority.not_enrolled(why, &session).await?),
        _ => Err(ApiError::server_error().into()),
    }
}

impl Authority {
    async fn allowed_by(
        &self,
        allow: &Map<String, Value>,
        session: &Session,
        now: UnixTime,
    ) -> Result<Option<tokenward_sessions::Asserted>, Refused> {
        if allow.is_empty() {
            return Ok(None);
        }
        let asserted = self.check_assertion(allow, Purpose::Allow, session, now).await;
        asserted.map(Some).map_err(|error| Refused::of_step_up(error, session))
    }

    async fn not_enrolled(&self, why: EnrolRefused, session: &Session) -> Result<Refused, Refused> {
        tracing::info!(session_id = %session.id, reason = %why, "a passkey was not enrolled");
        Ok(match why {
            EnrolRefused::LoginTooOld => login_too_old(session),
            EnrolRefused::Misused(why) => self.misused(why, session).await?,
            EnrolRefused::NotAllowed => needed_here(&StepUp::default(), session),
            EnrolRefused::TooMany => {
                let full = format!("there are {MOST_PASSKEYS} passkeys already; remove one");
                ApiError::invalid_request(full).into()
            }
            EnrolRefused::Taken => invalid("credential", "is enrolled already").into(),
            _ => invalid("credential", "is no enrolment that counts").into(),
        })
    }
}

/// By the login itself: a passkey that signed since has been removed if there is none.
fn is_login_fresh(session: &Session, now: UnixTime) -> bool {
    now.since(session.auth_time) <= FIRST_PASSKEY_WITHIN
}

fn login_too_old(session: &Session) -> Refused {
    needed_here(&StepUp::new(Some(FIRST_PASSKEY_WITHIN), tokenward::Scope::default()), session)
}
