use super::*;

#[test]
fn the_first_rule_that_is_about_a_request_decides() {
    let rules = rules();
    let table = [
        ("GET", "/invoices/7", "rule 1: a good token with the scopes invoices:read"),
        ("HEAD", "/invoices/7", "rule 1: a good token with the scopes invoices:read"),
        ("POST", "/invoices", "rule 2: a good token with the scopes invoices:read invoices:write"),
        ("DELETE", "/invoices/7", "no rule is about it: refused"),
        ("GET", "/admin", "no rule is about it: refused"),
        ("GET", "/public/logo.svg", "rule 3: any good token is let through"),
        ("GET", "/public/../admin", "the path holds `.` or `..` as a segment: refused"),
        ("GET", "/invoices%2f7", "the path holds an escaped slash or backslash: refused"),
    ];
    for (method, target, expected) in table {
        let decision = rules.decide(&audience("billing"), &method.parse().unwrap(), target);
        assert_eq!(decision.to_string(), expected, "{method} {target}");
    }
}

#[test]
fn a_rule_of_one_audience_says_nothing_about_another() {
    let decision = rules().decide(&audience("other"), &Method::GET, "/public/logo.svg");

    assert_eq!(decision, Decision::NoRule);
}

#[test]
fn what_a_request_is_missed_by_is_told_of_each_rule() {
    let rules = rules();
    let of = |name: &str, method, target| rules.misses(&audience(name), &method, target);

    assert_eq!(
        of("billing", Method::DELETE, "/invoices"),
        [Miss::Method, Miss::Method, Miss::Path]
    );
    assert_eq!(of("billing", Method::POST, "/invoices"), [Miss::Method]);
    assert_eq!(of("other", Method::GET, "/public/x"), [Miss::Audience; 3]);
    assert_eq!(of("billing", Method::GET, "/public/../x"), []);
}

#[test]
fn a_path_that_is_a_rules_but_for_letter_case_is_refused() {
    let rule = |methods: &[Method], path: &str| Rule {
        methods: methods.to_vec(),
        paths: vec![PathPattern::parse(path).unwrap()],
        ..Rule::default()
    };
    let admin = [rule(&[Method::GET], "/admin/**"), rule(&[], "/größe/*"), rule(&[], "/**")];
    let of =
        |method: Method, target| Rules::new(admin.to_vec()).decide(&audience("a"), &method, target);
    let refused = Decision::Path(BadPath::LetterCase);
    for target in ["/Admin", "/ADMIN/users", "/%41dmin", "/GRÖSSE/7", "/GRÖßE/7"] {
        assert_eq!(of(Method::GET, target), refused, "{target}");
    }
    // In any letter case the last rule decides about these.
    for (method, target) in [(Method::POST, "/Admin"), (Method::GET, "/Administrators")] {
        assert_eq!(
            of(method, target),
            Decision::Rule { rule: 3, scopes: Vec::new(), step_up: None },
            "{target}"
        );
    }
}

#[test]
fn an_empty_list_of_rules_lets_nothing_through() {
    let decision = Rules::new(Vec::new()).decide(&audience("billing"), &Method::GET, "/");

    assert_eq!(decision, Decision::NoRule);
}

#[test]
fn without_rules_any_token_will_do() {
    let decision = Rules::any_token().decide(&audience("billing"), &Method::GET, "/a/../b");

    assert_eq!(decision, Decision::AnyToken);
}

fn rules() -> Rules {
    let rule = |methods: &[Method], paths: &[&str], scopes: &[&str]| Rule {
        audiences: vec![audience("billing")],
        methods: methods.to_vec(),
        paths: paths.iter().map(|path| PathPattern::parse(path).unwrap()).collect(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        step_up: None,
    };
    Rules::new(vec![
        rule(&[Method::GET], &["/invoices/**"], &["invoices:read"]),
        rule(&[Method::POST], &["/invoices"], &["invoices:read", "invoices:write"]),
        rule(&[], &["/public/**"], &[]),
    ])
}

fn audience(name: &str) -> Audience {
    Audience::new(name).unwrap()
}
