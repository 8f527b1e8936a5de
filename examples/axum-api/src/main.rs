//! A small API behind tokenward: what a service has to write, and nothing more.
//!
//! ```sh
//! cargo run --bin tokenward -- serve --dev                       # in one terminal
//! cargo run -p axum-api -- --dev-json .tokenward/dev.json        # in another
//! ```
//!
//! `app` is the part to copy: the layers and the handlers. The rest is what any service has: settings,
//! TLS, and here the route from `/session/*` to the authority, which in production a proxy does.

mod app;
mod notes;
mod session_proxy;
mod settings;
mod tls;

use std::future::IntoFuture;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokenward::ErrorChain;
use tokenward_remote::{Remote, SystemClock};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::session_proxy::SessionProxy;
use crate::settings::{Arguments, Settings};
use crate::tls::TlsListener;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("LOG").unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error: &(dyn std::error::Error + 'static) = &*error;
            tracing::error!("{}", ErrorChain::new(error));
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let settings = Settings::read(&arguments)?;
    let clock = Arc::new(SystemClock::new());
    // Comes up though the authority may be down: until keys and revocations are here, tokens get 503.
    let remote = Remote::start(&settings.remote, clock.clone())?;
    let proxy = SessionProxy::new(&settings.authority, settings.ca.as_deref())?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| format!("--listen {}: {error}", settings.listen))?;
    let port = listener.local_addr()?.port();

    let app = App::new(remote.verifier(), clock, settings.origins(port)?, settings.dpop(port)?)?;
    let router = app.router().merge(proxy.router()).layer(app::outermost(settings.dev));
    let server = axum::serve(TlsListener::new(listener, settings.tls), router)
        .with_graceful_shutdown(stop_signal());
    let announced = async {
        remote.ready().await;
        announce(port);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        ended = server.into_future() => Ok(ended?),
        () = announced => Ok(()),
    }
}

#[expect(clippy::print_stdout, reason = "scripts wait for this line")]
fn announce(port: u16) {
    println!("axum-api: ready on https://localhost:{port}");
}

/// Ends with the first SIGINT or SIGTERM. Requests that are being answered are finished.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}
