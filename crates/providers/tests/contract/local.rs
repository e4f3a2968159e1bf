//! The built-in maker, which keeps the same contract without a service.

use crate::subject::{clip, photo, still};
use mv_core::units::MicroUsd;
use mv_core::{CancelToken, Canvas, YuvFrame};
use mv_providers::{
    Catalogue, ClipAnswer, ClipRequest, Door, DoorSettings, Found, JobId, Keys, ModelKind, ProviderError,
    Registry, StillRequest, Submission, Ticket,
};
use std::sync::Arc;

#[tokio::test]
async fn the_local_maker_needs_no_key_and_loses_nothing() {
    let door = Door::new(DoorSettings::default(), Arc::new(mv_core::clock::SystemClock)).unwrap();
    let catalogue = Catalogue::built_in().unwrap();
    let registry = Registry::open(&catalogue, &door, &Keys::new()).unwrap();
    let maker = registry.image("animatic-still").unwrap();
    let request = StillRequest { canvas: Canvas::new(320, 180), cast: vec![], ..still() };
    let cancel = CancelToken::new();
    let Submission::Ready(made) = maker.submit(&request, &Ticket::new("still-0001", &cancel)).await.unwrap()
    else {
        panic!("it queued what it can draw");
    };
    assert!(made.made.bytes.starts_with(b"\x89PNG"));
    assert_eq!(made.cost, Some(MicroUsd::ZERO));
    assert_eq!(maker.find("still-0001").await.unwrap(), Found::NotTakenIn);
    let job = JobId("1".into());
    assert!(matches!(maker.poll(&job).await, Err(ProviderError::JobLost { .. })));
    assert!(matches!(maker.fetch(&job).await, Err(ProviderError::JobLost { .. })));
    cancel.cancel();
    let stopped = maker.submit(&request, &Ticket::new("still-0001", &cancel)).await;
    assert!(matches!(stopped, Err(ProviderError::Cancelled)), "{stopped:?}");
}

/// A clip of a still that another model made is that still, with a camera over it; of none, a drawing.
#[tokio::test]
async fn the_local_maker_films_the_still_that_it_is_given() {
    let door = Door::new(DoorSettings::default(), Arc::new(mv_core::clock::SystemClock)).unwrap();
    let registry = Registry::open(&Catalogue::built_in().unwrap(), &door, &Keys::new()).unwrap();
    let maker = registry.clip("animatic").unwrap();
    let canvas = Canvas::new(160, 90);
    let made = async |first_frame: Option<Arc<[u8]>>| {
        let still = StillRequest { canvas, cast: vec![], ..still() };
        let request = ClipRequest { still, first_frame, ..clip() };
        let cancel = CancelToken::new();
        match maker.submit(&request, &Ticket::new("clip-0001", &cancel)).await? {
            Submission::Ready(answer) => Ok(answer),
            Submission::Queued(_) => panic!("it queued what it can draw"),
        }
    };
    let frame = |answer: ClipAnswer| {
        let ClipAnswer::Drawn(source) = answer else { panic!("it is drawn frame by frame") };
        assert_eq!((source.canvas(), source.frames()), (canvas, 96));
        let mut frame = YuvFrame::black(canvas);
        source.draw(40, &mut frame);
        frame
    };
    let given = made(Some(photo(640, 360))).await.unwrap();
    assert_eq!(given.cost, Some(MicroUsd::ZERO));
    let (given, again) = (frame(given.made), frame(made(Some(photo(640, 360))).await.unwrap().made));
    assert!(given == again && given != frame(made(None).await.unwrap().made));
    for broken in [&b"GIF89a"[..], b"", &photo(640, 360)[..200], &photo(3, 3)] {
        match made(Some(broken.into())).await {
            Err(ProviderError::InvalidRequest { detail, .. }) => {
                assert!(detail.contains("the picture is"), "{detail}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Without keys there are the makers of this machine and of servers of one's own; with a key, the service's too.
#[tokio::test]
async fn what_can_be_used_depends_on_the_keys() {
    let door = Door::new(DoorSettings::default(), Arc::new(mv_core::clock::SystemClock)).unwrap();
    let catalogue = Catalogue::built_in().unwrap();
    let bare = Registry::open(&catalogue, &door, &Keys::new()).unwrap();
    assert!(bare.cards().all(|card| !card.needs_key), "{bare:?}");
    assert!(bare.clip("kling-standard").is_none() && bare.service("kling").is_none());
    // A server of one's own is there when one says where.
    assert!(bare.image("comfyui-still").is_none());
    let told = Catalogue::with("[providers.comfyui]\nbase = \"http://10.0.0.7:8188\"").unwrap();
    let told = Registry::open(&told, &door, &Keys::new()).unwrap();
    assert!(told.image("comfyui-still").is_some());
    let keys = Keys::from([("kling".to_owned(), "AK:secret".into())]);
    let with = Registry::open(&catalogue, &door, &keys).unwrap();
    assert_eq!(with.clip("kling-standard").unwrap().card().kind, ModelKind::Clip);
    assert!(with.image("nano-banana").is_none());
    let wrapped = Keys::from([("kling".to_owned(), "AK:\nsecret".into())]);
    let told = Registry::open(&catalogue, &door, &wrapped).unwrap_err().to_string();
    assert!(told.contains("`kling`") && !told.contains("secret"), "{told}");
    let odd = "[[models]]\nid = \"x\"\nkinds = [\"clip\"]\nprovider = \"kling\"\nmodel = \"m\"\nname = \"X\"\n\
        seconds = [5]\nprice = { usd = 0, per = \"clip\" }\noptions = { api_of = \"std\" }";
    let told = Registry::open(&Catalogue::with(odd).unwrap(), &door, &keys).unwrap_err().to_string();
    assert!(told.contains("`x`") && told.contains("api_of"), "{told}");
}
