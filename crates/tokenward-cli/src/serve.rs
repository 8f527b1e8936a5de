//! `tokenward serve`: opens everything, says that it is ready, and ends in order.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use rustix::process::{Resource, Rlimit};
use tokenward_server::Authority;
use tokenward_server::admin::{self, AdminAuth};
use tokenward_server::http::{Listener, Server, Stopped, Tls, redirect_router};
use tokenward_server::telemetry::{self, Readiness, health_router, metrics_router};
use tokenward_tower::headers::SecurityHeaders;
use tokio::signal::unix::{SignalKind, signal};

use crate::acme::Acme;
use crate::args::ServeArgs;
use crate::client::{SOCKET, data_dir};
use crate::config::{self, Address, Config};
use crate::demo::{self, Tap};
use crate::deployment::Deployment;
use crate::dev::{self, DevFile, DevFolder};
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::Output;
use crate::pki::LocalTls;
use crate::secret::Variables;
use crate::tls::{Certificate, CertificateFiles, client_authorities};
use crate::{clock, files, memory};

mod dev_ports;

/// Runs the authority until it is told to stop.
///
/// `tap` is what the log says, for the demo.
pub(crate) async fn run(args: ServeArgs, output: Output, tap: Tap) -> Outcome {
    raise_open_files();
    let metrics = metrics()?;
    if args.dev {
        dev(args, output, metrics, tap).await
    } else {
        production(args, output, metrics).await
    }
}

/// Starts to count.
pub(crate) fn metrics() -> Result<PrometheusHandle, Failure> {
    let handle = PrometheusBuilder::new()
        .set_buckets(telemetry::LATENCY_BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| Failure::because("metrics", &error))?;
    telemetry::describe();
    tokio::spawn(tidy(handle.clone()));
    Ok(handle)
}

/// The recorder keeps every measurement until it is asked for or tidied, and perhaps nobody asks.
async fn tidy(metrics: PrometheusHandle) {
    let mut clock = tokio::time::interval(METRICS_TIDY);
    loop {
        clock.tick().await;
        metrics.run_upkeep();
    }
}

const METRICS_TIDY: Duration = Duration::from_secs(5);

/// What is listened on, and for whom.
#[derive(Debug)]
struct Doors {
    public: Vec<Listener>,
    admin_socket: Listener,
    admin: Option<Listener>,
    redirect: Option<Listener>,
    health: Option<Listener>,
    /// The public routes, for clients with a certificate.
    mtls: Option<(Listener, Tls)>,
    tls: Option<Tls>,
    admin_tls: Option<Tls>,
    headers: SecurityHeaders,
    demo: Option<Demo>,
}

/// The demo of `--dev`.
#[derive(Debug)]
struct Demo {
    listeners: Vec<Listener>,
    router: Router,
    url: String,
}

async fn dev(args: ServeArgs, output: Output, metrics: PrometheusHandle, tap: Tap) -> Outcome {
    let now = clock::system().now();
    let folder = DevFolder::open(args.data.as_deref().unwrap_or_else(|| Path::new(".tokenward")))?;
    let earlier = folder.earlier()?;
    let public = dev_ports::public(args.listen, earlier.as_ref()).await?;
    let port = dev_ports::port_of(&public)?;
    if let Some(earlier) = &earlier
        && earlier.port() != Some(port)
    {
        return Err(Failure::cannot(format!(
            "--listen: this folder belongs to {}, whose tokens name that port; choose another folder with --data",
            earlier.base_url
        )));
    }
    let admin = dev_ports::administration(earlier.as_ref().and_then(DevFile::admin_port)).await?;
    let shop = dev_ports::demo(earlier.as_ref().and_then(DevFile::demo_port)).await?;
    let shop_port = dev_ports::port_of(&shop)?;
    let names = dev::NAMES.map(str::to_owned);
    let local = LocalTls::prepare(&folder.path("tls"), &names, now)?;
    let certificate = CertificateFiles { certificate: local.certificate, key: local.key };
    let tls = new_tls(&certificate)?;
    let secrets = DevFolder::secrets(earlier.as_ref());
    let ports = (port, shop_port);
    let opened = Deployment::dev(&folder, ports, &secrets, args.custody, now)?.open().await?;
    dev::add_admin_token(&opened, &secrets.admin, now).await?;
    let authority = start(opened.parts().await?).await?;
    let base_url = format!("https://localhost:{port}");
    let demo_url = format!("https://localhost:{shop_port}");
    let file = DevFile {
        issuer: base_url.clone(),
        jwks_uri: format!("{base_url}/audiences/{}/jwks.json", dev::AUDIENCE),
        admin_url: format!(
            "https://localhost:{}",
            dev_ports::port_of(std::slice::from_ref(&admin))?
        ),
        base_url: base_url.clone(),
        ca_file: local.ca_file,
        audience: dev::AUDIENCE.to_owned(),
        client_id: dev::SERVICE.to_owned(),
        client_secret: secrets.service.expose().to_string(),
        admin_token: secrets.admin.expose().to_string(),
        demo_url: Some(demo_url.clone()),
    };
    folder.write(&file)?;
    let router = demo::router(&authority, &file, shop_port, tap)?;
    let doors = Doors {
        public,
        admin_socket: admin_socket(&folder.path(SOCKET))?,
        admin: Some(admin),
        redirect: None,
        health: None,
        mtls: None,
        admin_tls: Some(tls.clone()),
        tls: Some(tls.clone()),
        headers: SecurityHeaders::new().without_hsts(),
        demo: Some(Demo { listeners: shop, router, url: demo_url }),
    };
    tokio::spawn(certificate.follow(tls));
    serve(authority, doors, metrics, &base_url, Box::new(opened.trouble()), output).await
}

async fn production(args: ServeArgs, output: Output, metrics: PrometheusHandle) -> Outcome {
    let locked = memory::keep_out_of_swap();
    let path = args.config.unwrap_or_else(|| PathBuf::from("tokenward.toml"));
    let config = Config::load(&path).map_err(|problems| config::refusal(&problems))?;
    let data = data_of(&config, args.data.as_deref());
    let variables = Variables::of_process();
    let certificate = certificate_of(&config, &data)?;
    let tls = certificate.as_ref().map(Certificate::tls).transpose()?;
    let doors = doors(&config, args.listen, &data, tls.clone()).await?;
    let deployment = Deployment::of_config(&config, &data, &variables).await?;
    let has_store = deployment.has_store();
    let opened = deployment.open().await?;
    let authority = start(opened.parts().await?).await?;
    locked.log();
    if !has_store {
        tracing::warn!("the store is new: it knows no session and no revocation from before");
    }
    if let Some((certificate, tls)) = certificate.zip(tls) {
        tokio::spawn(certificate.keep(tls));
    }
    let url = config.issuer.as_str();
    serve(authority, doors, metrics, url, Box::new(opened.trouble()), output).await
}

/// The data folder of a configuration.
pub(crate) fn data_of(config: &Config, told: Option<&Path>) -> PathBuf {
    match told {
        Some(dir) => dir.to_owned(),
        None if config.base.as_os_str().is_empty() => data_dir(Some(Path::new("."))),
        None => config.base.clone(),
    }
}

/// The data folder of the configuration at `path`, whatever it says.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new(".")).to_owned()
}

/// The certificate that `config` names, orders or, in development, asks to be made.
pub(crate) fn certificate_of(config: &Config, data: &Path) -> Result<Option<Certificate>, Failure> {
    match &config.tls {
        None => Ok(None),
        Some(config::Tls::Files { certificate, key }) => {
            let (certificate, key) = (config.path(certificate), config.path(key));
            Ok(Some(Certificate::Files(CertificateFiles { certificate, key })))
        }
        Some(config::Tls::SelfSigned) => {
            let host: Option<http::Uri> = config.issuer.as_str().parse().ok();
            let host = host.as_ref().and_then(http::Uri::host).unwrap_or("localhost").to_owned();
            let names: Vec<_> = dev::NAMES.map(str::to_owned).into_iter().chain([host]).collect();
            let local = LocalTls::prepare(&data.join("tls"), &names, clock::system().now())?;
            let (certificate, key) = (local.certificate, local.key);
            Ok(Some(Certificate::Files(CertificateFiles { certificate, key })))
        }
        Some(config::Tls::Acme(acme)) => Ok(Some(Certificate::Acme(Acme {
            domains: acme.domains.clone(),
            contact: acme.contact.clone(),
            directory: acme.directory.clone(),
            ca_file: acme.ca_file.as_ref().map(|path| config.path(path)),
            folder: data.join("acme"),
        }))),
    }
}

async fn doors(
    config: &Config,
    listen: Option<SocketAddr>,
    data: &Path,
    tls: Option<Tls>,
) -> Result<Doors, Failure> {
    if tls.is_none() && listen.is_some() {
        return Err(Failure::cannot(
            "--listen: without [tls] tokens would go over the network in the clear; add [tls], or leave \
             it to listen.public",
        ));
    }
    let public = match listen {
        Some(address) => tcp("--listen", address).await?,
        None => bind("listen.public", &config.listen.public, &config.base).await?,
    };
    if tls.is_none() && config.listen.admin.is_some_and(|address| !address.ip().is_loopback()) {
        return Err(Failure::cannot(
            "listen.admin: without [tls] its token would go over the network in the clear; listen on 127.0.0.1",
        ));
    }
    let clients = match (&config.client_ca, &tls) {
        (Some(path), Some(tls)) => {
            let setting = "tls.client_ca";
            let authorities = client_authorities(setting, &config.path(path))?;
            let requiring = tls.requiring_clients(&authorities);
            Some(requiring.map_err(|error| Failure::because(setting, &error))?)
        }
        (Some(_), None) => {
            return Err(Failure::cannot(
                "tls.client_ca: clients show a certificate over TLS alone; name tls.certificate and tls.key \
                 (or tls.acme) too",
            ));
        }
        (None, _) => None,
    };
    let mtls = optional(("listen.mtls", config.listen.mtls)).await?.zip(clients.clone());
    let [admin, redirect, health] = [
        ("listen.admin", config.listen.admin),
        ("listen.redirect", config.listen.redirect),
        ("listen.health", config.listen.health),
    ];
    Ok(Doors {
        public: vec![public],
        admin_socket: admin_socket(&data.join(SOCKET))?,
        admin: optional(admin).await?,
        redirect: optional(redirect).await?,
        health: optional(health).await?,
        mtls,
        admin_tls: clients.or_else(|| tls.clone()),
        tls,
        headers: SecurityHeaders::new(),
        demo: None,
    })
}

/// Opens every listener of `config` and closes it again.
pub(crate) async fn try_listeners(config: &Config) -> Vec<Result<(), Failure>> {
    let listen = &config.listen;
    let doors = [
        ("listen.mtls", listen.mtls),
        ("listen.admin", listen.admin),
        ("listen.redirect", listen.redirect),
        ("listen.health", listen.health),
    ];
    let mut results = vec![bind("listen.public", &listen.public, &config.base).await.map(drop)];
    for door in doors {
        results.push(optional(door).await.map(drop));
    }
    results
}

fn readiness(authority: &Arc<Authority>, trouble: Trouble) -> Readiness {
    let (authority, same) = (Arc::downgrade(authority), Arc::downgrade(authority));
    Readiness::new(move || match authority.upgrade() {
        Some(authority) => authority.problems().into_iter().chain(trouble()).collect(),
        None => vec!["it is shutting down".to_owned()],
    })
    .warning_of(move || same.upgrade().map(|authority| authority.warnings()).unwrap_or_default())
}

/// What is wrong with the store.
type Trouble = Box<dyn Fn() -> Option<String> + Send + Sync>;

async fn start(parts: tokenward_server::Parts) -> Result<Arc<Authority>, Failure> {
    Authority::start(parts).await.map_err(|error| Failure::because_of(&error))
}

/// What `/metrics` shows: what was counted, and how things stand.
fn render(
    authority: &Arc<Authority>,
    metrics: PrometheusHandle,
) -> impl Fn() -> String + Send + Sync + 'static {
    let authority = Arc::downgrade(authority);
    move || {
        if let Some(authority) = authority.upgrade() {
            telemetry::observe_authority(&authority);
        }
        metrics.render()
    }
}

async fn serve(
    authority: Arc<Authority>,
    doors: Doors,
    metrics: PrometheusHandle,
    url: &str,
    trouble: Trouble,
    output: Output,
) -> Outcome {
    let readiness = readiness(&authority, trouble);
    let mut server = Server::new().with_headers(doors.headers);
    for listener in doors.public {
        tracing::info!(%listener, "public");
        server.add(listener, doors.tls.clone(), authority.public_router());
    }
    let by_socket = admin::router(Arc::clone(&authority), AdminAuth::socket());
    server.add(doors.admin_socket, None, by_socket);
    if let Some(listener) = doors.admin {
        tracing::info!(%listener, "administration and metrics");
        let auth = AdminAuth::token(admin_hosts(url, &listener));
        let router = admin::router(Arc::clone(&authority), auth)
            .merge(metrics_router(render(&authority, metrics)))
            .merge(health_router(readiness.clone()));
        server.add(listener, doors.admin_tls.clone(), router);
    }
    if let Some((listener, tls)) = doors.mtls {
        tracing::info!(%listener, "public, for clients with a certificate");
        server.add(listener, Some(tls), authority.public_router());
    }
    if let Some(listener) = doors.redirect {
        let router = redirect_router(url).map_err(|error| Failure::because_of(&error))?;
        server.add(listener, None, router);
    }
    if let Some(listener) = doors.health {
        server.add(listener, None, health_router(readiness));
    }
    let demo = doors.demo.map(|Demo { listeners, router, url }| {
        for listener in listeners {
            server.add(listener, doors.tls.clone(), router.clone());
        }
        url
    });
    let stop = stop_signal()?;
    let running = tokio::spawn(server.run(stop));
    output.line(format!("tokenward: ready on {url}"))?;
    if let Some(url) = demo {
        // Whoever started us may have read no further than that we are ready.
        drop(output.line(format!("tokenward: the demo is on {url}")));
    }
    let stopped = running.await.map_err(|error| Failure::because("the server", &error))?;
    authority.shutdown().await;
    if stopped == Stopped::Finished {
        tracing::info!("stopped; all requests were finished");
    } else {
        tracing::warn!("stopped; some requests were cut off");
    }
    Ok(GOOD)
}

/// The names under which an administrator may reach `listener`: any other in a request is a page in a
/// browser that reaches us by a name of its own.
fn admin_hosts(url: &str, listener: &Listener) -> Vec<String> {
    let uri: Option<http::Uri> = url.parse().ok();
    let issuer = uri.as_ref().and_then(http::Uri::host).map(str::to_owned);
    let bound = listener.local_addr().map(|address| match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    });
    let local = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
    local.into_iter().chain(issuer).chain(bound).collect()
}

pub(crate) fn new_tls(certificate: &CertificateFiles) -> Result<Tls, Failure> {
    let identity = certificate.load(clock::system().now())?;
    Tls::new(identity).map_err(|error| Failure::because("tls", &error))
}

fn admin_socket(path: &Path) -> Result<Listener, Failure> {
    Listener::bind_unix("--data", path, 0o600).map_err(|error| Failure::because_of(&error))
}

/// Listens on `address`, whose relative paths count from `base`.
pub(crate) async fn bind(
    setting: &str,
    address: &Address,
    base: &Path,
) -> Result<Listener, Failure> {
    match address {
        Address::Tcp(address) => tcp(setting, *address).await,
        // The proxy runs as another user of the same group.
        Address::Unix(path) => Listener::bind_unix(setting, files::resolve(base, path), 0o660)
            .map_err(|error| Failure::because_of(&error)),
    }
}

pub(crate) async fn tcp(setting: &str, address: SocketAddr) -> Result<Listener, Failure> {
    Listener::bind_tcp(setting, address).await.map_err(|error| Failure::because_of(&error))
}

async fn optional(
    (setting, address): (&str, Option<SocketAddr>),
) -> Result<Option<Listener>, Failure> {
    match address {
        Some(address) => tcp(setting, address).await.map(Some),
        None => Ok(None),
    }
}

/// Resolves at the first SIGTERM or SIGINT; a second one ends the process as it always does.
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()> + Send, Failure> {
    let listen =
        |kind| signal(kind).map_err(|error: io::Error| Failure::because("signals", &error));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    // A reload where nothing is read again: left to its default, the signal would end the process.
    let mut hangup = listen(SignalKind::hangup())?;
    Ok(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => tracing::info!("SIGHUP: certificates in files are read again, nothing else"),
            }
        }
        tracing::info!("stopping");
    })
}

/// Each connection is an open file; the soft limit of 1024 is a relic of `select`.
pub(crate) fn raise_open_files() {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if rustix::process::setrlimit(Resource::Nofile, raised).is_err() {
        tracing::debug!("the limit of open files stays as it is");
    }
}
