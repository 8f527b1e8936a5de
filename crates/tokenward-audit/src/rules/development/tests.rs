use std::path::Path;

use super::*;
use crate::{Language, Options, audit_text};

#[test]
fn paths_tell_what_only_development_has() {
    for path in [
        "shop/settings/development.py",
        "shop/settings/local.py",
        "shop/settings_dev.py",
        "config/env.development.ts",
        "config/app.local.js",
        "config/database-dev.js",
        "src/dev.py",
        "src/emulator/auth.ts",
        "src/core/DevServer.ts",
        "tools/mock-server/tokens.js",
        "uaa/fake_provider.py",
        "web/playground/token.ts",
    ] {
        assert!(is_path(Path::new(path)), "{path}");
    }
    for path in [
        "shop/settings/production.py",
        "shop/settings.py",
        "src/strategies/local.js",
        "src/device/auth.py",
        "src/developers/keys.ts",
        "src/hammock/auth.py",
        "app/localization.py",
        "config/passport-local.js",
    ] {
        assert!(!is_path(Path::new(path)), "{path}");
    }
}

#[test]
fn conditions_tell_what_only_development_runs() {
    for (condition, holds) in [
        ("if settings.DEBUG", true),
        ("if (process.env.NODE_ENV !== 'production')", true),
        ("if (isDevMode && user)", true),
        ("if (process.env.AUTH_EMULATOR)", true),
        ("if (isProduction)", false),
        ("if not settings.DEBUG", false),
    ] {
        assert!(is_development(condition, holds), "{condition}");
    }
    for (condition, holds) in [
        ("if settings.DEBUG", false),
        ("if (process.env.NODE_ENV === 'production')", true),
        ("if (isDevMode || user)", true),
        ("if (isProduction && !secret)", false),
        ("if logger.debug", true),
        ("if (deviceId)", true),
    ] {
        assert!(!is_development(condition, holds), "{condition}");
    }
}

#[test]
fn what_development_alone_runs_counts_as_a_test() {
    let python = |code: &str| found("app.py", &format!("import jwt\n\n{code}"), Language::Python);
    let call = "jwt.encode({'sub': user}, KEY)";
    assert_eq!(python(&format!("def login(user):\n    return {call}\n")), 1);
    assert_eq!(python(&format!("def mock_login(user):\n    return {call}\n")), 0);
    assert_eq!(
        python(&format!(
            "class FakeProvider:\n    def login(self, user):\n        return {call}\n"
        )),
        0
    );
    assert_eq!(python(&format!("def login(user):\n    if DEBUG:\n        return {call}\n")), 0);
    assert_eq!(
        python(&format!(
            "def login(user):\n    if DEBUG:\n        pass\n    else:\n        return {call}\n"
        )),
        1
    );
    assert_eq!(
        python(&format!(
            "def login(user):\n    if not DEBUG:\n        raise Http404\n    return {call}\n"
        )),
        0
    );

    let script = |code: &str| {
        let code = format!("import jwt from 'jsonwebtoken'\n\n{code}");
        found("app.ts", &code, Language::TypeScript)
    };
    let call = "jwt.sign({ sub: user }, key)";
    assert_eq!(script(&format!("const login = (user) => {{\n  return {call}\n}}\n")), 1);
    assert_eq!(
        script(&format!(
            "if (process.env.NODE_ENV !== 'production') {{\n  const login = (user) => {call}\n}}\n"
        )),
        0
    );
    assert_eq!(
        script(&format!("class DevServer {{\n  login(user) {{\n    return {call}\n  }}\n}}\n")),
        0
    );
}

/// How many tokens without an end are told of.
fn found(name: &str, code: &str, language: Language) -> usize {
    audit_text(name, code, language, &Options::default())
        .iter()
        .filter(|finding| finding.rule == "no-expiry")
        .count()
}

#[test]
fn a_set_of_settings_is_told_by_whole_words_of_its_file_and_folder() {
    for path in ["compose.dev.yml", ".env.local", "environments/development.rb", "demo/app.py"] {
        assert!(is_of_a_set(Path::new(path)), "{path}");
    }
    for path in ["devices.yml", "localization.yml", "local/shop/deploy/app.py", "compose.yml"] {
        assert!(!is_of_a_set(Path::new(path)), "{path}");
    }
}
