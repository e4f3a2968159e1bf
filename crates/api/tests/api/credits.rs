//! Credits by hand, and what their person sees of them.

use crate::app::TestApp;
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn an_admin_gives_and_takes_credits_once() {
    let app = TestApp::start().await;
    let (mut root, mut ana) = (app.admin().await, app.person("ana@example.com").await);
    let path = format!("/api/admin/users/{}/credits", ana.id().await);
    let change = |id: u128, credits: i64, reason: &str| json!({"id": Uuid::from_u128(id), "credits": credits, "reason": reason, "note": "for the defect"});
    for _ in 0..2 {
        let now = root.post(&path, change(1, 500, "gift")).await.expect(200);
        assert_eq!(now, json!({"available": 500.0, "reserved": 0.0, "spent": 0.0}), "once");
    }
    root.post(&path, change(1, 600, "gift")).await.refused(409, "other_change");
    let other = app.person("bo@example.com").await.id().await;
    let others = format!("/api/admin/users/{other}/credits");
    root.post(&others, change(1, 500, "gift")).await.refused(409, "other_change");
    assert_eq!(root.post(&path, change(2, -120, "refund")).await.expect(200)["available"], 380.0);
    root.post(&path, change(3, -381, "correction")).await.refused(402, "too_few_credits");
    for wrong in [change(4, 0, "gift"), change(4, 1, "refund"), change(4, -1, "gift"), change(4, 1, "luck")] {
        root.post(&path, wrong).await.refused(422, "invalid");
    }
    root.post(&path, json!({"id": Uuid::nil(), "credits": 1, "reason": "gift", "note": ""}))
        .await
        .refused(422, "invalid");
    let nobody = format!("/api/admin/users/{}/credits", Uuid::from_u128(9));
    root.post(&nobody, change(5, 1, "gift")).await.refused(404, "not_found");
    root.get(&nobody).await.refused(404, "not_found");
    ana.post(&path, change(6, 1, "gift")).await.refused(404, "not_found");
    ana.get(&path).await.refused(404, "not_found");

    let seen = ana.get("/api/billing/credits?limit=1").await.expect(200);
    let gift =
        json!({"origin": "gift", "left": 380.0, "granted": null, "granted_at": null, "expires_at": null});
    assert_eq!(seen["sources"], json!([gift]));
    assert_eq!((&seen["total"], &seen["balance"]["available"]), (&json!(2), &json!(380.0)));
    let entry = &seen["data"][0];
    assert_eq!(
        (&entry["credits"], &entry["reason"], &entry["note"]),
        (&json!(-120.0), &json!("refund"), &json!("for the defect"))
    );
    assert_eq!(root.get(&path).await.expect(200)["data"].as_array().unwrap().len(), 2);
    assert_eq!(ana.get("/api/users/me").await.expect(200)["credits_remaining"], 380);
    let noted = ana.get("/api/audit?event_type=credits_changed_by_admin").await.expect(200);
    assert_eq!((&noted["total"], &noted["data"][0]["metadata"]["credits"]), (&json!(2), &json!(-120)));
}
