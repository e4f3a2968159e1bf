//! `melodyvision templates`: what kinds of film there are.

use crate::args::{Language, TemplatesArgs};
use crate::failure::{Class, Failure};
use crate::korean;
use crate::output::Output;
use mv_director::template::{self, Template, TemplateError};
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(args: &TemplatesArgs, output: Output) -> Result<(), Failure> {
    if let Some(id) = &args.id {
        let found = load(id)?;
        let text = toml::to_string_pretty(&found).map_err(Failure::unexpected)?;
        output.answer(&found, || text);
    } else {
        let templates = template::builtins()?;
        output.answer(&templates, || list(&templates, output.lang));
    }
    Ok(())
}

/// A built-in by id, or a person's own file.
pub(crate) fn load(id: &str) -> Result<Template, Failure> {
    let is_file = id.contains(['/', '\\']) || Path::new(id).extension().is_some_and(|end| end == "toml");
    Ok(if is_file { Template::load(Path::new(id))? } else { template::builtin(id)? })
}

fn list(templates: &[Template], lang: Language) -> String {
    let mut text = String::new();
    for template in templates {
        let (name, summary) = match lang {
            Language::Ko => (&template.name.ko, &template.summary.ko),
            Language::En => (&template.name.en, &template.summary.en),
        };
        let _ = writeln!(text, "{:<18} {name}\n{:<18} {summary}", template.id, "");
    }
    text
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        let words = korean::template(&error);
        Self::new(Class::Input, error.to_string()).hint("`melodyvision templates` lists them").korean(words)
    }
}
