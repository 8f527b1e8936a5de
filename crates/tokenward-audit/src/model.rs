//! What every language is read into: one small tree, with scopes.
//!
//! It keeps what rules ask about (calls with their arguments, literals, maps, assignments, functions, what a
//! `try` catches) and calls everything else [`Kind::Other`]. Parentheses, `await`, casts and `&` are gone.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use crate::language::Language;

pub(crate) mod build;
mod query;
mod resolve;

pub(crate) use query::Lookup;
pub(crate) use resolve::module_name;

/// What a step from a name to what it stands for costs: as much as looking at so many nodes.
const STEP: usize = 8;

/// A node of the tree. Ids rise in the order of the source.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Id(usize);

/// A scope: the file, a function or a class.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct ScopeId(usize);

impl ScopeId {
    /// That of the file.
    pub(crate) const FILE: Self = Self(0);
}

/// A file, read.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) language: Language,
    nodes: Vec<Node>,
    scopes: Vec<Scope>,
    /// What is assigned to `self.name` and `this.name`, by the name of the class around it.
    fields: HashMap<String, HashMap<String, Vec<Binding>>>,
    nothing: Node,
    /// How many more nodes may be looked at.
    fuel: Cell<usize>,
    is_spent: Cell<bool>,
    /// How many members of maps are being looked up, each for the sake of the one before.
    depth: Cell<u8>,
}

/// What stands at one place of the source.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// In bytes.
    pub(crate) span: Range<usize>,
    pub(crate) scope: ScopeId,
    pub(crate) parent: Option<Id>,
    /// The id after the last node below it.
    end: usize,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A string without holes.
    Text(String),
    /// A string with holes, or strings put together by `+`.
    Template(Vec<Id>),
    Number(f64),
    Bool(bool),
    Null,
    Name(String),
    Member(Id, String),
    Index(Id, Id),
    Call {
        callee: Id,
        args: Vec<Arg>,
    },
    /// A dictionary, an object, or the body of a composite literal.
    Map(Vec<Entry>),
    List(Vec<Id>),
    /// Either of these: `a or b`, `a ?? b`, `c ? a : b`.
    Choice(Vec<Id>),
    Binary(String, Id, Id),
    Assign(Id, Id),
    Return(Option<Id>),
    Function(ScopeId),
    Try {
        body: Id,
        handlers: Vec<Handler>,
    },
    /// What runs only if something is so: `if`, `switch`.
    Branch,
    Other(Vec<Id>),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(crate) struct Arg {
    /// Its keyword.
    pub(crate) name: Option<String>,
    /// Whether it stands for many: `*args`, `**options`, `...rest`.
    pub(crate) spread: bool,
    pub(crate) value: Id,
}

/// A member of a map.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) value: Id,
}

/// How a member of a map is named.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Named(String),
    Computed(Id),
    Spread,
}

/// What runs when a `try` fails.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    /// The name that the error gets.
    pub(crate) error: Option<String>,
    pub(crate) body: Id,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ScopeKind {
    File,
    Function,
    Class,
}

#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) parent: Option<ScopeId>,
    pub(crate) kind: ScopeKind,
    pub(crate) name: String,
    pub(crate) params: Vec<Param>,
    bindings: HashMap<String, Vec<Binding>>,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub(crate) name: String,
    /// Its type, as it is written.
    pub(crate) type_name: Option<String>,
    pub(crate) default: Option<Id>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(crate) enum Binding {
    /// Something of a library: `jsonwebtoken.verify`.
    Import(String),
    Value(Id),
    /// A part of a value: `const { secret } = config`.
    Part(Id, String),
    /// An instance of a type that is written at the declaration.
    Typed(String),
    /// Known to be bound, to what we do not know.
    Unknown,
}

impl Model {
    /// All nodes, in the order of the source.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> + use<> {
        let end = self.nodes.len();
        (0..if self.charge(end) { end } else { 0 }).map(Id)
    }

    /// Whether rules wanted to look at more than any file is worth: then what they found counts for nothing.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// How often all that was looked at could be looked at again, with what is left.
    pub(crate) fn again(&self) -> usize {
        let left = self.fuel.get();
        left.checked_div(build::FUEL.saturating_sub(left)).unwrap_or(usize::MAX)
    }

    /// Pays for a walk over `nodes` nodes; there is none any more once this was refused.
    pub(crate) fn charge(&self, nodes: usize) -> bool {
        let left = self.fuel.get().checked_sub(nodes);
        self.fuel.set(left.unwrap_or(0));
        if left.is_none() {
            self.is_spent.set(true);
        }
        left.is_some()
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        self.nodes.get(id.0).unwrap_or(&self.nothing)
    }

    pub(crate) fn kind(&self, id: Id) -> &Kind {
        &self.node(id).kind
    }

    pub(crate) fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0)
    }

    /// A scope and those around it, from the inside out.
    pub(crate) fn scopes_from(&self, id: ScopeId) -> impl Iterator<Item = (ScopeId, &Scope)> {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let id = next?;
            let scope = self.scope(id)?;
            next = scope.parent;
            Some((id, scope))
        })
    }

    /// The function around a node, or the file; a class body counts for what is around it.
    pub(crate) fn function_of(&self, id: Id) -> ScopeId {
        self.scopes_from(self.node(id).scope)
            .find(|(_, scope)| scope.kind != ScopeKind::Class)
            .map_or(ScopeId::FILE, |(id, _)| id)
    }

    /// The name of the function around a node, in lower case; nothing where it has none.
    pub(crate) fn function_name(&self, id: Id) -> String {
        self.scope(self.function_of(id)).map(|scope| scope.name.to_lowercase()).unwrap_or_default()
    }

    /// The name of the class around what stands in a scope; nothing where there is none.
    fn class_name(&self, scope: ScopeId) -> &str {
        self.scopes_from(scope)
            .find(|(_, scope)| scope.kind == ScopeKind::Class)
            .map_or("", |(_, scope)| scope.name.as_str())
    }

    /// Whether `inner` is `outer` or inside it.
    pub(crate) fn is_within(&self, inner: ScopeId, outer: ScopeId) -> bool {
        self.scopes_from(inner).any(|(id, _)| id == outer)
    }

    /// A node's parents, from the inside out.
    pub(crate) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut next = self.node(id).parent;
        std::iter::from_fn(move || {
            let id = next?;
            next = self.node(id).parent;
            Some(id)
        })
    }

    /// Whether a node is the name of a parameter.
    pub(crate) fn is_parameter(&self, id: Id) -> bool {
        match self.kind(id) {
            Kind::Name(name) => self.parameter_of(name, self.node(id).scope).is_some(),
            _ => false,
        }
    }

    /// The node of the function around a node; nothing in the file outside of functions.
    pub(crate) fn function_node(&self, id: Id) -> Option<Id> {
        let function = self.function_of(id);
        self.ancestors(id)
            .find(|one| matches!(self.kind(*one), Kind::Function(scope) if *scope == function))
    }

    /// What a value is given to, where it is all that is given: `target = value`.
    pub(crate) fn assigned_to(&self, value: Id) -> Option<Id> {
        match self.kind(self.node(value).parent?) {
            Kind::Assign(target, _) => Some(*target),
            _ => None,
        }
    }

    /// The function around a node that has a name: closures in it count for it, a class is none.
    pub(crate) fn named_function(&self, id: Id) -> Option<Id> {
        self.ancestors(id).find(|one| {
            self.scope_of(*one)
                .is_some_and(|scope| scope.kind == ScopeKind::Function && !scope.name.is_empty())
        })
    }

    /// What a function, a class or a module declares.
    pub(crate) fn scope_of(&self, id: Id) -> Option<&Scope> {
        match self.kind(id) {
            Kind::Function(scope) => self.scope(*scope),
            _ => None,
        }
    }

    /// Everything below a node, itself first.
    pub(crate) fn below(&self, id: Id) -> impl Iterator<Item = Id> + use<> {
        let end = self.node(id).end;
        let is_paid = self.charge(end.saturating_sub(id.0));
        (id.0..if is_paid { end } else { id.0 }).map(Id)
    }

    /// All calls, in the order of the source.
    pub(crate) fn calls(&self) -> impl Iterator<Item = Id> {
        self.ids().filter(|id| matches!(self.kind(*id), Kind::Call { .. }))
    }
}
