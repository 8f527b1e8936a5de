//! The notes of each subject, in memory and bounded.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use tokenward::Subject;

const SUBJECTS: usize = 1_000;
const NOTES_EACH: usize = 100;
const TEXT_BYTES: usize = 1_000;

/// A note.
#[derive(Clone, Serialize)]
pub(crate) struct Note {
    id: usize,
    text: String,
}

/// There is a limit to notes, so that a caller cannot fill the memory.
#[derive(Debug)]
pub(crate) struct NoRoom;

/// Everybody's notes, each for its subject alone.
#[derive(Default)]
pub(crate) struct Notes(Mutex<HashMap<Subject, Vec<Note>>>);

impl Notes {
    /// The notes of `subject`.
    pub(crate) fn of(&self, subject: &Subject) -> Vec<Note> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.get(subject).cloned().unwrap_or_default()
    }

    /// Forgets the notes of `subject`.
    pub(crate) fn forget(&self, subject: &Subject) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(subject);
    }

    /// Adds a note for `subject`.
    pub(crate) fn add(&self, subject: &Subject, text: String) -> Result<Note, NoRoom> {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = notes.contains_key(subject);
        if text.len() > TEXT_BYTES || (!known && notes.len() >= SUBJECTS) {
            return Err(NoRoom);
        }
        let own = notes.entry(subject.clone()).or_default();
        if own.len() >= NOTES_EACH {
            return Err(NoRoom);
        }
        let note = Note { id: own.len(), text };
        own.push(note.clone());
        Ok(note)
    }
}
