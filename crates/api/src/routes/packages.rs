//! A project as one file to keep or to take to another program: its stills alone, or everything that was made and decided.
//! It is packed while it is sent, so nothing of it is kept here.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, SignedIn};
use crate::limits::{Rule, Subject};
use crate::routes::exports::file_name;
use crate::routes::projects::allowed;
use crate::state::ApiState;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::TryStreamExt;
use garde::Validate;
use mv_core::ids::ProjectId;
use mv_core::policy::Action;
use mv_store::db::projects::{self, Project};
use mv_store::db::scenes::{self, SceneRow};
use mv_store::db::{events, exports, plans};
use mv_store::objects::{ObjectError, ObjectKey, Objects, Part, save_as};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io::{self, Write};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

/// Each reads everything that a project has.
const OFTEN: Rule = Rule { bucket: "package", limit: 30, window: TimeDelta::hours(1) };
/// A project has a film for each time it was made, each in a few files.
const MOST_FILES: i64 = 1000;
/// Goes to the client at a time.
const CHUNK: usize = 128 * 1024;
/// From here on a file's length takes 64 bits in the archive, which old programs cannot read.
const LARGE: u64 = u32::MAX as u64 / 2;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(download))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Contents {
    /// The still of each scene.
    Stills,
    /// The song, what was heard, the storyboard, lyrics, stills, clips and finished files.
    Project,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wish {
    #[garde(skip)]
    #[param(inline)]
    contents: Contents,
}

/// Something in the archive.
struct Entry {
    name: String,
    source: Source,
}

enum Source {
    Text(Vec<u8>),
    Object(ObjectKey),
}

/// A project's stills, or all of it, as a zip archive
///
/// `scene-01` is the first scene, as the storyboard shows them now; scenes whose still or clip is not made are left out.
/// Photos of characters stay with the person whose they are.
#[utoipa::path(
    get, path = "/api/projects/{id}/package", tag = "sharing", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Wish),
    responses(
        (status = 200, description = "The archive", body = Vec<u8>, content_type = "application/zip"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "No still has been made yet"),
    )
)]
async fn download(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(wish): ApiQuery<Wish>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let project = projects::get(&mut transaction, id).await?;
    let scenes = scenes::list(&mut transaction, id).await?;
    let mut package = Package::default();
    package.stills(&scenes)?;
    if wish.contents == Contents::Stills {
        if package.entries.is_empty() {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "no_stills",
                "no still of this project has been made yet",
            )
            .with_hint("make the stills in the studio, or download the whole project"));
        }
    } else {
        package.clips(&scenes)?;
        package.song(&project)?;
        if let Some(board) = plans::load(&mut transaction, id).await? {
            package.json("storyboard.json", &board.plan)?;
        }
        let (files, _) = exports::list(&mut transaction, id, None, MOST_FILES, 0).await?;
        for file in files {
            let ending = file.object_key.rsplit_once('.').map_or("bin", |(_, ending)| ending);
            package.object(
                &format!("film/{}", file_name(&project.title, &file.kind, ending)),
                &file.object_key,
            )?;
        }
    }
    state.limits.must(OFTEN, &Subject::User(who.user()), 1).await?;
    events::exported(&mut transaction, who.user(), id).await?;
    transaction.commit().await?;

    let kind = match wish.contents {
        Contents::Stills => "stills",
        Contents::Project => "project",
    };
    let name = save_as(&file_name(&project.title, kind, "zip"));
    let name = HeaderValue::from_str(&name).map_err(ApiError::internal)?;
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, packed(state.objects.clone(), package.entries)).into_response())
}

#[derive(Default)]
struct Package {
    entries: Vec<Entry>,
    names: HashSet<String>,
}

impl Package {
    fn stills(&mut self, scenes: &[SceneRow]) -> ApiResult<()> {
        scenes.iter().try_for_each(|scene| self.of_scene("stills", scene, scene.image_key.as_deref()))
    }

    fn clips(&mut self, scenes: &[SceneRow]) -> ApiResult<()> {
        scenes.iter().try_for_each(|scene| self.of_scene("clips", scene, scene.video_key.as_deref()))
    }

    fn of_scene(&mut self, folder: &str, scene: &SceneRow, key: Option<&str>) -> ApiResult<()> {
        let Some(key) = key else { return Ok(()) };
        let ending = key.rsplit_once('.').map_or("bin", |(_, ending)| ending);
        self.object(&format!("{folder}/scene-{:02}.{ending}", scene.scene_number), key)
    }

    fn song(&mut self, project: &Project) -> ApiResult<()> {
        let named = project.audio_filename.as_deref().unwrap_or_default();
        let ending = named.rsplit_once('.').map(|(_, ending)| ending);
        // A stranger's word: nothing that a path could be made of.
        let ending = ending.filter(|ending| ending.chars().all(char::is_alphanumeric)).unwrap_or("bin");
        self.object(&format!("song/{}", file_name(&project.title, "film", ending)), &project.audio_key)?;
        self.json("song/analysis.json", &project.audio_analysis)
    }

    fn object(&mut self, name: &str, key: &str) -> ApiResult<()> {
        let key = key.parse().map_err(ApiError::internal)?;
        self.add(name, Source::Object(key));
        Ok(())
    }

    fn json(&mut self, name: &str, value: &impl Serialize) -> ApiResult<()> {
        let text = serde_json::to_vec_pretty(value).map_err(ApiError::internal)?;
        self.add(name, Source::Text(text));
        Ok(())
    }

    /// The second of a name becomes `name 2.ending`.
    fn add(&mut self, name: &str, source: Source) {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let numbered =
            |count: usize| if count == 1 { name.to_owned() } else { format!("{stem} {count}.{ending}") };
        let free = (1..=self.names.len() + 1).map(numbered).find(|name| !self.names.contains(name));
        let name = free.unwrap_or_else(|| name.to_owned());
        self.names.insert(name.clone());
        self.entries.push(Entry { name, source });
    }
}

/// Packs while the client reads; stops where the client goes away, and cuts the answer off where a file cannot be read.
fn packed(objects: Objects, entries: Vec<Entry>) -> Body {
    let (sender, receiver) = mpsc::channel(4);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let sink = Sink { sender: sender.clone(), waiting: Vec::with_capacity(CHUNK) };
        if let Err(error) = pack(sink, &runtime, &objects, entries) {
            tracing::warn!(%error, "a project was not packed to its end");
            // Nobody may be listening any more.
            let _ = sender.blocking_send(Err(error));
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

fn pack(sink: Sink, runtime: &Handle, objects: &Objects, entries: Vec<Entry>) -> io::Result<()> {
    let mut archive = ZipWriter::new_stream(sink);
    for Entry { name, source } in entries {
        match source {
            Source::Text(text) => {
                begin(&mut archive, &name, text.len() as u64)?;
                archive.write_all(&text)?;
            }
            Source::Object(key) => {
                let mut reading = match runtime.block_on(objects.get(&key, Part::All)) {
                    Ok(reading) => reading,
                    // Removed since it was listed.
                    Err(ObjectError::NotFound(_)) => continue,
                    Err(error) => return Err(io::Error::other(error)),
                };
                begin(&mut archive, &name, reading.meta.bytes)?;
                while let Some(bytes) =
                    runtime.block_on(reading.bytes.try_next()).map_err(io::Error::other)?
                {
                    archive.write_all(&bytes)?;
                }
            }
        }
    }
    archive.finish().map_err(io::Error::other)?.into_inner().flush()
}

fn begin(archive: &mut ZipWriter<StreamWriter<Sink>>, name: &str, bytes: u64) -> io::Result<()> {
    // Deflated, though little is gained: programs cannot tell where a stored file ends whose length comes after it.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .large_file(bytes > LARGE);
    archive.start_file(name, options).map_err(io::Error::other)
}

/// Sends what is written, a chunk at a time, to the task that answers.
struct Sink {
    sender: mpsc::Sender<io::Result<Bytes>>,
    waiting: Vec<u8>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::replace(&mut self.waiting, Vec::with_capacity(CHUNK)));
        self.sender.blocking_send(Ok(chunk)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}
