//! The list of projects: searched, filtered, sorted, counted.

use crate::people::{let_in, person, project};
use mv_core::ids::UserId;
use mv_store::Database;
use mv_store::db::projects;
use mv_store::db::search::{self, ProjectFilter, ProjectOrder};
use mv_testing::postgres;

async fn titles(db: &Database, user: UserId, filter: ProjectFilter<'_>) -> (Vec<String>, i64) {
    let mut transaction = db.person(user).await.unwrap();
    let filter = ProjectFilter { limit: if filter.limit == 0 { 20 } else { filter.limit }, ..filter };
    let (cards, total) = search::projects(&mut transaction, user, &filter).await.unwrap();
    (cards.into_iter().map(|card| card.title).collect(), total)
}

#[tokio::test]
async fn words_of_any_language_are_found() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, bo) = (person(db, "ana").await, person(db, "bo").await);
    for title in ["여름밤의 주파수", "Running home", "100% pure", "Winter"] {
        project(db, ana, title).await;
    }
    project(db, bo, "여름밤의 그림자").await;
    for (words, found) in [
        ("여름밤", vec!["여름밤의 주파수"]),
        ("주파", vec!["여름밤의 주파수"]),
        ("runs", vec!["Running home"]),
        ("WINTER", vec!["Winter"]),
        ("0%", vec!["100% pure"]),
        ("_", vec![]),
        ("그림자", vec![]),
        ("'; DROP TABLE projects; --", vec![]),
    ] {
        let filter = ProjectFilter { words: Some(words), ..ProjectFilter::default() };
        let (titles, total) = titles(db, ana, filter).await;
        assert_eq!(titles, found, "{words}");
        assert_eq!(total, found.len() as i64, "{words}");
    }
}

#[tokio::test]
async fn pages_say_how_many_there_are() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, bo) = (person(db, "ana").await, person(db, "bo").await);
    for title in ["c", "a", "b", "d"] {
        project(db, ana, title).await;
    }
    let theirs = project(db, bo, "shared").await;
    let_in(db, theirs, ana, "viewer").await;
    project(db, bo, "not shared").await;
    let by_title = ProjectFilter { order: ProjectOrder::TitleAsc, ..ProjectFilter::default() };
    let (all, total) = titles(db, ana, by_title.clone()).await;
    assert_eq!((all.as_slice(), total), (["a", "b", "c", "d", "shared"].map(String::from).as_slice(), 5));
    let page = ProjectFilter { limit: 2, offset: 2, ..by_title.clone() };
    assert_eq!(titles(db, ana, page).await, (vec!["c".into(), "d".into()], 5));
    let past = ProjectFilter { limit: 2, offset: 50, ..by_title.clone() };
    assert_eq!(titles(db, ana, past).await, (vec![], 5), "past the end the count is still told");
    let newest = ProjectFilter { order: ProjectOrder::CreatedDesc, limit: 1, ..ProjectFilter::default() };
    assert_eq!(titles(db, ana, newest).await, (vec!["shared".into()], 5));

    let archived = project(db, ana, "old").await;
    let mut transaction = db.person(ana).await.unwrap();
    projects::set_status(&mut transaction, archived, "archived").await.unwrap();
    transaction.commit().await.unwrap();
    let gone = project(db, ana, "gone").await;
    let mut transaction = db.person(ana).await.unwrap();
    projects::soft_delete(&mut transaction, gone, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(titles(db, ana, by_title.clone()).await.1, 5, "neither archived nor deleted ones");
    let aside = ProjectFilter { status: Some("archived"), ..ProjectFilter::default() };
    assert_eq!(titles(db, ana, aside).await, (vec!["old".into()], 1));
    let away = ProjectFilter { status: Some("deleted"), ..ProjectFilter::default() };
    assert_eq!(titles(db, ana, away).await, (vec!["gone".into()], 1));
    let drafts = ProjectFilter { status: Some("draft"), ..ProjectFilter::default() };
    assert_eq!(titles(db, ana, drafts).await.1, 5);
}
