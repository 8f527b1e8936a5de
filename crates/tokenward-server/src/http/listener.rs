//! Sockets that accept connections, bound with errors that an operator can act on.
//!
//! **Invariant:** a Unix socket never stands at its path with wider permissions than asked for.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream as StdTcpStream};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use super::Peer;

/// A socket that accepts connections.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener, SocketAddr),
    /// The path goes before the socket is closed: once it were closed, another process might take its
    /// place, and would lose it to us.
    Unix(OwnedPath, UnixListener),
}

/// A connection that was accepted.
#[derive(Debug)]
pub(super) enum Accepted {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// The same, bound to no runtime.
#[derive(Debug)]
pub(super) enum Detached {
    Tcp(StdTcpStream),
    Unix(StdUnixStream),
}

impl Accepted {
    pub(super) fn detach(self) -> io::Result<Detached> {
        Ok(match self {
            Self::Tcp(stream) => Detached::Tcp(stream.into_std()?),
            Self::Unix(stream) => Detached::Unix(stream.into_std()?),
        })
    }
}

impl Detached {
    /// Binds it to the runtime that this is called in.
    pub(super) fn attach(self) -> io::Result<Accepted> {
        Ok(match self {
            Self::Tcp(stream) => Accepted::Tcp(TcpStream::from_std(stream)?),
            Self::Unix(stream) => Accepted::Unix(UnixStream::from_std(stream)?),
        })
    }
}

impl Listener {
    /// Listens on `address`; port 0 takes any free one. `setting` names the setting it comes from,
    /// for example `listen.public`.
    pub async fn bind_tcp(setting: &str, address: SocketAddr) -> Result<Self, BindError> {
        let bind = async {
            let listener = TcpListener::bind(address).await?;
            let bound = listener.local_addr()?;
            Ok(Self { socket: Socket::Tcp(listener, bound) })
        };
        bind.await.map_err(|cause| BindError::tcp(setting, address, cause))
    }

    /// Listens on a Unix socket at `path` with permissions `mode` (for example `0o600`).
    ///
    /// A socket left there by a process that is gone is replaced; one that is in use, or anything
    /// else that stands there, is an error. Must be called in a tokio runtime.
    pub fn bind_unix(
        setting: &str,
        path: impl Into<PathBuf>,
        mode: u32,
    ) -> Result<Self, BindError> {
        let path = path.into();
        match bind_unix(&path, mode) {
            Ok(listener) => Ok(Self { socket: Socket::Unix(OwnedPath(path), listener) }),
            Err(cause) => Err(BindError::unix(setting, &path, cause)),
        }
    }

    /// The address it is bound to, with the real port; nothing for a Unix socket.
    #[must_use]
    pub const fn local_addr(&self) -> Option<SocketAddr> {
        match &self.socket {
            Socket::Tcp(_, address) => Some(*address),
            Socket::Unix(..) => None,
        }
    }

    pub(super) async fn accept(&self) -> io::Result<(Accepted, Peer)> {
        match &self.socket {
            Socket::Tcp(listener, _) => {
                let (stream, address) = listener.accept().await?;
                // Answers are small and whole: waiting to fill a packet only delays them.
                stream.set_nodelay(true)?;
                Ok((Accepted::Tcp(stream), Peer::Tcp(address)))
            }
            Socket::Unix(_, listener) => {
                let (stream, _) = listener.accept().await?;
                let credentials = stream.peer_cred()?;
                let peer = Peer::Unix { uid: credentials.uid(), pid: credentials.pid() };
                Ok((Accepted::Unix(stream), peer))
            }
        }
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.socket {
            Socket::Tcp(_, address) => write!(f, "{address}"),
            Socket::Unix(path, _) => write!(f, "unix:{}", path.0.display()),
        }
    }
}

/// A listener could not be opened. Its one line names the setting, the place and the mend.
#[derive(Debug, thiserror::Error)]
#[error("{setting}: {place} {problem}")]
pub struct BindError {
    setting: String,
    place: String,
    problem: String,
    #[source]
    cause: io::Error,
}

impl BindError {
    fn tcp(setting: &str, address: SocketAddr, cause: io::Error) -> Self {
        let problem = match cause.kind() {
            ErrorKind::AddrInUse => {
                "is in use: stop the process that holds it, or choose another port".to_owned()
            }
            ErrorKind::AddrNotAvailable => {
                "is no address of this machine: choose one of its own, or 0.0.0.0".to_owned()
            }
            ErrorKind::PermissionDenied => {
                "may not be opened: ports below 1024 need CAP_NET_BIND_SERVICE; grant it, or \
                 choose a higher port"
                    .to_owned()
            }
            _ => "cannot be opened".to_owned(),
        };
        Self { setting: setting.to_owned(), place: address.to_string(), problem, cause }
    }

    fn unix(setting: &str, path: &Path, cause: io::Error) -> Self {
        let problem = match cause.kind() {
            ErrorKind::AddrInUse => {
                "is in use: stop the process that holds it, or choose another path".to_owned()
            }
            ErrorKind::NotFound => "lies in no folder: create the folder first".to_owned(),
            ErrorKind::PermissionDenied => {
                "may not be created: give this user the right to write in its folder".to_owned()
            }
            ErrorKind::AlreadyExists => {
                "is not a socket: move it away, or choose another path".to_owned()
            }
            ErrorKind::InvalidInput => {
                "is too long for a socket: choose a path under 100 bytes".to_owned()
            }
            _ => "cannot be opened".to_owned(),
        };
        let place = format!("unix:{}", path.display());
        Self { setting: setting.to_owned(), place, problem, cause }
    }
}

/// Removes the socket when the listener goes, so that the next start finds nothing stale.
#[derive(Debug)]
struct OwnedPath(PathBuf);

impl Drop for OwnedPath {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::debug!(path = %self.0.display(), %error, "the socket was already gone");
        }
    }
}

fn bind_unix(path: &Path, mode: u32) -> io::Result<UnixListener> {
    refuse_if_taken(path)?;
    // Bound beside its place, narrowed, then moved there: at its path it is never open to others.
    let mut beside = OsString::from(path);
    beside.push(".new");
    let beside = PathBuf::from(beside);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&beside)?;
    fs::set_permissions(&beside, fs::Permissions::from_mode(mode))?;
    fs::rename(&beside, path)?;
    Ok(listener)
}

fn refuse_if_taken(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if !found.file_type().is_socket() => Err(ErrorKind::AlreadyExists.into()),
        Ok(_) => match StdUnixStream::connect(path) {
            // Somebody answers, or could not be asked: either way it is not ours to replace.
            Ok(_) => Err(ErrorKind::AddrInUse.into()),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
            Err(error) => Err(error),
        },
    }
}
