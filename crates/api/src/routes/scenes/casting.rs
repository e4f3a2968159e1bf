//! Who is in a scene: people are named in its words (`@name`), and only those are whose characters are approved.

use crate::error::{ApiError, ApiResult};
use crate::extract::SignedIn;
use mv_core::ids::{CharacterId, ProjectId};
use mv_core::mention::{self, Named, Nobody};
use mv_core::{CastMember, Scene};
use mv_store::db::{characters, projects};
use sqlx::PgConnection;

/// More characters than any plan allows.
const MOST: i64 = 1000;

/// Everybody whom the words of a project's scenes may name.
#[derive(Debug)]
pub(crate) struct Pool {
    people: Vec<Candidate>,
    named: Vec<Named>,
}

#[derive(Debug)]
struct Candidate {
    character: Option<CharacterId>,
    approved: bool,
    /// Becomes a member of the cast when they are named.
    joins: Option<CastMember>,
}

/// A storyboard's cast, and the characters of the project's owner where they are the one who edits.
pub(crate) async fn pool(
    connection: &mut PgConnection,
    who: &SignedIn,
    project: ProjectId,
    cast: &[CastMember],
) -> ApiResult<Pool> {
    let owner = projects::get(connection, project).await?.user_id;
    let mut own = Vec::new();
    if owner == who.user() {
        own = characters::list(connection, owner, None, MOST, 0).await?.0;
        // Of two of one name, the one that can be used.
        own.sort_by_key(|character| character.status != "approved");
    }
    let mut pool = Pool { people: Vec::new(), named: Vec::new() };
    for member in cast {
        let character = own.iter().find(|one| member.character == Some(one.id));
        let now = character.map(|one| one.name.clone());
        pool.named.push(Named::new(&member.id, now.into_iter().chain([member.name.clone()])));
        pool.people.push(Candidate {
            character: member.character,
            approved: character.is_none_or(|one| one.status == "approved"),
            joins: None,
        });
    }
    for character in &own {
        if cast.iter().any(|member| member.character == Some(character.id)) {
            continue;
        }
        let id = pool.free_id(&CastMember::id_of(&character.name));
        let hash = |key: &String| key.rsplit('/').next()?.split('.').next().map(str::to_owned);
        let own_words = character.description.as_deref().unwrap_or_default();
        let joins = CastMember {
            name: character.name.clone(),
            description: character.analysis_data.looks(own_words),
            photos: character.reference_images.iter().filter_map(hash).collect(),
            character: Some(character.id),
            ..CastMember::unknown(&id)
        };
        pool.named.push(Named::new(id, [&character.name]));
        pool.people.push(Candidate {
            character: Some(character.id),
            approved: character.status == "approved",
            joins: Some(joins),
        });
    }
    Ok(pool)
}

impl Pool {
    fn free_id(&self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "somebody" } else { wanted };
        let taken = |id: &str| self.named.iter().any(|one| one.id == id);
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        std::iter::once(wanted.to_owned()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.named.iter().position(|one| one.id == id)
    }

    /// Puts ids in the place of what a list of people calls them: ids, names, or ids of characters.
    ///
    /// # Errors
    /// 422 for the first whom nobody is called.
    pub(crate) fn call(&self, list: &mut [String], field: &str) -> ApiResult<()> {
        for (index, name) in list.iter_mut().enumerate() {
            let character = name.parse::<CharacterId>().ok();
            let place = self.place(name).or_else(|| {
                let is = |(one, other): (&Named, &Candidate)| {
                    one.is_called(name) || character.is_some() && other.character == character
                };
                self.named.iter().zip(&self.people).position(is)
            });
            let place = place.ok_or_else(|| self.nobody(&format!("{field}[{index}]"), name))?;
            name.clone_from(&self.named[place].id);
        }
        Ok(())
    }

    /// Keeps whom a scene's words name: they are in the scene, and in the cast. `listed` says that the scene's list of
    /// people was given too: then whoever is named is added to it, else the scene shows exactly those who are named.
    /// Whoever the `known` scenes name needs no approval any more.
    ///
    /// # Errors
    /// 422 for a field that names somebody whom nobody is called, or whose character is not approved.
    pub(crate) fn settle(
        &self,
        scene: &mut Scene,
        cast: &mut Vec<CastMember>,
        known: &[Scene],
        listed: bool,
        field: impl Fn(&str) -> String,
    ) -> ApiResult<()> {
        let named = mention::keep_in_scene(scene, &self.named)
            .map_err(|(place, Nobody { name })| self.nobody(&field(place), &name))?;
        if listed {
            scene
                .cast
                .extend(named.iter().filter(|id| !scene.cast.contains(id)).cloned().collect::<Vec<_>>());
        } else if !named.is_empty() {
            scene.cast.clone_from(&named);
        }
        let sign = |id: &str| format!("@{{{id}}}");
        for id in &scene.cast {
            let Some(place) = self.place(id) else { continue };
            let candidate = &self.people[place];
            // Only whoever is named, or comes in, now.
            let comes_in = candidate.joins.is_some() || named.contains(id);
            let was = known.iter().any(|scene| {
                let words = [&scene.description, &scene.image_prompt, &scene.motion_prompt];
                words.into_iter().any(|words| words.contains(&sign(id)))
            });
            if comes_in && !candidate.approved && !was {
                let name = self.named[place].names.first().unwrap_or(id);
                let words = [("image_prompt", &scene.image_prompt), ("motion_prompt", &scene.motion_prompt)];
                let said = words.into_iter().find(|(_, words)| words.contains(&sign(id)));
                let place = match said {
                    _ if scene.description.contains(&sign(id)) => "description",
                    Some((place, _)) => place,
                    None => "cast",
                };
                let error =
                    ApiError::invalid(field(place), format!("names `@{name}`, who is not approved yet"));
                return Err(error.with_hint("look at their test pictures and approve them first"));
            }
            if let Some(joins) = &candidate.joins
                && !cast.iter().any(|member| &member.id == id)
            {
                cast.push(joins.clone());
            }
        }
        Ok(())
    }

    fn nobody(&self, field: &str, name: &str) -> ApiError {
        let people = self.named.iter().zip(&self.people).filter(|(_, one)| one.approved);
        let names: Vec<String> =
            people.filter_map(|(one, _)| one.names.first()).map(|name| format!("`@{name}`")).collect();
        let error = ApiError::invalid(field, format!("names `@{name}`, whom nobody here is called"));
        if names.is_empty() {
            return error.with_hint("make a character of that name and approve it, or leave out the `@`");
        }
        error.with_hint(format!(
            "there are {}; make a character of that name, or leave out the `@`",
            names.join(", ")
        ))
    }
}

/// A scene's fields as requests name them.
pub(crate) fn field_of_scene(field: &str) -> String {
    match field {
        "image_prompt" => "config.custom_prompt".to_owned(),
        "motion_prompt" => "config.motion_prompt".to_owned(),
        "cast" => "config.cast".to_owned(),
        other => other.to_owned(),
    }
}
