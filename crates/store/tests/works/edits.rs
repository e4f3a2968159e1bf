//! Scenes under random edits: contiguous always, ids and versions kept, and the plan that is read the one that was written.

use crate::people;
use mv_core::ids::SceneId;
use mv_core::{Seconds, Storyboard};
use mv_store::board::Board;
use mv_store::db::{plans, projects, scene_versions};
use mv_testing::postgres;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
enum Edit {
    Insert { at: f64, length: f64 },
    Merge(usize),
    Move { scene: usize, to: f64 },
    Describe { scene: usize, text: String },
    Replace(Vec<f64>),
}

const DURATION: f64 = 60.0;

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (0.0..DURATION, 0.1..9.0f64).prop_map(|(at, length)| Edit::Insert { at, length }),
        2 => any::<usize>().prop_map(Edit::Merge),
        3 => (any::<usize>(), 0.0..DURATION).prop_map(|(scene, to)| Edit::Move { scene, to }),
        3 => (any::<usize>(), "[a-c]{1,2}").prop_map(|(scene, text)| Edit::Describe { scene, text }),
        1 => prop::collection::vec(0.5..DURATION, 0..5).prop_map(Edit::Replace),
    ]
}

/// Does an edit; a refused one changes nothing.
fn apply(board: &Board, edit: &Edit) -> Board {
    let mut after = board.clone();
    let count = board.ids.len();
    match edit {
        Edit::Insert { at, length } => {
            let scene = board.plan.scenes[0].clone();
            after.insert(Seconds(*at), Seconds(at + length), scene).map(drop)
        }
        Edit::Merge(scene) => after.merge(scene % count).map(drop),
        Edit::Move { scene, to } => after.move_start(scene % count, Seconds(*to)),
        Edit::Describe { scene, text } => {
            after.plan.scenes[scene % count].description.clone_from(text);
            Ok(())
        }
        Edit::Replace(starts) => {
            after = board.replaced_by(plan_of(starts));
            Ok(())
        }
    }
    .unwrap_or_else(|_| after = board.clone());
    after
}

fn plan_of(starts: &[f64]) -> Storyboard {
    let mut all = vec![0.0];
    let mut sorted = starts.to_vec();
    sorted.sort_by(f64::total_cmp);
    for start in sorted {
        if start - all[all.len() - 1] >= 0.25 && DURATION - start >= 0.25 {
            all.push(start);
        }
    }
    people::storyboard(&all, DURATION)
}

proptest! {
    #![proptest_config(Config { cases: 300, failure_persistence: None, ..Config::default() })]

    #[test]
    fn edits_keep_a_board_valid(edits in prop::collection::vec(edit(), 1..25)) {
        let plan = people::storyboard(&[0.0, 10.0, 20.0, 45.5], DURATION);
        let ids = (0..4).map(|n| Some(SceneId(uuid::Uuid::from_u128(n)))).collect();
        let mut board = Board { plan, ids };
        for edit in edits {
            let after = apply(&board, &edit);
            prop_assert_eq!(after.plan.validate(), Ok(()), "{:?}", edit);
            prop_assert_eq!(after.ids.len(), after.plan.scenes.len());
            let known: BTreeSet<SceneId> = after.ids.iter().copied().flatten().collect();
            prop_assert_eq!(known.len(), after.ids.iter().flatten().count(), "no id twice");
            let before: BTreeSet<SceneId> = board.ids.iter().copied().flatten().collect();
            prop_assert!(known.is_subset(&before), "no id from nowhere");
            board = after;
        }
    }
}

#[tokio::test]
async fn edits_keep_what_is_stored() {
    let database = postgres::database().await;
    let db = database.database();
    let owner = people::person(db, "ana").await;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut versions_seen = 0;
    for case in 0..16 {
        let project = people::project(db, owner, &format!("Film {case}")).await;
        let mut transaction = db.person(owner).await.unwrap();
        let plan = people::storyboard(&[0.0, 10.0, 20.0, 45.5], DURATION);
        let mut board = plans::replace(&mut transaction, project, &plan).await.unwrap();
        transaction.commit().await.unwrap();
        let edits = prop::collection::vec(edit(), 12).new_tree(&mut runner).unwrap().current();
        let mut said = BTreeSet::new();
        for edit in edits {
            let after = apply(&board, &edit);
            let mut transaction = db.person(owner).await.unwrap();
            projects::raise_version(&mut transaction, project, None).await.unwrap();
            for id in board.ids.iter().flatten() {
                let now = chrono::DateTime::UNIX_EPOCH;
                scene_versions::keep(&mut transaction, *id, "edited", Some(owner), None, now).await.unwrap();
            }
            said.extend(board.plan.scenes.iter().map(|scene| scene.description.clone()));
            let saved = plans::save(&mut transaction, project, Some(&board), after.clone()).await.unwrap();
            // Here the database looks whether the scenes are contiguous.
            transaction.commit().await.unwrap();
            assert_eq!(saved.plan, after.plan, "{edit:?}");
            for (kept, wanted) in saved.ids.iter().zip(&after.ids) {
                assert!(wanted.is_none() || kept == wanted, "{edit:?} gave a scene another id");
            }
            let mut transaction = db.person(owner).await.unwrap();
            let loaded = plans::load(&mut transaction, project).await.unwrap().unwrap();
            assert_eq!(loaded, saved, "{edit:?}");
            let mut kept = BTreeSet::new();
            for id in loaded.ids.iter().flatten() {
                let versions = scene_versions::list(&mut transaction, *id).await.unwrap();
                let numbers: Vec<i32> = versions.iter().rev().map(|version| version.number).collect();
                assert_eq!(numbers, (1..=versions.len() as i32).collect::<Vec<_>>(), "{edit:?}");
                versions_seen += versions.len();
                kept.extend(versions.into_iter().map(|version| version.description));
            }
            assert!(said.is_subset(&kept), "{edit:?} lost a version: {said:?} in {kept:?}");
            transaction.commit().await.unwrap();
            board = loaded;
        }
    }
    assert!(versions_seen > 100, "the edits made versions");
}

#[tokio::test]
async fn a_plan_is_read_as_it_was_written() {
    let database = postgres::database().await;
    let db = database.database();
    let owner = people::person(db, "ana").await;
    let project = people::project(db, owner, "Film").await;
    let plan = people::storyboard(&[0.0, 10.1, 20.000_000_000_1, 30.3], 60.123_456_789_012_3);
    let text = serde_json::to_string_pretty(&plan).unwrap();
    let mut transaction = db.person(owner).await.unwrap();
    assert_eq!(plans::load(&mut transaction, project).await.unwrap(), None);
    let written = plans::replace(&mut transaction, project, &plan).await.unwrap();
    transaction.commit().await.unwrap();
    let mut transaction = db.person(owner).await.unwrap();
    let read = plans::load(&mut transaction, project).await.unwrap().unwrap();
    assert_eq!(serde_json::to_string_pretty(&read.plan).unwrap(), text);
    // Writing it again changes nothing: scenes keep their ids.
    let again = plans::replace(&mut transaction, project, &plan).await.unwrap();
    assert_eq!(again.ids, written.ids);
}

#[tokio::test]
async fn gaps_cannot_be_written() {
    let database = postgres::database().await;
    let db = database.database();
    let owner = people::person(db, "ana").await;
    let project = people::project(db, owner, "Film").await;
    let mut transaction = db.person(owner).await.unwrap();
    plans::replace(&mut transaction, project, &people::storyboard(&[0.0, 10.0], DURATION)).await.unwrap();
    transaction.commit().await.unwrap();
    for gap in [
        "UPDATE scenes SET timestamp_start = 11 WHERE scene_number = 2",
        "UPDATE scenes SET scene_number = 3 WHERE scene_number = 2",
        "DELETE FROM scenes WHERE scene_number = 1",
    ] {
        let mut transaction = db.person(owner).await.unwrap();
        sqlx::query(gap).execute(&mut *transaction).await.unwrap();
        let error = mv_store::StoreError::from(transaction.commit().await.unwrap_err());
        assert!(error.broke("scenes_contiguous"), "{gap}: {error}");
    }
}
