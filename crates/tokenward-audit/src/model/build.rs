//! Makes a [`Model`], node by node, in the order of the source.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use super::{Binding, Id, Kind, Model, Node, Param, Scope, ScopeId, ScopeKind};
use crate::language::Language;

/// Deeper than people write. What is below is left out, as no stack is endless.
const MAX_DEPTH: usize = 300;
/// More than a file of the greatest size has that people wrote.
const MAX_NODES: usize = 2_000_000;

/// Rules look for uses of names all over a file. Where a file has thousands of calls that they ask about, that
/// would be the square of its length.
pub(super) const FUEL: usize = 50_000_000;

/// A model in the making.
#[derive(Debug)]
pub(crate) struct Builder<'s> {
    text: &'s str,
    model: Model,
    scope: ScopeId,
    open: Vec<Id>,
    /// How many nodes are being read that leave nothing in the model.
    seen_through: usize,
    cut: bool,
}

impl<'s> Builder<'s> {
    pub(crate) fn new(text: &'s str, language: Language) -> Self {
        let file = Scope {
            parent: None,
            kind: ScopeKind::File,
            name: String::new(),
            params: Vec::new(),
            bindings: HashMap::new(),
        };
        let model = Model {
            language,
            nodes: Vec::new(),
            scopes: vec![file],
            fields: HashMap::new(),
            nothing: Node {
                kind: Kind::Other(Vec::new()),
                span: 0..0,
                scope: ScopeId::FILE,
                parent: None,
                end: 0,
            },
            fuel: Cell::new(FUEL),
            is_spent: Cell::new(false),
            depth: Cell::new(0),
        };
        Self { text, model, scope: ScopeId::FILE, open: Vec::new(), seen_through: 0, cut: false }
    }

    /// The model, and whether it holds the whole file.
    pub(crate) fn finish(self) -> (Model, bool) {
        (self.model, !self.cut)
    }

    pub(crate) fn text_of(&self, span: Range<usize>) -> &'s str {
        self.text.get(span).unwrap_or_default()
    }

    /// Adds a node whose kind, and the nodes below it, `fill` makes.
    pub(crate) fn add(&mut self, span: Range<usize>, fill: impl FnOnce(&mut Self) -> Kind) -> Id {
        let id = Id(self.model.nodes.len());
        self.model.nodes.push(Node {
            kind: Kind::Other(Vec::new()),
            span,
            scope: self.scope,
            parent: self.open.last().copied(),
            end: id.0.saturating_add(1),
        });
        if self.open.len() >= MAX_DEPTH || self.model.nodes.len() >= MAX_NODES {
            self.cut = true;
            return id;
        }
        self.open.push(id);
        let kind = fill(self);
        self.open.pop();
        let end = self.model.nodes.len();
        if let Some(node) = self.model.nodes.get_mut(id.0) {
            node.kind = kind;
            node.end = end;
        }
        id
    }

    /// Runs `fill` for what stands inside of something that itself is no node, like a parenthesis; nothing where
    /// that is too deep.
    pub(crate) fn deeper<T>(&mut self, fill: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.seen_through >= MAX_DEPTH {
            self.cut = true;
            return None;
        }
        self.seen_through = self.seen_through.saturating_add(1);
        let made = fill(self);
        self.seen_through = self.seen_through.saturating_sub(1);
        Some(made)
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// Runs `fill` inside a new scope.
    pub(crate) fn within(
        &mut self,
        kind: ScopeKind,
        name: &str,
        fill: impl FnOnce(&mut Self),
    ) -> ScopeId {
        let id = ScopeId(self.model.scopes.len());
        self.model.scopes.push(Scope {
            parent: Some(self.scope),
            kind,
            name: name.to_owned(),
            params: Vec::new(),
            bindings: HashMap::new(),
        });
        let outer = std::mem::replace(&mut self.scope, id);
        fill(self);
        self.scope = outer;
        id
    }

    /// `const read = () => …`, `exports.read = …`: a function without a name of its own is called by what it is
    /// assigned to.
    pub(crate) fn name_function(&mut self, value: Id, target: Id) {
        let Kind::Function(scope) = self.model.kind(value) else { return };
        let (Kind::Name(name) | Kind::Member(_, name)) = self.model.kind(target) else { return };
        let (scope, name) = (*scope, name.clone());
        if let Some(scope) = self.model.scopes.get_mut(scope.0)
            && scope.name.is_empty()
        {
            scope.name = name;
        }
    }

    /// Says what a name stands for in the scope that is open.
    pub(crate) fn bind(&mut self, name: &str, binding: Binding) {
        if let Some(scope) = self.model.scopes.get_mut(self.scope.0) {
            scope.bindings.entry(name.to_owned()).or_default().push(binding);
        }
    }

    /// Declares a name that is assigned to later.
    pub(crate) fn declare(&mut self, name: &str) {
        if let Some(scope) = self.model.scopes.get_mut(self.scope.0) {
            scope.bindings.entry(name.to_owned()).or_default();
        }
    }

    pub(crate) fn bind_field(&mut self, name: &str, binding: Binding) {
        let class = self.model.class_name(self.scope).to_owned();
        let fields = self.model.fields.entry(class).or_default();
        fields.entry(name.to_owned()).or_default().push(binding);
    }

    pub(crate) fn param(&mut self, param: Param) {
        let binding = match &param.type_name {
            Some(name) => Binding::Typed(name.clone()),
            None => Binding::Unknown,
        };
        self.bind(&param.name, binding);
        if let Some(scope) = self.model.scopes.get_mut(self.scope.0) {
            scope.params.push(param);
        }
    }

    /// Binds what an assignment assigns to: a name here, a field of `self` or `this` for its class.
    pub(crate) fn assigned(&mut self, target: Id, binding: Binding) {
        match self.model.kind(target) {
            Kind::Name(name) => {
                let name = name.clone();
                self.bind_outward(&name, binding);
            }
            Kind::Member(object, field) => {
                let owned = matches!(self.model.kind(*object), Kind::Name(name) if name == "self" || name == "this");
                if owned {
                    let field = field.clone();
                    self.bind_field(&field, binding);
                }
            }
            _ => {}
        }
    }

    /// An assignment without a declaration is to the variable of that name around it, if there is one.
    fn bind_outward(&mut self, name: &str, binding: Binding) {
        let declared = match self.model.language {
            Language::Python => None,
            _ => self
                .model
                .scopes_from(self.scope)
                .find(|(_, scope)| scope.bindings.contains_key(name))
                .map(|(id, _)| id),
        };
        let scope = declared.unwrap_or(self.scope);
        if let Some(scope) = self.model.scopes.get_mut(scope.0) {
            scope.bindings.entry(name.to_owned()).or_default().push(binding);
        }
    }
}
