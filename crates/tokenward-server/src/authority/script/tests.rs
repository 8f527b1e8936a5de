use super::*;

#[tokio::test]
async fn whoever_has_the_script_already_is_told_so() {
    let first = serve(HeaderMap::new()).await;
    let tag = first.headers()[ETAG].clone();
    assert_eq!(first.status(), StatusCode::OK);

    for known in [tag.clone(), weak(&tag), HeaderValue::from_static("*")] {
        let answer = serve(HeaderMap::from_iter([(IF_NONE_MATCH, known)])).await;

        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer.headers()[ETAG], tag);
    }
    let other = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"other\""))]);
    assert_eq!(serve(other).await.status(), StatusCode::OK);
}

#[test]
fn no_comment_and_all_of_the_code_is_served() {
    let served = without_comments("// a\nlet b; // c\n/**\n * d\n */\n  e();\n/** f */ \ng();\n");

    assert_eq!(served, "// tokenward.js: MIT OR Apache-2.0\nlet b; // c\ne();\ng();\n");
}

#[test]
fn the_script_is_a_few_kilobytes() {
    assert!(SCRIPT.text.len() < 10 * 1024, "{}", SCRIPT.text.len());
}

fn weak(tag: &HeaderValue) -> HeaderValue {
    HeaderValue::try_from(format!("W/{}, \"x\"", tag.to_str().unwrap())).unwrap()
}
