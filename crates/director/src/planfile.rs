//! Plan files: the storyboard as JSON that a person may edit, read back with errors that say where.

use mv_core::Storyboard;
use mv_core::storyboard::StoryboardError;
use std::path::Path;

/// A plan of a 20-minute song has a few megabytes; anything above this is not one.
pub const LARGEST_FILE: u64 = 16 << 20;
/// More scenes than any song cut on every beat would have.
const MOST_SCENES: usize = 20_000;

/// Why a plan file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("plan `{file}` cannot be read: {source}")]
    Read { file: String, source: std::io::Error },
    #[error("plan `{file}` has {size} bytes: the most is {LARGEST_FILE}")]
    TooLarge { file: String, size: u64 },
    /// `path` names the value as in `scenes[3].camera`.
    #[error("plan `{file}`, line {line}, column {column}: `{path}`: {message}")]
    Json { file: String, path: String, line: usize, column: usize, message: String },
    #[error(
        "plan `{file}` is of version {found}, this build reads version {}: make it again with `plan`",
        Storyboard::VERSION
    )]
    Version { file: String, found: u64 },
    #[error("plan `{file}` has {count} scenes: the most is {MOST_SCENES}")]
    TooManyScenes { file: String, count: usize },
    #[error("plan `{file}`: {error}")]
    Rule { file: String, error: StoryboardError },
    #[error("the plan was made for another song (its hash is `{planned}`, this one's `{given}`)")]
    OtherSong { planned: String, given: String },
}

/// Reads a plan from JSON and checks it; `file` names it in errors.
pub fn parse(json: &str, file: &str) -> Result<Storyboard, PlanError> {
    let name = || file.to_owned();
    if json.len() as u64 > LARGEST_FILE {
        return Err(PlanError::TooLarge { file: name(), size: json.len() as u64 });
    }
    // The version comes first: a plan of another version may have other fields, and its errors would mislead.
    if let Some(found) = version(json).filter(|found| *found != u64::from(Storyboard::VERSION)) {
        return Err(PlanError::Version { file: name(), found });
    }
    let mut reader = serde_json::Deserializer::from_str(json.trim_start_matches('\u{feff}'));
    let storyboard: Storyboard = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        json_error(file, path, error.inner())
    })?;
    reader.end().map_err(|error| json_error(file, ".".to_owned(), &error))?;
    if storyboard.scenes.len() > MOST_SCENES {
        return Err(PlanError::TooManyScenes { file: name(), count: storyboard.scenes.len() });
    }
    storyboard.validate().map_err(|error| PlanError::Rule { file: name(), error })?;
    Ok(storyboard)
}

fn json_error(file: &str, path: String, error: &serde_json::Error) -> PlanError {
    // serde_json ends its messages with the position, which stands at the front of ours.
    let whole = error.to_string();
    let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message).to_owned();
    PlanError::Json { file: file.to_owned(), path, line: error.line(), column: error.column(), message }
}

/// The plan's version, if it is JSON at all.
fn version(json: &str) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Head {
        version: u64,
    }
    serde_json::from_str::<Head>(json.trim_start_matches('\u{feff}')).ok().map(|head| head.version)
}

/// Reads and checks a plan file.
pub fn load(path: &Path) -> Result<Storyboard, PlanError> {
    let file = path.display().to_string();
    let read = |source| PlanError::Read { file: file.clone(), source };
    let size = std::fs::metadata(path).map_err(read)?.len();
    if size > LARGEST_FILE {
        return Err(PlanError::TooLarge { file, size });
    }
    let json = std::fs::read_to_string(path).map_err(read)?;
    parse(&json, &file)
}

/// The plan as a person edits it: indented, fields in the order they are documented, a newline at the end.
pub fn to_json(storyboard: &Storyboard) -> String {
    // A storyboard holds strings, numbers and lists only, none of which JSON can refuse.
    let mut json = serde_json::to_string_pretty(storyboard).unwrap_or_default();
    json.push('\n');
    json
}

/// Checks that a plan belongs to a song; `given` is the BLAKE3 of the song's file, hex.
pub fn check_song(storyboard: &Storyboard, given: &str) -> Result<(), PlanError> {
    if storyboard.song.hash == given {
        return Ok(());
    }
    Err(PlanError::OtherSong { planned: storyboard.song.hash.clone(), given: given.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::storyboard;

    #[test]
    fn a_plan_survives_its_file() {
        let plan = storyboard();
        let json = to_json(&plan);
        assert_eq!(parse(&json, "plan.json").unwrap(), plan);
        assert_eq!(to_json(&parse(&json, "plan.json").unwrap()), json);
        assert!(json.lines().count() > plan.scenes.len() * 10);
    }

    #[test]
    fn errors_say_where_and_what() {
        let json = to_json(&storyboard());
        let error = |from: &str, to: &str| {
            assert!(json.contains(from), "`{from}` is not in the plan");
            parse(&json.replacen(from, to, 1), "plan.json").unwrap_err().to_string()
        };
        let camera = error("\"camera\": \"", "\"camera\": \"sideways-");
        assert!(camera.contains("`scenes[0].camera`") && camera.contains("line "), "{camera}");
        let extra = error("\"intensity\"", "\"intensety\"");
        assert!(extra.contains("scenes[0]") && extra.contains("intensety"), "{extra}");
        let version = error("\"version\": 1", "\"version\": 2");
        assert!(version.contains("version 2"), "{version}");
        let rule = error("\"start\": 0.0", "\"start\": 0.5");
        assert!(rule.contains("must start at 0"), "{rule}");
        let cut = parse(&json[..json.len() / 2], "plan.json").unwrap_err().to_string();
        assert!(cut.contains("EOF"), "{cut}");
        let twice = parse(&format!("{json}{json}"), "plan.json").unwrap_err().to_string();
        assert!(twice.contains("trailing"), "{twice}");
    }

    #[test]
    fn another_song_is_noticed() {
        let plan = storyboard();
        assert!(check_song(&plan, &plan.song.hash).is_ok());
        assert!(matches!(check_song(&plan, "ff"), Err(PlanError::OtherSong { .. })));
    }
}
