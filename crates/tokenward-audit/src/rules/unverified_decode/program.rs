//! What kind of program reads a token: one that serves requests, or one that runs at its user's.

use std::path::Path;

use crate::language::Language;
use crate::model::Kind;
use crate::rules::Context;

const SERVERS: [&str; 35] = [
    "Vapor",
    "Hummingbird",
    "shelf",
    "shelf_router",
    "dart_frog",
    "axum",
    "actix_web",
    "rocket",
    "warp",
    "tonic",
    "poem",
    "express",
    "fastify",
    "koa",
    "@nestjs/common",
    "@nestjs/jwt",
    "hono",
    "http",
    "https",
    "next/server",
    "socket.io",
    "ws",
    "@hapi/hapi",
    "@apollo/server",
    "graphql-yoga",
    "aws-lambda",
    "flask",
    "django",
    "fastapi",
    "starlette",
    "aiohttp",
    "sanic",
    "tornado",
    "bottle",
    "rest_framework",
];
const CLIENTS: [&str; 31] = [
    "UIKit",
    "SwiftUI",
    "AppKit",
    "flutter",
    "clap",
    "yew",
    "leptos",
    "react",
    "react-dom",
    "react-native",
    "react-redux",
    "react-router-dom",
    "vue",
    "vuex",
    "vue-router",
    "pinia",
    "svelte",
    "solid-js",
    "preact",
    "@reduxjs/toolkit",
    "zustand",
    "next/router",
    "next/navigation",
    "@ionic/react",
    "expo",
    "electron",
    "js-cookie",
    "argparse",
    "click",
    "typer",
    "tkinter",
];

/// Whether the file imports what serves requests.
pub(super) fn is_server(context: &Context<'_>) -> bool {
    let m = context.model;
    let by_language = match m.language {
        Language::Go => !is_client_file(context),
        Language::Php | Language::Ruby => true,
        Language::CSharp => !is_client(context),
        Language::Java | Language::Kotlin => !m.imports().any(|path| path.starts_with("android")),
        _ => false,
    };
    by_language
        || imports(context, &SERVERS)
        || has_part(context, &["server", "backend", "api", "middleware", "middlewares"])
            && !has_part(context, &["client", "frontend"])
}

/// `ca/client.go`: what asks a server, and holds its own tokens.
fn is_client_file(context: &Context<'_>) -> bool {
    Path::new(context.file).file_stem().is_some_and(|stem| stem == "client")
}

/// Whether the file is part of what runs at the user's.
pub(super) fn is_client(context: &Context<'_>) -> bool {
    let m = context.model;
    let name = context.file.to_lowercase();
    let browser = m.ids().any(|id| {
        matches!(m.kind(id), Kind::Name(name) if matches!(
            name.as_str(),
            "localStorage" | "sessionStorage" | "window" | "document" | "navigator"
        ) && m.declared(name, m.node(id).scope).is_none())
    });
    browser && m.language.is_script()
        || m.language == Language::Go && is_client_file(context)
        || matches!(m.language, Language::Tsx | Language::Markup)
        || Path::new(&name).extension().is_some_and(|extension| extension == "jsx")
        || imports(context, &CLIENTS)
        || m.imports().any(|path| {
            ["@angular/", "expo-", "android.", "androidx."]
                .iter()
                .any(|start| path.starts_with(start))
        })
        || has_part(
            context,
            &[
                "client",
                "frontend",
                "cli",
                "mobile",
                "ui",
                "webapp",
                "components",
                "blazor",
                "maui",
            ],
        )
}

fn imports(context: &Context<'_>, names: &[&str]) -> bool {
    context.model.imports().any(|path| {
        names.iter().any(|name| {
            path.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        })
    })
}

fn has_part(context: &Context<'_>, names: &[&str]) -> bool {
    context.file.split(['/', '\\']).any(|part| {
        let part = part.to_lowercase();
        names.contains(&part.as_str())
    })
}
