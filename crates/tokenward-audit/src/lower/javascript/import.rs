//! `import` statements.

use tree_sitter::Node;

use super::super::{children, field_text};
use super::{ident, ident_in};
use crate::model::build::Builder;
use crate::model::{Binding, Kind, module_name};

pub(super) fn lower(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let quoted = field_text(b, n, "source");
    let module = quoted.trim_matches(['"', '\'', '`']);
    let module = module_name(module).to_owned();
    for part in children(n) {
        match part.kind() {
            "import_clause" => clause(b, part, &module),
            // `import jwt = require("jsonwebtoken")`
            "import_require_clause" => {
                let quoted = field_text(b, part, "source");
                let module = quoted.trim_matches(['"', '\'']).to_owned();
                if let Some(name) = children(part).first().copied() {
                    let name = ident(b, name);
                    b.bind(&name, Binding::Import(module));
                }
            }
            _ => {}
        }
    }
    Kind::Other(Vec::new())
}

fn clause(b: &mut Builder<'_>, n: Node<'_>, module: &str) {
    for part in children(n) {
        match part.kind() {
            // A default import stands for the module: that is how CommonJS packages arrive.
            "identifier" => {
                let name = ident(b, part);
                b.bind(&name, Binding::Import(module.to_owned()));
            }
            "namespace_import" => {
                if let Some(name) = children(part).first().copied() {
                    let name = ident(b, name);
                    b.bind(&name, Binding::Import(module.to_owned()));
                }
            }
            "named_imports" => {
                for one in children(part) {
                    specifier(b, one, module);
                }
            }
            _ => {}
        }
    }
}

fn specifier(b: &mut Builder<'_>, n: Node<'_>, module: &str) {
    let name = ident_in(b, n, "name");
    let alias = ident_in(b, n, "alias");
    let path = if name == "default" { module.to_owned() } else { format!("{module}.{name}") };
    b.bind(if alias.is_empty() { &name } else { &alias }, Binding::Import(path));
}
