//! The list of a user's devices: what services and the user see of it, and what each may end.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{BOTH, Bench, LOGIN, Reply, SAME_ORIGIN, STRANGER, cookie, session_of};

const LIST: &str = "/v1/subjects/alice/sessions";

#[tokio::test]
async fn a_service_sees_of_each_device_when_it_was_used_and_whether_its_tokens_are_bound() {
    let bench = Bench::new().await;
    let key = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    bench.session(json!({"device": "Ada's phone", "dpop_jkt": key})).await;
    bench.later(std::time::Duration::from_secs(60)).await;
    bench.session(json!({"scope": "read"})).await;

    let list = bench.json(Method::GET, LIST, LOGIN, &Value::Null).await.json();

    let [web, phone] = &list["sessions"].as_array().unwrap()[..] else { panic!("{list}") };
    assert_eq!((&phone["bound"], &phone["dpop_jkt"]), (&json!(true), &json!(key)));
    assert_eq!((&phone["device"], &phone["delivery"]), (&json!("Ada's phone"), &json!("token")));
    assert_eq!((&web["bound"], web.get("dpop_jkt")), (&json!(false), None));
    assert_eq!((&web["scope"], &web["refresh"]), (&json!("read"), &json!("plain")));
    assert_eq!(web["created_at"].as_u64(), phone["created_at"].as_u64().map(|at| at + 60));
    assert_eq!(list.get("next_after"), None);
}

#[tokio::test]
async fn a_long_list_comes_page_by_page_and_each_device_once() {
    let bench = Bench::new().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(bench.session(json!({})).await["session_id"].as_str().unwrap().to_owned());
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    for expected in [2, 2, 1] {
        let path = format!("{LIST}?limit=2{after}");
        let page = bench.json(Method::GET, &path, LOGIN, &Value::Null).await.json();
        let names = page["sessions"].as_array().unwrap().iter();
        let names: Vec<_> =
            names.map(|one| one["session_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names.len(), expected);
        seen.extend(names);
        after = page["next_after"].as_str().map_or_else(String::new, |id| format!("&after={id}"));
    }
    made.reverse();
    assert_eq!((seen, after), (made, String::new()));
    for bad in [
        "?limit=0",
        "?limit=1001",
        "?limit=x",
        "?limit=",
        "?after=",
        "?after=%20",
        "?before=x",
        "?limit=1&limit=2",
    ] {
        let reply = bench.json(Method::GET, &format!("{LIST}{bad}"), LOGIN, &Value::Null).await;
        reply.is(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_service_logs_a_user_out_everywhere_but_on_one_device() {
    let bench = Bench::new().await;
    let [stays, goes] = [bench.session(json!({})).await, bench.session(json!({})).await];
    let foreign = json!({"subject": "alice", "audience": "other-api"});
    let foreign = bench.post("/v1/sessions", STRANGER, &foreign).await.json();
    let kept = stays["session_id"].as_str().unwrap();
    let delete = async |query: &str| {
        bench.json(Method::DELETE, &format!("{LIST}{query}"), LOGIN, &Value::Null).await
    };
    // Misspelled, or with a name that got lost, it would log out the very one that was to stay.
    for bad in [format!("?exept={kept}"), "?except=".to_owned(), "?except".to_owned()] {
        delete(&bad).await.is(400, "invalid_request");
    }
    assert!(bench.accepted(&goes["access_token"]));

    assert_eq!(delete(&format!("?except={kept}")).await.status, StatusCode::NO_CONTENT);

    assert!(bench.accepted(&stays["access_token"]));
    assert!(!bench.accepted(&goes["access_token"]));
    let refresh = foreign["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let others = bench.form("/oauth2/token", STRANGER, &fields).await;
    assert_eq!(others.status, StatusCode::OK, "another audience's is not this service's to end");
}

#[tokio::test]
async fn a_user_sees_their_devices_in_the_browser_and_logs_the_others_out() {
    let bench = Bench::new().await;
    let phone = bench.session(json!({"device": "Ada's phone"})).await;
    let foreign = session_of("alice", json!({"audience": "other-api"}));
    bench.post("/v1/sessions", BOTH, &foreign).await;
    let bob = bench.post("/v1/sessions", LOGIN, &session_of("bob", json!({}))).await.json();
    let cookies = bench.cookie_session().await;
    let own = [cookie(&cookies), SAME_ORIGIN];
    let list = async || bench.browser(Method::GET, "/session/devices", &own).await.json();

    let seen = list().await;
    let [here, there] = &seen["sessions"].as_array().unwrap()[..] else { panic!("{seen}") };
    assert_eq!((&here["current"], &there["current"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&there["device"], &there["session_id"]),
        (&json!("Ada's phone"), &phone["session_id"])
    );
    // What is for services alone is not shown to a page.
    assert_eq!(there.get("scope"), None);

    let ended = bench.browser(Method::DELETE, "/session/devices", &own).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{ended:?}");
    assert!(!bench.accepted(&phone["access_token"]));
    assert!(bench.accepted(&bob["access_token"]));
    assert_eq!(list().await["sessions"].as_array().unwrap().len(), 1);
    let refreshed = bench.browser(Method::POST, "/session/refresh", &own).await;
    assert_eq!(refreshed.status, StatusCode::OK);
}

#[tokio::test]
async fn a_user_ends_one_device_of_their_own_and_none_of_others() {
    let bench = Bench::new().await;
    let phone = bench.session(json!({})).await;
    let bob = bench.post("/v1/sessions", LOGIN, &session_of("bob", json!({}))).await.json();
    let cookies = bench.cookie_session().await;
    let end = async |session: &Value, headers: &[(&str, &str)]| {
        let path = format!("/session/devices/{}", session["session_id"].as_str().unwrap());
        bench.browser(Method::DELETE, &path, headers).await
    };
    let own = [cookie(&cookies), SAME_ORIGIN];
    let of_bob = end(&bob, &own).await;
    let unknown = end(&json!({"session_id": "none"}), &own).await;
    let mine = end(&phone, &own).await;

    assert_eq!(mine.status, StatusCode::NO_CONTENT);
    assert_eq!(of_bob.seen(), mine.seen());
    assert_eq!(unknown.seen(), mine.seen());
    assert!(bench.accepted(&bob["access_token"]));
    assert!(!bench.accepted(&phone["access_token"]));
}

#[tokio::test]
async fn nobody_else_lists_or_ends_devices() {
    let bench = Bench::new().await;
    let phone = bench.session(json!({})).await;
    let cookies = bench.cookie_session().await;
    let ask = async |method: Method, headers: &[(&str, &str)]| -> Reply {
        bench.browser(method, "/session/devices", headers).await
    };
    let access = format!("Bearer {}", phone["access_token"].as_str().unwrap());
    let [foreign, origin] =
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example.com")];
    for headers in
        [&[cookie(&cookies)][..], &[cookie(&cookies), foreign], &[cookie(&cookies), origin]]
    {
        ask(Method::DELETE, headers).await.is(403, "access_denied");
    }
    // A token that a script can hold: the application's back end has calls of its own for that.
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(
            ask(method.clone(), &[("authorization", &access), SAME_ORIGIN]).await.status,
            401
        );
        assert_eq!(ask(method, &[SAME_ORIGIN]).await.status, 401);
    }
    ask(Method::GET, &[cookie("__Host-access=junk")]).await.is(401, "invalid_token");
    assert!(bench.accepted(&phone["access_token"]));
}

#[tokio::test]
async fn a_token_that_no_browser_was_given_opens_nothing_in_a_cookie() {
    let bench = Bench::new().await;
    let phone = bench.session(json!({})).await;
    let cookies = bench.cookie_session().await;
    let page = cookies.split("__Host-access=").nth(1).unwrap().split(';').next().unwrap();
    let exchanged = async |token: &str| {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token", token),
        ];
        let answer = bench.form("/oauth2/token", LOGIN, &fields).await.json();
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let own = [("grant_type", "client_credentials")];
    let own = bench.form("/oauth2/token", LOGIN, &own).await.json();
    let own = own["access_token"].as_str().unwrap().to_owned();
    let bearer = phone["access_token"].as_str().unwrap().to_owned();
    let before = bench.browser(Method::GET, "/session/devices", &[cookie(&cookies)]).await;
    assert_eq!(before.status, StatusCode::OK, "{before:?}");

    for token in [exchanged(page).await, exchanged(&bearer).await, bearer, own] {
        assert!(bench.verify(&token).is_ok());
        let line = format!("__Host-access={token}");
        let headers = [cookie(&line), SAME_ORIGIN];
        let one = format!("/session/devices/{}", phone["session_id"].as_str().unwrap());
        for (method, path) in [
            (Method::GET, "/session/devices"),
            (Method::DELETE, "/session/devices"),
            (Method::DELETE, &*one),
        ] {
            let reply = bench.browser(method.clone(), path, &headers).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} {reply:?}");
        }
    }
    assert!(bench.accepted(&phone["access_token"]));
}
