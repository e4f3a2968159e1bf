//! From an error to what a person reads and what a script sees: message, hint, exit code.

use crate::korean::Words;
use std::fmt;
use std::process::ExitCode;

/// Why the command ended, as its exit code says it. See `melodyvision --help` for the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Unexpected = 1,
    Usage = 2,
    Input = 3,
    Tool = 4,
    Write = 5,
    Strict = 6,
    Budget = 7,
    Interrupted = 130,
}

impl Class {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// An error at the edge of the program: what happened, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) class: Class,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// The same in Korean; scripts and logs read English.
    pub(crate) korean: Option<Words>,
}

impl Failure {
    pub(crate) fn new(class: Class, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), hint: None, korean: None }
    }

    /// The Korean wording.
    pub(crate) fn korean(mut self, words: Words) -> Self {
        self.korean = Some(words);
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    pub(crate) fn interrupted() -> Self {
        Self::new(Class::Interrupted, "interrupted")
            .hint("run the same command again to go on from here")
            .korean(("중단했어요".into(), Some("같은 명령을 다시 실행하면 이어서 해요".into())))
    }

    /// Something that should not happen.
    pub(crate) fn unexpected(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Class::Unexpected, format!("{:#}", error.into()))
            .hint("this is a defect: please report it with the command that you ran")
    }
}
