//! People with projects, for the tests.

use mv_core::Storyboard;
use mv_core::ids::{ProjectId, UserId};
use mv_store::Database;
use mv_store::db::projects::{self, NewProject};
use serde_json::{Value, json};

/// Somebody with an account.
pub(crate) async fn person(db: &Database, name: &str) -> UserId {
    let id = sqlx::query_scalar("INSERT INTO users (email, name) VALUES ($1, $2) RETURNING id")
        .bind(format!("{name}@example.org"))
        .bind(name)
        .fetch_one(db.worker())
        .await
        .unwrap();
    UserId(id)
}

/// A project of theirs, without a storyboard.
pub(crate) async fn project(db: &Database, owner: UserId, title: &str) -> ProjectId {
    let mut transaction = db.person(owner).await.unwrap();
    let new = NewProject {
        character: None,
        title,
        artist: "",
        description: None,
        audio_key: "songs/a/b",
        audio_hash: "00",
        audio_filename: "song.mp3",
        audio_size_bytes: 1,
        template_id: None,
        template_config: &json!({}),
    };
    let id = projects::insert(&mut transaction, owner, &new).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

/// Lets somebody in.
pub(crate) async fn let_in(db: &Database, project: ProjectId, guest: UserId, role: &str) {
    sqlx::query("INSERT INTO project_collaborators (project_id, user_id, role) VALUES ($1, $2, $3)")
        .bind(project.0)
        .bind(guest.0)
        .bind(role)
        .execute(db.worker())
        .await
        .unwrap();
}

/// A storyboard with scenes that start at these times, with numbers that only exact storage keeps.
pub(crate) fn storyboard(starts: &[f64], duration: f64) -> Storyboard {
    let scene = |(index, start): (usize, &f64)| -> Value {
        json!({
            "start": start, "transition": {"kind": if index == 0 { "cut" } else { "crossfade" }, "beats": 0.0},
            "section": "verse", "section_number": 1, "title": format!("Scene {}", index + 1),
            "description": format!("What happens {}", index + 1), "cast": ["harin"], "place": "rooftop",
            "time_of_day": "night", "weather": "clear", "lighting": "neon", "framing": "wide", "camera": "push-in",
            "action": "stand", "intensity": 0.1 + 0.2, "image_prompt": "", "motion_prompt": "",
            "seed": u64::MAX - index as u64,
            "rhymes_with": if index >= 2 { json!(index - 2) } else { Value::Null },
        })
    };
    serde_json::from_value(json!({
        "version": 1,
        "song": {"title": "여름밤", "artist": "", "hash": "00", "duration": duration, "tempo": 119.999_999_999_3},
        "template": "urban-night", "seed": u64::MAX,
        "look": {"shadows": "#0a0a14", "midtones": "#3c325a", "highlights": "#ffb478", "accents": ["#ff50a0"],
            "tint": 0.35, "saturation": 1.05, "contrast": 0.1, "haze": 0.7, "bloom": 0.123_456_7, "grain": 0.1,
            "vignette": 0.2},
        "cast": [{"id": "harin", "name": "하린"}],
        "lyrics": {"lines": [{"start": 1.5, "end": 2.25, "text": "라라라"}]},
        "scenes": starts.iter().enumerate().map(scene).collect::<Vec<_>>(),
    }))
    .unwrap()
}
