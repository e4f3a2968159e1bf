//! Hears a song: decoding, beats, bars, key, sections, energy, peaks.
