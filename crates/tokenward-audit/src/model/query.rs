//! Questions that rules ask: arguments, options, constants, uses.

use super::{Arg, Binding, Entry, Id, Key, Kind, Model, STEP, ScopeId};

/// What looking for an option came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lookup {
    Found(Id),
    /// It is certainly not there.
    Absent,
    /// It may be there, out of sight.
    Unknown,
}

impl Lookup {
    pub(crate) const fn found(self) -> Option<Id> {
        match self {
            Self::Found(id) => Some(id),
            _ => None,
        }
    }
}

/// What is known of a map: its members, and whether there may be more.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    pub(crate) named: Vec<(String, Id)>,
    pub(crate) more: bool,
}

/// More members than anybody writes; maps that are spread into maps have as many in no time.
const MAX_NAMED: usize = 10_000;
/// Maps inside of maps inside of maps.
const FUEL: u8 = 8;

impl Model {
    pub(crate) fn args(&self, call: Id) -> &[Arg] {
        match self.kind(call) {
            Kind::Call { args, .. } => args,
            _ => &[],
        }
    }

    /// The argument at `position` (from 0), counting those without a keyword.
    pub(crate) fn positional(&self, call: Id, position: usize) -> Lookup {
        let mut at = 0_usize;
        for arg in self.args(call) {
            if arg.name.is_some() {
                continue;
            }
            if arg.spread {
                return Lookup::Unknown;
            }
            if at == position {
                return Lookup::Found(arg.value);
            }
            at = at.saturating_add(1);
        }
        Lookup::Absent
    }

    /// The argument called `name`, also out of `**options`.
    pub(crate) fn keyword(&self, call: Id, name: &str) -> Lookup {
        let mut unknown = false;
        for arg in self.args(call) {
            if arg.name.as_deref() == Some(name) {
                return Lookup::Found(arg.value);
            }
            if arg.spread {
                match self.entry(self.value(arg.value), name) {
                    Lookup::Found(id) => return Lookup::Found(id),
                    Lookup::Unknown => unknown = true,
                    Lookup::Absent => {}
                }
            }
        }
        if unknown { Lookup::Unknown } else { Lookup::Absent }
    }

    /// The argument by keyword, or else by position.
    pub(crate) fn argument(&self, call: Id, name: &str, position: usize) -> Lookup {
        match (self.keyword(call, name), self.positional(call, position)) {
            // `f(a, **more)`: what stands there is not in `more` as well.
            (Lookup::Found(id), _) | (_, Lookup::Found(id)) => Lookup::Found(id),
            (Lookup::Absent, other) => other,
            (unknown, _) => unknown,
        }
    }

    /// A member of a map, by name.
    pub(crate) fn entry(&self, map: Id, name: &str) -> Lookup {
        let entries = self.entries(map);
        // The last one wins, in every language that we read.
        match entries.named.iter().rev().find(|(key, _)| key == name) {
            Some((_, value)) => Lookup::Found(*value),
            None if entries.more => Lookup::Unknown,
            None => Lookup::Absent,
        }
    }

    /// A member of the map that an expression stands for, or that is set on its name elsewhere.
    pub(crate) fn option(&self, map: Id, name: &str) -> Lookup {
        match self.entry(self.value(map), name) {
            Lookup::Found(id) => Lookup::Found(id),
            other => match self.set_elsewhere(map, name) {
                // Set only if something is so: it may be there.
                Some(id) if self.is_conditional(id, map) => Lookup::Unknown,
                Some(id) => Lookup::Found(id),
                None => self.agreed(map, name).map_or(other, Lookup::Found),
            },
        }
    }

    /// The flag that each of several maps has, which a name was given in turn.
    fn agreed(&self, map: Id, name: &str) -> Option<Id> {
        let maps = self.values(map);
        let flags: Option<Vec<Id>> = (maps.len() > 1)
            .then(|| maps.into_iter().map(|one| self.entry(one, name).found()).collect())?;
        let flags = flags?;
        let first = self.bool(*flags.first()?)?;
        flags.iter().all(|flag| self.bool(*flag) == Some(first)).then(|| flags.first().copied())?
    }

    /// Whether a node runs only in a branch that another is not in.
    pub(crate) fn is_conditional(&self, id: Id, beside: Id) -> bool {
        self.ancestors(id).any(|one| {
            matches!(self.kind(one), Kind::Branch) && !self.below(one).any(|inner| inner == beside)
        })
    }

    /// All members of a map, as far as the file shows them.
    pub(crate) fn entries(&self, map: Id) -> Entries {
        let mut entries = Entries::default();
        self.collect(map, &mut entries, FUEL);
        entries
    }

    fn collect(&self, map: Id, into: &mut Entries, fuel: u8) {
        let fuel =
            fuel.checked_sub(1).filter(|_| into.named.len() < MAX_NAMED && self.charge(STEP));
        let Some(fuel) = fuel else {
            into.more = true;
            return;
        };
        match self.kind(map) {
            Kind::Map(members) => {
                for member in members {
                    self.collect_member(member, into, fuel);
                }
            }
            Kind::Null => {}
            Kind::Call { args, .. } => match self.callee_path(map).as_deref() {
                Some("~dict" | "~Object.assign" | "~Object.freeze") => {
                    for arg in args {
                        match &arg.name {
                            Some(name) => into.named.push((name.clone(), arg.value)),
                            None => self.collect(self.value(arg.value), into, fuel),
                        }
                    }
                }
                // A composite literal: its one argument is its body.
                _ => match args.as_slice() {
                    [Arg { name: None, spread: false, value }]
                        if matches!(self.kind(*value), Kind::Map(_)) && self.is_literal(map) =>
                    {
                        self.collect(*value, into, fuel);
                    }
                    _ => into.more = true,
                },
            },
            // A list of pairs: `dict([("verify_signature", False)])`.
            Kind::List(items) => {
                for item in items {
                    match self.kind(*item) {
                        Kind::List(pair) => match pair.as_slice() {
                            [key, value] => match self.kind(*key) {
                                Kind::Text(key) => into.named.push((key.clone(), *value)),
                                _ => into.more = true,
                            },
                            _ => into.more = true,
                        },
                        _ => into.more = true,
                    }
                }
            }
            Kind::Binary(operator, left, right) if operator == "|" => {
                self.collect(self.value(*left), into, fuel);
                self.collect(self.value(*right), into, fuel);
            }
            _ => into.more = true,
        }
    }

    fn collect_member(&self, member: &Entry, into: &mut Entries, fuel: u8) {
        match &member.key {
            Key::Named(name) => into.named.push((name.clone(), member.value)),
            Key::Computed(key) => match self.kind(self.value(*key)) {
                Kind::Text(name) => into.named.push((name.clone(), member.value)),
                _ => into.more = true,
            },
            Key::Spread => self.collect(self.value(member.value), into, fuel),
        }
    }

    /// Whether a call is a literal with members: `T{…}` of Go and Rust, `new T { … }` of C#.
    pub(crate) fn is_literal(&self, call: Id) -> bool {
        match self.kind(call) {
            Kind::Call { callee, args } => match (self.kind(*callee), args.as_slice()) {
                (_, [body]) => {
                    use crate::Language::{CSharp, Go, Rust};
                    matches!(self.language, Go | CSharp | Rust)
                        && matches!(self.kind(body.value), Kind::Map(_))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What `name.key = value`, `name["key"] = value` or `name.update(key=value)` sets in the same function.
    fn set_elsewhere(&self, map: Id, key: &str) -> Option<Id> {
        let Kind::Name(name) = self.kind(map) else { return None };
        let (declared, _) = self.declared(name, self.node(map).scope)?;
        let same = |id: Id| self.is_name_of(id, name, declared);
        self.ids().find_map(|id| match self.kind(id) {
            Kind::Assign(target, value) => match self.kind(*target) {
                Kind::Member(object, member) if member == key && same(*object) => Some(*value),
                Kind::Index(object, index) if same(*object) => match self.kind(*index) {
                    Kind::Text(member) if member == key => Some(*value),
                    _ => None,
                },
                _ => None,
            },
            Kind::Call { callee, .. } => match self.kind(*callee) {
                Kind::Member(object, method) if method == "update" && same(*object) => {
                    self.keyword(id, key).found().or_else(|| match self.positional(id, 0) {
                        Lookup::Found(arg) => self.entry(self.value(arg), key).found(),
                        _ => None,
                    })
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether a node is the name `name` as `declared` declares it.
    pub(crate) fn is_name_of(&self, id: Id, name: &str, declared: ScopeId) -> bool {
        matches!(self.kind(id), Kind::Name(other) if other == name)
            && self.declared(name, self.node(id).scope).is_some_and(|(scope, _)| scope == declared)
    }

    /// All places where a name stands for the same thing.
    pub(crate) fn uses<'m>(
        &'m self,
        name: &'m str,
        declared: ScopeId,
    ) -> impl Iterator<Item = Id> + 'm {
        self.ids().filter(move |id| self.is_name_of(*id, name, declared))
    }

    /// The text that an expression certainly is.
    pub(crate) fn text(&self, id: Id) -> Option<&str> {
        match self.kind(self.value(id)) {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth that an expression certainly is.
    pub(crate) fn bool(&self, id: Id) -> Option<bool> {
        match self.kind(self.value(id)) {
            Kind::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The truth that an option certainly is, where it was found. Where numbers pass for truths, `0` and `1` are some.
    pub(crate) fn said(&self, option: Lookup) -> Option<bool> {
        use crate::Language::{Php, Python};
        let id = option.found()?;
        let is_loose = self.language.is_script() || matches!(self.language, Php | Python);
        match self.kind(self.value(id)) {
            Kind::Number(number) if is_loose && matches!(*number, 0.0 | 1.0) => Some(*number > 0.0),
            _ => self.bool(id),
        }
    }

    /// The number that an expression certainly is, products and sums worked out.
    pub(crate) fn number(&self, id: Id) -> Option<f64> {
        self.number_in(id, FUEL)
    }

    fn number_in(&self, id: Id, fuel: u8) -> Option<f64> {
        let fuel = fuel.checked_sub(1)?;
        match self.kind(self.value(id)) {
            Kind::Number(number) => Some(*number),
            Kind::Binary(operator, left, right) => {
                let (left, right) = (self.number_in(*left, fuel)?, self.number_in(*right, fuel)?);
                match operator.as_str() {
                    "*" => Some(left * right),
                    "+" => Some(left + right),
                    "-" => Some(left - right),
                    "/" => Some(left / right),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an expression is certainly nothing: `None`, `null`, `undefined`, `nil`.
    pub(crate) fn is_null(&self, id: Id) -> bool {
        matches!(self.kind(self.value(id)), Kind::Null)
    }

    /// The items of a list, or the one thing that stands for a list of one.
    pub(crate) fn items(&self, id: Id) -> Vec<Id> {
        match self.kind(self.value(id)) {
            Kind::List(items) => items.clone(),
            _ => vec![id],
        }
    }

    /// The names of the parts that a pattern takes out of a value: `sub` of `const { sub: id } = value`.
    pub(crate) fn parts_of(&self, value: Id) -> Vec<String> {
        self.all_parts().filter(|(of, _)| *of == value).map(|(_, part)| part.to_owned()).collect()
    }

    /// The same, of whatever the value is called.
    pub(crate) fn parts_of_name(&self, name: &str, declared: ScopeId) -> Vec<String> {
        self.all_parts()
            .filter(|(of, _)| self.is_name_of(*of, name, declared))
            .map(|(_, part)| part.to_owned())
            .collect()
    }

    /// The names that the parts of something got, each with its part and where it is declared.
    pub(crate) fn names_of_parts(&self, is_of: impl Fn(Id) -> bool) -> Vec<(&str, &str, ScopeId)> {
        self.charge(self.nodes.len());
        let scopes = self.scopes.iter().enumerate();
        scopes
            .flat_map(|(at, scope)| scope.bindings.iter().map(move |(name, all)| (at, name, all)))
            .flat_map(|(at, name, all)| all.iter().map(move |one| (at, name, one)))
            .filter_map(|(at, name, one)| match one {
                Binding::Part(of, part) if is_of(*of) => {
                    Some((part.as_str(), name.as_str(), ScopeId(at)))
                }
                _ => None,
            })
            .collect()
    }

    fn all_parts(&self) -> impl Iterator<Item = (Id, &str)> {
        // As good as a walk: there are at most as many bindings as nodes.
        self.charge(self.nodes.len());
        self.scopes.iter().flat_map(|scope| scope.bindings.values().flatten()).filter_map(
            |binding| match binding {
                Binding::Part(of, part) if !part.starts_with('#') => Some((*of, part.as_str())),
                _ => None,
            },
        )
    }
}

impl Model {
    /// Whether a name is bound to the part `part` of what one of `functions` answered.
    pub(crate) fn part_is_header(
        &self,
        name: &str,
        at: Id,
        part: &str,
        functions: &[&str],
    ) -> bool {
        let Some((_, bindings)) = self.declared(name, self.node(at).scope) else { return false };
        bindings.iter().any(|binding| match binding {
            Binding::Part(of, key) if key == part => {
                let mut at = self.value(*of);
                // `decode(t, { complete: true }).header`
                if let Kind::Member(object, header) = self.kind(at)
                    && header == "header"
                {
                    at = self.value(*object);
                }
                self.called(at).is_some_and(|name| functions.contains(&name.as_str()))
            }
            _ => false,
        })
    }
}
