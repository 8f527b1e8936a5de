//! A verifier in a process that can be stopped, as far as anybody can see.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokenward_remote::{LiveVerifier, Remote, SystemClock};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::ledger::now;
use super::world::{World, until};

/// A verifier whose tasks have a thread of their own, which can be stopped: as after a SIGSTOP, in a
/// virtual machine that is moved or on a laptop that sleeps, nothing of it goes on but the clock.
pub(super) struct Paused {
    verifier: Arc<LiveVerifier>,
    /// Each is waited for, with the thread.
    stops: Option<UnboundedSender<mpsc::Receiver<()>>>,
    thread: Option<JoinHandle<()>>,
}

impl Paused {
    pub(super) fn connect(world: &World) -> Self {
        let (stops, mut stopped) = unbounded_channel::<mpsc::Receiver<()>>();
        let (connected, verifier) = mpsc::channel();
        let config = world.config();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let clock = Arc::new(SystemClock::new());
                let remote = Remote::connect(&config, clock).await.unwrap();
                connected.send(remote.verifier()).unwrap();
                while let Some(go_on) = stopped.recv().await {
                    go_on.recv().unwrap();
                }
            });
        });
        let verifier = verifier.recv().unwrap();
        Self { verifier, stops: Some(stops), thread: Some(thread) }
    }

    pub(super) fn verifier(&self) -> Arc<LiveVerifier> {
        Arc::clone(&self.verifier)
    }

    /// Stops it until what it knows is so old, and lets it go on.
    pub(super) async fn until_it_is_older_than(&mut self, age: Duration) {
        let (go_on, stop) = mpsc::channel();
        self.stops.as_ref().unwrap().send(stop).unwrap();
        let view = self.verifier.view();
        until("it is that old", || view.age(now()).is_some_and(|own| own > age)).await;
        go_on.send(()).unwrap();
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        drop(self.stops.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}
