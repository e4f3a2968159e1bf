//! Where the door leads, and where it never does.

use crate::subject::{Ground, KEY, Subject, clip};
use mv_core::CancelToken;
use mv_core::clock::SystemClock;
use mv_providers::ModelKind::Clip;
use mv_providers::{Catalogue, ClipModel, Door, DoorSettings, Keys, ProviderError, Registry, Ticket};
use mv_testing::vendor::Language::Runway;
use mv_testing::vendor::{Plot, Trap};
use std::sync::Arc;

#[tokio::test]
async fn a_result_that_moved_is_followed_without_the_key() {
    let ground = Ground::of(Subject::queued(Runway, Clip, "runway")).await;
    ground.fake.play(Plot::Redirect("?moved".into()));
    ground.maker.make("clip-0001", &mut Vec::new()).await.unwrap();
    let fetched: Vec<_> =
        ground.fake.seen().into_iter().filter(|seen| seen.path.starts_with("/files/")).collect();
    assert_eq!(fetched.len(), 2);
    assert!(fetched.iter().all(|seen| seen.headers.iter().all(|(_, value)| !value.contains(KEY))));

    ground.fake.play(Plot::Redirect("?".into()));
    let circles = ground.maker.make("clip-0002", &mut Vec::new()).await.unwrap_err();
    assert!(circles.to_string().contains("in circles"), "{circles}");
}

/// A service whose address was set to the inside is not called, unless the operator said that it is theirs.
#[tokio::test]
async fn a_service_on_the_inside_is_called_only_when_it_is_ours() {
    let trap = Trap::set().await;
    let door = Door::new(DoorSettings::default(), Arc::new(SystemClock)).unwrap();
    let keys = Keys::from([("runway".to_owned(), KEY.into())]);
    for (base, invalid) in
        [("https://127.0.0.1", true), ("https://[::1]", true), ("https://localhost", false)]
    {
        let text = format!("[providers.runway]\nbase = \"{base}:{}\"", trap.port());
        let registry = Registry::open(&Catalogue::with(&text).unwrap(), &door, &keys).unwrap();
        let model: Arc<dyn ClipModel> = registry.clip("runway").unwrap();
        let cancel = CancelToken::new();
        let error = model.submit(&clip(), &Ticket::new("clip-0001", &cancel)).await.unwrap_err();
        if invalid {
            assert!(matches!(&error, ProviderError::InvalidRequest { .. }), "{base}: {error:?}");
        } else {
            assert!(matches!(&error, ProviderError::Unavailable { .. }), "{base}: {error:?}");
            assert!(error.to_string().contains("no public address"), "{error}");
        }
    }
    assert_eq!(trap.caught(), 0);
}
