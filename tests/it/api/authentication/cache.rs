//! A cached key expires on time, and a revoked one stops within a minute.

use std::time::Duration;

use local::fixtures;
use shared::domain::api_key::{ApiKey, ApiKeySecret};

use super::support::{call, invalid_key, key};
use crate::support::app::TestApp;

#[tokio::test]
async fn a_cached_key_expires_to_the_second() {
    let app = TestApp::start().await;
    let expires_at = app.now().plus(Duration::from_secs(10));
    let secret = key(&app, &["user:write"], Some(expires_at)).await;
    let bearer = format!("Bearer {}", secret.expose_secret());
    assert_eq!(call(&app, &bearer).await.status, 400);
    app.pass(Duration::from_secs(9));
    assert_eq!(call(&app, &bearer).await.status, 400);
    app.pass(Duration::from_secs(1));
    let answer = call(&app, &bearer).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (401, invalid_key())
    );
}

#[tokio::test]
async fn a_revoked_key_stops_in_a_minute() {
    let app = TestApp::start().await;
    let secret = key(&app, &["user:write"], None).await;
    let bearer = format!("Bearer {}", secret.expose_secret());
    assert_eq!(call(&app, &bearer).await.status, 400);
    let pk = format!("key#{}", secret.digest().encode());
    app.delete(&pk).await;
    app.pass(Duration::from_secs(59));
    let answer = call(&app, &bearer).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (401, invalid_key())
    );
    let answer = call(&app, "Bearer evk_never-made").await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (401, invalid_key())
    );
}

#[tokio::test]
async fn a_key_is_cached_for_most_of_a_minute() {
    let app = TestApp::start().await;
    let bearer = format!("Bearer {}", fixtures::API_KEY);
    for (seconds, calls) in [(0, &["GetItem"][..]), (49, &[]), (1, &["GetItem"])] {
        app.pass(Duration::from_secs(seconds));
        call(&app, &bearer).await;
        assert_eq!(app.edge.take_calls(), calls);
    }
}

#[tokio::test]
async fn the_key_cache_is_bounded() {
    let app = TestApp::start().await;
    let key = |number: u32| ApiKeySecret::presented(&format!("evk_number-{number}"));
    let use_it = async |number: u32| {
        app.edge.take_calls();
        let answer = call(&app, &format!("Bearer {}", key(number).expose_secret())).await;
        assert_eq!(answer.status, 400);
        !app.edge.take_calls().is_empty()
    };
    for number in 0..33 {
        let stored = ApiKey {
            label: "test".to_owned(),
            scopes: vec!["user:write".to_owned()],
            created_at: app.now(),
            expires_at: None,
        };
        app.operator_store()
            .put_api_key(&key(number).digest(), &stored)
            .await
            .unwrap();
        assert!(use_it(number).await, "the first use looks it up");
    }
    for number in [32, 1] {
        assert!(!use_it(number).await, "the newest are cached");
    }
    assert!(use_it(0).await, "the oldest was evicted");
}
