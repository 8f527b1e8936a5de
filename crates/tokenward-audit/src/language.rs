//! The languages, by the names of their files.

use std::path::Path;

/// A language that the auditor reads.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Language {
    /// Python 3.
    Python,
    /// JavaScript, with JSX.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Vue, Svelte and HTML: the scripts in them.
    Markup,
    /// Go.
    Go,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// Swift.
    Swift,
    /// Dart.
    Dart,
    /// C#.
    CSharp,
    /// PHP.
    Php,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
}

impl Language {
    /// The language of a file, by its extension.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        // Declarations run nothing: what they say stands in the code that they declare.
        let is_declaration = [".d.ts", ".d.mts", ".d.cts", ".pyi"]
            .iter()
            .any(|end| path.to_str().is_some_and(|path| path.ends_with(end)));
        let extension = path.extension().filter(|_| !is_declaration)?.to_str()?;
        match extension.to_ascii_lowercase().as_str() {
            "py" | "pyw" | "py3" => Some(Self::Python),
            "js" | "jsx" | "mjs" | "cjs" => Some(Self::JavaScript),
            "ts" | "mts" | "cts" => Some(Self::TypeScript),
            "tsx" => Some(Self::Tsx),
            "vue" | "svelte" | "html" | "htm" | "jinja" | "jinja2" | "j2" | "njk" | "ejs"
            | "hbs" | "twig" => Some(Self::Markup),
            "go" => Some(Self::Go),
            "java" => Some(Self::Java),
            "kt" | "kts" => Some(Self::Kotlin),
            "swift" => Some(Self::Swift),
            "dart" => Some(Self::Dart),
            "cs" => Some(Self::CSharp),
            "php" => Some(Self::Php),
            "rb" | "rake" => Some(Self::Ruby),
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }

    /// Whether it runs where JavaScript runs.
    pub(crate) const fn is_script(self) -> bool {
        matches!(self, Self::JavaScript | Self::TypeScript | Self::Tsx | Self::Markup)
    }

    /// Whether its programs call Java's libraries.
    pub(crate) const fn is_jvm(self) -> bool {
        matches!(self, Self::Java | Self::Kotlin)
    }

    pub(crate) fn grammar(self) -> tree_sitter::Language {
        match self {
            Self::Python => tree_sitter_python::LANGUAGE.into(),
            Self::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            // It reads plain JavaScript too.
            Self::TypeScript | Self::Markup => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Self::Go => tree_sitter_go::LANGUAGE.into(),
            Self::Java => tree_sitter_java::LANGUAGE.into(),
            Self::Kotlin => tree_sitter_kotlin_ng::LANGUAGE.into(),
            Self::Swift => tree_sitter_swift::LANGUAGE.into(),
            Self::Dart => tree_sitter_dart::LANGUAGE.into(),
            Self::CSharp => tree_sitter_c_sharp::LANGUAGE.into(),
            // It reads the HTML around the code, too.
            Self::Php => tree_sitter_php::LANGUAGE_PHP.into(),
            Self::Ruby => tree_sitter_ruby::LANGUAGE.into(),
            Self::Rust => tree_sitter_rust::LANGUAGE.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_its_language_however_its_name_is_written() {
        for name in ["login.py", "LOGIN.PY", "login.py3", "a/b.Py"] {
            assert_eq!(Language::of(Path::new(name)), Some(Language::Python), "{name}");
        }
        for name in ["py", ".py", "a.pyi", "a.d.ts", "a.py.txt"] {
            assert_eq!(Language::of(Path::new(name)), None, "{name}");
        }
    }
}
