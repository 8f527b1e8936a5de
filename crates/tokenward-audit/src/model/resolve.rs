//! What names stand for: imports under other names, constants, fields, members of literal maps.

use super::{Binding, Id, Kind, Model, STEP, Scope, ScopeId, ScopeKind};

/// Names that lead to names that lead to names; whoever writes more than this means to hide something.
const FUEL: u8 = 16;
/// As many values as one name may have.
const MAX_VALUES: usize = 16;
/// As many choices as are looked at for them.
const MAX_STEPS: usize = 1_000;
/// Members of members of members, as above.
const MAX_DEPTH: u8 = 8;

impl Model {
    /// What an expression names, with imports resolved: `jsonwebtoken.verify`, `jwt.PyJWT().decode`,
    /// `github.com/golang-jwt/jwt.Parse`. What no scope declares begins with `~`: `~localStorage.setItem`.
    ///
    /// `None` where it hangs on a parameter or anything else that we do not know.
    pub(crate) fn path(&self, id: Id) -> Option<String> {
        self.path_in(id, FUEL)
    }

    /// The path of what a call calls.
    pub(crate) fn callee_path(&self, call: Id) -> Option<String> {
        match self.kind(call) {
            Kind::Call { callee, .. } => self.path(*callee),
            _ => None,
        }
    }

    /// The last name of what a call calls: `decode` of `anything().at[all].decode(…)`.
    pub(crate) fn callee_name(&self, call: Id) -> Option<&str> {
        match self.kind(call) {
            Kind::Call { callee, .. } => self.last_name(*callee),
            _ => None,
        }
    }

    /// The last name of an expression: `token` of `token`, and of `request.token`.
    pub(crate) fn last_name(&self, id: Id) -> Option<&str> {
        match self.kind(id) {
            Kind::Name(name) | Kind::Member(_, name) => Some(name),
            _ => None,
        }
    }

    /// The name of what a call calls, as its library has it: `decode`, though it was imported as `open`.
    pub(crate) fn called(&self, call: Id) -> Option<String> {
        match self.callee_path(call) {
            Some(path) => path.rsplit('.').next().map(str::to_owned),
            None => self.callee_name(call).map(str::to_owned),
        }
    }

    fn path_in(&self, id: Id, fuel: u8) -> Option<String> {
        let fuel = fuel.checked_sub(1)?;
        match self.kind(id) {
            Kind::Name(name) => self.path_of_name(name, self.node(id).scope, fuel),
            Kind::Member(object, name) => {
                if self.is_self(*object) {
                    return self.path_of_binding(only(self.fields_of(id, name)?)?, fuel);
                }
                let object = self.path_in(*object, fuel)?;
                // TypeScript's and Babel's way to a default import.
                Some(if name == "default" { object } else { format!("{object}.{name}") })
            }
            Kind::Call { callee, args } if self.is_interop(*callee) => {
                self.path_in(args.first()?.value, fuel)
            }
            Kind::Call { callee, args } => {
                let callee = self.path_in(*callee, fuel)?;
                if matches!(callee.as_str(), "~require" | "~import") {
                    return match self.kind(args.first()?.value) {
                        Kind::Text(module) => Some(module_name(module).to_owned()),
                        _ => None,
                    };
                }
                Some(format!("{callee}()"))
            }
            _ => None,
        }
    }

    /// `__importDefault(require("…"))`: what compilers put around a module.
    fn is_interop(&self, callee: Id) -> bool {
        match self.kind(callee) {
            Kind::Name(name) | Kind::Member(_, name) => {
                matches!(
                    name.as_str(),
                    "__importDefault"
                        | "__importStar"
                        | "_interopRequireDefault"
                        | "_interopRequireWildcard"
                        | "__toESM"
                )
            }
            _ => false,
        }
    }

    fn path_of_name(&self, name: &str, scope: ScopeId, fuel: u8) -> Option<String> {
        let Some((_, bindings)) = self.declared(name, scope) else {
            return Some(format!("~{name}"));
        };
        self.path_of_binding(only(bindings)?, fuel)
    }

    fn path_of_binding(&self, binding: &Binding, fuel: u8) -> Option<String> {
        match binding {
            Binding::Import(path) => Some(path.clone()),
            Binding::Value(value) => self.path_in(*value, fuel),
            Binding::Part(value, part) => Some(format!("{}.{part}", self.path_in(*value, fuel)?)),
            Binding::Typed(name) => self.type_path(name, fuel).map(|path| format!("{path}()")),
            Binding::Unknown => None,
        }
    }

    /// A type as it is written, `*jwt.Parser`, with its import resolved.
    fn type_path(&self, written: &str, fuel: u8) -> Option<String> {
        // A name may be declared as being of its own type.
        let fuel = fuel.checked_sub(1)?;
        let name = written.trim_start_matches(['*', '&', ':', ' ']);
        let end = name.find(|c: char| !(c.is_alphanumeric() || "_$.".contains(c)));
        let name = end.and_then(|end| name.get(..end)).unwrap_or(name);
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let first = self.path_of_name(first, ScopeId::FILE, fuel)?;
        Some(if rest.is_empty() { first } else { format!("{first}.{rest}") })
    }

    /// The scope that declares a name, and what it is bound to there.
    pub(crate) fn declared(&self, name: &str, scope: ScopeId) -> Option<(ScopeId, &[Binding])> {
        self.scopes_from(scope)
            .find_map(|(id, scope)| Some((id, scope.bindings.get(name)?.as_slice())))
    }

    /// Whether a name is a parameter of the function that declares it, and of which.
    pub(crate) fn parameter_of(&self, name: &str, scope: ScopeId) -> Option<(ScopeId, &Scope)> {
        let (declaring, _) = self.declared(name, scope)?;
        let scope = self.scope(declaring)?;
        scope.params.iter().any(|param| param.name == name).then_some((declaring, scope))
    }

    /// Whether a parameter is given another value in its function.
    pub(crate) fn is_given_again(&self, name: &str, at: Id) -> bool {
        self.declared(name, self.node(at).scope)
            .is_some_and(|(_, all)| all.iter().any(|one| matches!(one, Binding::Value(_))))
    }

    /// The function of this file that a call calls, told by its name; nothing where several have it.
    pub(crate) fn helper(&self, call: Id) -> Option<ScopeId> {
        match self.helpers(call).as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The functions of this file that a call may call, told by its name: methods of two classes, overloads.
    pub(crate) fn helpers(&self, call: Id) -> Vec<ScopeId> {
        let Some(name) = self.callee_name(call) else { return Vec::new() };
        let is_so = |scope: &Scope| scope.kind == ScopeKind::Function && scope.name == name;
        let scopes = self.ids().filter_map(|id| match self.kind(id) {
            Kind::Function(scope) => Some(*scope),
            _ => None,
        });
        scopes.filter(|scope| self.scope(*scope).is_some_and(is_so)).collect()
    }

    /// The paths of all imports.
    pub(crate) fn imports(&self) -> impl Iterator<Item = String> {
        let declared = self.scopes.iter().flat_map(|scope| scope.bindings.values().flatten());
        let declared = declared.filter_map(|binding| match binding {
            Binding::Import(path) => Some(path.clone()),
            _ => None,
        });
        let required = self.calls().filter_map(|call| match self.kind(call) {
            Kind::Call { callee, .. } if matches!(self.kind(*callee), Kind::Name(name) if name == "require") => {
                self.path(call)
            }
            _ => None,
        });
        declared.chain(required)
    }

    pub(crate) fn is_self(&self, id: Id) -> bool {
        matches!(self.kind(id), Kind::Name(name) if name == "self" || name == "this")
    }

    /// The expression that a name, a field or a member of a literal map stands for; itself, if we do not know.
    pub(crate) fn value(&self, id: Id) -> Id {
        let mut at = id;
        for _ in 0..FUEL {
            match self.step(at) {
                Some(next) if next != at => at = next,
                _ => break,
            }
        }
        at
    }

    /// Everything that an expression may come to, as far as the file shows: both sides of `or`, each of
    /// several assignments.
    pub(crate) fn values(&self, id: Id) -> Vec<Id> {
        let mut found = Vec::new();
        let mut open = vec![(id, FUEL)];
        let mut left = MAX_STEPS;
        while let Some((at, fuel)) = open.pop() {
            // Choices among choices among choices would be more than anybody waits for.
            if found.len() >= MAX_VALUES || left == 0 || !self.charge(STEP) {
                break;
            }
            left = left.saturating_sub(1);
            if found.contains(&at) {
                continue;
            }
            let Some(fuel) = fuel.checked_sub(1) else { continue };
            if let Kind::Choice(options) = self.kind(at) {
                open.extend(options.iter().map(|option| (*option, fuel)));
            } else if let Some(many) = self.assigned_values(at) {
                open.extend(many.into_iter().map(|one| (one, fuel)));
            } else {
                match self.step(at) {
                    Some(next) if next != at => open.push((next, fuel)),
                    _ => found.push(at),
                }
            }
        }
        found
    }

    fn assigned_values(&self, id: Id) -> Option<Vec<Id>> {
        let bindings = match self.kind(id) {
            Kind::Name(name) => self.declared(name, self.node(id).scope)?.1,
            Kind::Member(object, name) if self.is_self(*object) => self.own_field(id, name)?,
            _ => return None,
        };
        (bindings.len() > 1).then(|| {
            bindings
                .iter()
                .filter_map(|binding| match binding {
                    Binding::Value(value) => Some(*value),
                    _ => None,
                })
                .collect()
        })
    }

    /// What a field was given, where that was all in the class around `id`.
    fn own_field(&self, id: Id, name: &str) -> Option<&[Binding]> {
        let class = self.class_of(id)?;
        let bindings = self.fields_of(id, name)?;
        bindings
            .iter()
            .all(|binding| match binding {
                Binding::Value(value) => self.class_of(*value) == Some(class),
                _ => false,
            })
            .then_some(bindings)
    }

    /// What a field was given in the class around `id`; another class of the file may have one of that name, too.
    fn fields_of(&self, id: Id, name: &str) -> Option<&[Binding]> {
        let class = self.class_name(self.node(id).scope);
        self.fields.get(class)?.get(name).map(Vec::as_slice)
    }

    fn class_of(&self, id: Id) -> Option<ScopeId> {
        self.scopes_from(self.node(id).scope)
            .find(|(_, scope)| scope.kind == ScopeKind::Class)
            .map(|(id, _)| id)
    }

    fn step(&self, id: Id) -> Option<Id> {
        if !self.charge(STEP) {
            return None;
        }
        match self.kind(id) {
            Kind::Name(name) => {
                let (_, bindings) = self.declared(name, self.node(id).scope)?;
                self.value_of(only(bindings)?)
            }
            Kind::Member(object, name) if self.is_self(*object) => {
                let bindings = match self.fields_of(id, name) {
                    Some(bindings) => bindings,
                    // `key: str = "…"` in the class's body.
                    None => self.scope(self.class_of(id)?)?.bindings.get(name)?,
                };
                self.value_of(only(bindings)?)
            }
            Kind::Member(object, name) => {
                self.member_of_map(*object, name).or_else(|| self.member_of_class(*object, name))
            }
            Kind::Index(object, key) => match self.kind(*key) {
                Kind::Text(key) => self.member_of_map(*object, key),
                _ => None,
            },
            _ => None,
        }
    }

    fn value_of(&self, binding: &Binding) -> Option<Id> {
        match binding {
            Binding::Value(value) => Some(*value),
            Binding::Part(value, part) => self.member_of_map(*value, part),
            _ => None,
        }
    }

    fn member_of_map(&self, object: Id, name: &str) -> Option<Id> {
        // `a = a.b`: what it stands for hangs on what it stands for.
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return None;
        }
        self.depth.set(depth.saturating_add(1));
        let found = self.entry(self.value(object), name).found();
        self.depth.set(depth);
        found
    }

    fn member_of_class(&self, object: Id, name: &str) -> Option<Id> {
        let Kind::Name(class) = self.kind(object) else { return None };
        let class = self
            .scopes
            .iter()
            .find(|scope| scope.kind == ScopeKind::Class && &scope.name == class)?;
        match only(class.bindings.get(name)?)? {
            Binding::Value(value) => Some(*value),
            _ => None,
        }
    }
}

/// A package without the marks of its place: `node:crypto` is `crypto`.
pub(crate) fn module_name(module: &str) -> &str {
    module.strip_prefix("node:").unwrap_or(module)
}

fn only(bindings: &[Binding]) -> Option<&Binding> {
    match bindings {
        [one] => Some(one),
        _ => None,
    }
}
