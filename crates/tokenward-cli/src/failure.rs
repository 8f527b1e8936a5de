//! How a command ends when it does not simply succeed.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

use tokenward::ErrorChain;
use tokenward_audit::report::shown;

/// What a command comes to: the exit code of a command that was carried out, or why it was not.
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// Exit code 0: done, and the answer is good.
pub(crate) const GOOD: ExitCode = ExitCode::SUCCESS;

/// Exit code 1: carried out, and the answer is no.
pub(crate) fn answer_is_no() -> ExitCode {
    ExitCode::from(1)
}

/// Why a command ends with an exit code other than 0, in one line for the operator.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The command was carried out and the answer is no (exit code 1).
    pub(crate) fn no(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into() }
    }

    /// The command could not be carried out (exit code 2).
    pub(crate) fn cannot(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }

    /// The command could not be carried out because `doing` failed with `error`.
    pub(crate) fn because(doing: impl fmt::Display, error: &(dyn Error + 'static)) -> Self {
        Self::cannot(format!("{doing}: {}", ErrorChain::new(error)))
    }

    /// The command could not be carried out because of `error`, which names its place itself.
    pub(crate) fn because_of(error: &(dyn Error + 'static)) -> Self {
        Self::cannot(ErrorChain::new(error).to_string())
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }

    /// Whether nobody reads our output any more (`tokenward … | head`): no failure to speak of.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.code == BROKEN_PIPE
    }
}

/// Never given to the system: marks the failure that is none.
const BROKEN_PIPE: u8 = 141;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever the error below had to say.
        let mut lines = self.message.lines().map(str::trim).filter(|line| !line.is_empty());
        f.write_str(&shown(lines.next().unwrap_or_default()))?;
        for line in lines {
            write!(f, " {}", shown(line))?;
        }
        Ok(())
    }
}

impl From<io::Error> for Failure {
    /// For writing to standard output, where the place needs no name.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { code: BROKEN_PIPE, message: String::new() };
        }
        Self::because("standard output", &error)
    }
}
