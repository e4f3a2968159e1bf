//! The path from song to film as keyed steps: cache, budget, progress, resume.
