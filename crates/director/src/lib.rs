//! Directs a song: templates, storyboards, lyrics.
