//! What keeps secrets in the memory of this process out of files: no core dumps, and no swap.
//!
//! None of it stops root, or whoever runs code in this process.

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::failure::Failure;

/// Leaves no core dump of this process, and lets no other process of its user read it.
pub(crate) fn keep_out_of_dumps() -> Result<(), Failure> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none)
        // The limit binds no program that the kernel hands dumps to (core(5)); this does, and it closes
        // /proc/PID/mem and ptrace(2) to everybody but root.
        .and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable))
        .map_err(|error| Failure::because("core dumps cannot be turned off", &error))
}

/// Whether the memory of this process stays out of swap.
#[must_use]
pub(crate) struct Locked(rustix::io::Result<()>);

/// Keeps the memory of this process out of swap, where that is allowed.
pub(crate) fn keep_out_of_swap() -> Locked {
    // Below any other limit an allocation would fail in the midst of the work.
    let unlimited = Rlimit { current: None, maximum: None };
    // On fault: what is only reserved, such as the stacks of threads, takes no memory.
    let all = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
    Locked(setrlimit(Resource::Memlock, unlimited).and_then(|()| mlockall(all)))
}

impl Locked {
    /// Says so in the log if it does not: once all is open, because a failed start says one thing alone.
    pub(crate) fn log(self) {
        if let Err(error) = self.0 {
            tracing::warn!(
                %error,
                "memory is not locked, so keys in it may be swapped out; set LimitMEMLOCK=infinity, or \
                 encrypt the swap"
            );
        }
    }
}
