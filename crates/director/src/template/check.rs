//! Reading a template and checking that a film can be directed with it.

use super::grammar::{PatternError, fill};
use super::{BySection, Template, TransitionChoice};
use mv_core::Storyboard;
use mv_core::vocabulary::{SectionKind, TransitionKind};
use std::path::Path;

/// A template file is a few kilobytes; anything above this is not one.
const LARGEST_FILE: u64 = 256 * 1024;

/// Why a template cannot be used. `file` is the path, or the built-in's name.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("template `{file}` cannot be read: {source}")]
    Read { file: String, source: std::io::Error },
    #[error("template `{file}` has {size} bytes: a template has at most {LARGEST_FILE}")]
    TooLarge { file: String, size: u64 },
    #[error("template `{file}`, line {line}: {message}")]
    Syntax { file: String, line: usize, message: String },
    #[error("template `{file}`: `{field}` is `{value}`: {rule}")]
    Field { file: String, field: String, value: String, rule: String },
    #[error("`{id}` is not a template: choose {known}, or give the path of a TOML file")]
    Unknown { id: String, known: String },
}

impl Template {
    /// Reads and checks a template; `file` names it in errors.
    pub fn parse(text: &str, file: &str) -> Result<Self, TemplateError> {
        if text.len() as u64 > LARGEST_FILE {
            return Err(TemplateError::TooLarge { file: file.into(), size: text.len() as u64 });
        }
        let template: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
            TemplateError::Syntax { file: file.into(), line, message: error.message().to_owned() }
        })?;
        template.check(file)?;
        Ok(template)
    }

    /// Reads and checks a person's own template file.
    pub fn load(path: &Path) -> Result<Self, TemplateError> {
        let file = path.display().to_string();
        let read = |source| TemplateError::Read { file: file.clone(), source };
        let size = std::fs::metadata(path).map_err(read)?.len();
        if size > LARGEST_FILE {
            return Err(TemplateError::TooLarge { file, size });
        }
        let text = std::fs::read_to_string(path).map_err(read)?;
        Self::parse(&text, &file)
    }

    /// Checks what the types cannot say; the first thing wrong is the error.
    fn check(&self, file: &str) -> Result<(), TemplateError> {
        let checker = Checker { file };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        checker.hold(
            (1..=64).contains(&self.id.len()) && self.id.chars().all(plain),
            "id",
            &self.id,
            "it must be 1 to 64 lower-case letters, digits and hyphens",
        )?;
        for (field, text) in [
            ("name.en", &self.name.en),
            ("name.ko", &self.name.ko),
            ("summary.en", &self.summary.en),
            ("summary.ko", &self.summary.ko),
            ("prompts.style", &self.prompts.style),
            ("prompts.calm", &self.prompts.calm),
            ("prompts.loud", &self.prompts.loud),
        ] {
            checker.hold(
                !text.trim().is_empty() && text.len() <= 600,
                field,
                text,
                "it must be a text of 1 to 600 bytes",
            )?;
        }
        self.check_look(&checker)?;
        self.check_stage(&checker)?;
        checker.sections("framing", &self.framing)?;
        checker.sections("camera", &self.camera)?;
        checker.sections("actions", &self.actions)?;
        self.check_cutting(&checker)?;
        self.check_prompts(&checker)
    }

    fn check_look(&self, checker: &Checker<'_>) -> Result<(), TemplateError> {
        let look = &self.look;
        for (field, value) in [
            ("look.tint", look.tint),
            ("look.saturation", look.saturation),
            ("look.contrast", look.contrast),
            ("look.haze", look.haze),
            ("look.bloom", look.bloom),
            ("look.grain", look.grain),
            ("look.vignette", look.vignette),
        ] {
            checker.range(field, f64::from(value), 0.0, 1.0)?;
        }
        let accents = look.accents.len();
        checker.hold((2..=4).contains(&accents), "look.accents", &accents, "there must be 2 to 4 colours")
    }

    fn check_stage(&self, checker: &Checker<'_>) -> Result<(), TemplateError> {
        checker.count("places", self.places.len(), 64)?;
        checker.count("hours", self.hours.len(), 16)?;
        checker.count("weathers", self.weathers.len(), 64)?;
        for (index, choice) in self.places.iter().enumerate() {
            checker.weight(&format!("places[{index}].weight"), choice.weight)?;
            let earlier = self.places[..index].iter().any(|other| other.place == choice.place);
            checker.hold(!earlier, &format!("places[{index}].place"), &choice.place, "it is listed twice")?;
        }
        for (index, choice) in self.weathers.iter().enumerate() {
            checker.weight(&format!("weathers[{index}].weight"), choice.weight)?;
        }
        // A section kind that no place suits would leave its scenes nowhere to play.
        for section in SectionKind::ALL {
            let place = self.places.iter().any(|choice| choice.suits(*section));
            checker.hold(place, "places", section, "at least one place must suit this section")?;
            let weather = self.weathers.iter().any(|w| w.sections.is_empty() || w.sections.contains(section));
            checker.hold(weather, "weathers", section, "at least one weather must suit this section")?;
        }
        let mut before = 0.0;
        for (index, hour) in self.hours.iter().enumerate() {
            let field = format!("hours[{index}].until");
            let last = index + 1 == self.hours.len();
            let grows = hour.until > before && hour.until <= 1.0 && (!last || hour.until >= 1.0);
            checker.hold(
                grows,
                &field,
                &hour.until,
                "shares of the song must grow from above 0 to exactly 1",
            )?;
            before = hour.until;
        }
        let times = self.hours.iter().map(|hour| hour.time).chain(self.bridge.time);
        for time in times {
            let lit = self.lighting.get(&time).is_some_and(|lights| !lights.is_empty());
            checker.hold(lit, "lighting", &time, "this hour is used and needs at least one light")?;
        }
        Ok(())
    }

    fn check_cutting(&self, checker: &Checker<'_>) -> Result<(), TemplateError> {
        let cutting = &self.cutting;
        for (field, bars) in
            [("cutting.low", cutting.low), ("cutting.mid", cutting.mid), ("cutting.high", cutting.high)]
        {
            checker.range(field, bars, 0.5, 8.0)?;
        }
        checker.range("cutting.burst_beats", f64::from(cutting.burst_beats), 0.0, 8.0)?;
        checker.range("cutting.same_place_run", cutting.same_place_run as f64, 1.0, 8.0)?;
        let rules = &self.transitions;
        for (field, share) in [
            ("transitions.cut_low", rules.cut_low),
            ("transitions.cut_mid", rules.cut_mid),
            ("transitions.cut_high", rules.cut_high),
        ] {
            checker.range(field, share, 0.0, 1.0)?;
        }
        checker.transitions("transitions.strong", &rules.strong)?;
        checker.transitions("transitions.weak", &rules.weak)?;
        checker.transitions("transitions.other", &rules.other)
    }

    fn check_prompts(&self, checker: &Checker<'_>) -> Result<(), TemplateError> {
        let prompts = &self.prompts;
        for (list, patterns, needed) in [
            ("prompts.image", &prompts.image, &["{subject}", "{place}", "{style}"][..]),
            ("prompts.motion", &prompts.motion, &["{camera}"][..]),
        ] {
            checker.count(list, patterns.len(), 32)?;
            for (index, pattern) in patterns.iter().enumerate() {
                let field = format!("{list}[{index}]");
                let rule = match fill(pattern, |_| String::new()) {
                    Ok(_) => None,
                    Err(PatternError::Unclosed) => Some("a brace is not closed".to_owned()),
                    Err(PatternError::UnknownSlot(slot)) => {
                        let known = super::SLOTS.join("}, {");
                        Some(format!("`{{{slot}}}` is not a slot: choose {{{known}}}"))
                    }
                };
                let missing = needed.iter().find(|slot| !pattern.contains(**slot));
                let rule = rule.or_else(|| missing.map(|slot| format!("it must hold `{slot}`")));
                let rule = rule.or_else(|| (pattern.len() > 1000).then(|| "it is over 1000 bytes".into()));
                if let Some(rule) = rule {
                    return Err(checker.wrong(&field, pattern, &rule));
                }
            }
        }
        Ok(())
    }
}

/// Names the file in every error.
struct Checker<'a> {
    file: &'a str,
}

impl Checker<'_> {
    fn wrong(&self, field: &str, value: &dyn ToString, rule: &str) -> TemplateError {
        let value: String = value.to_string().chars().take(120).collect();
        TemplateError::Field { file: self.file.into(), field: field.into(), value, rule: rule.into() }
    }

    fn hold(&self, holds: bool, field: &str, value: &dyn ToString, rule: &str) -> Result<(), TemplateError> {
        if holds { Ok(()) } else { Err(self.wrong(field, value, rule)) }
    }

    fn range(&self, field: &str, value: f64, low: f64, high: f64) -> Result<(), TemplateError> {
        let holds = (low..=high).contains(&value);
        self.hold(holds, field, &value, &format!("it must be between {low} and {high}"))
    }

    fn weight(&self, field: &str, value: f64) -> Result<(), TemplateError> {
        let holds = value > 0.0 && value <= 100.0;
        self.hold(holds, field, &value, "a weight is above 0 and at most 100")
    }

    fn count(&self, field: &str, count: usize, most: usize) -> Result<(), TemplateError> {
        let holds = (1..=most).contains(&count);
        self.hold(holds, field, &count, &format!("there must be 1 to {most}"))
    }

    fn sections<T>(&self, field: &str, words: &BySection<T>) -> Result<(), TemplateError> {
        for needed in [SectionKind::Verse, SectionKind::Chorus] {
            let has = words.0.contains_key(&needed);
            self.hold(has, field, &needed, "this section is required: others fall back on it")?;
        }
        for (section, list) in &words.0 {
            self.count(&format!("{field}.{section}"), list.len(), 64)?;
        }
        Ok(())
    }

    fn transitions(&self, field: &str, choices: &[TransitionChoice]) -> Result<(), TemplateError> {
        self.count(field, choices.len(), 32)?;
        for (index, choice) in choices.iter().enumerate() {
            self.weight(&format!("{field}[{index}].weight"), choice.weight)?;
            let beats = format!("{field}[{index}].beats");
            if choice.kind == TransitionKind::Cut {
                self.range(&beats, choice.beats, 0.0, 0.0)?;
            } else {
                self.range(&beats, choice.beats, 0.125, Storyboard::LONGEST_TRANSITION_BEATS)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_after(from: &str, to: &str) -> String {
        let text = include_str!("../../../../templates/urban-night.toml");
        assert!(text.contains(from), "the test's `{from}` is not in the template");
        Template::parse(&text.replacen(from, to, 1), "mine.toml").unwrap_err().to_string()
    }

    #[test]
    fn errors_name_file_field_and_value() {
        let unknown = error_after("pace = ", "tempo = 3\npace = ");
        assert!(unknown.contains("`mine.toml`, line") && unknown.contains("tempo"), "{unknown}");
        let id = error_after("id = \"urban-night\"", "id = \"Urban Night\"");
        assert!(id.contains("`id` is `Urban Night`"), "{id}");
        let place = error_after("place = \"rooftop\"", "place = \"roof\"");
        assert!(place.contains("roof") && place.contains("line"), "{place}");
        let hour = error_after("until = 1.0", "until = 0.99");
        assert!(hour.contains("until` is `0.99`"), "{hour}");
        let slot = error_after("{subject}", "{subject} {hero}");
        assert!(slot.contains("`{hero}` is not a slot"), "{slot}");
        let needed = error_after("{subject}", "nobody");
        assert!(needed.contains("must hold `{subject}`"), "{needed}");
        let bars = error_after("low = ", "low = 9 #");
        assert!(bars.contains("`cutting.low` is `9`"), "{bars}");
    }

    #[test]
    fn a_huge_file_is_refused_before_it_is_parsed() {
        let text = "#".repeat(LARGEST_FILE as usize + 1);
        assert!(matches!(Template::parse(&text, "big.toml"), Err(TemplateError::TooLarge { .. })));
    }
}
