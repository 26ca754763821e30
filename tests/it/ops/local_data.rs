//! `--data` of `cargo run`: what it keeps, and its errors.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use local::fixtures;
use local::stack::Options;
use serde_json::json;

use super::local_stack::{Folder, KEY, options, post, start, start_error};
use crate::support::app::VERIFY;

#[tokio::test]
async fn kept_data_survives_a_restart() {
    let folder = Folder::new("kept");
    let options = Options {
        data: Some(folder.0.clone()),
        api_key: Some(KEY.to_owned()),
        ..options()
    };
    let with_fixtures = Options {
        backing_only: true,
        ..options.clone()
    };
    start(with_fixtures).await.stop().await;
    let second = start(options).await;
    let (uuid, token) = (fixtures::ADA.uuid, fixtures::ADA.token().encode());
    let verify = json!({ "uuid": uuid, "token": token }).to_string();
    assert_eq!(post(&second, VERIFY, KEY, &verify).await.status, 200);
    second.stop().await;
}

/// The options of a session that keeps its data.
fn in_folder(folder: &Folder) -> Options {
    Options {
        data: Some(folder.0.clone()),
        ..options()
    }
}

#[tokio::test]
async fn a_folder_has_one_session() {
    let folder = Folder::new("one-session");
    let first = start(in_folder(&folder)).await;
    assert_eq!(
        start_error(in_folder(&folder)).await,
        format!(
            "another session uses {}; end it, or choose another folder with --data",
            folder.0.display()
        )
    );
    first.stop().await;
    start(in_folder(&folder)).await;
}

#[tokio::test]
async fn a_folder_has_one_key() {
    let folder = Folder::new("one-key");
    let start = async |api_key: Option<&str>| {
        let stack = start(Options {
            api_key: api_key.map(str::to_owned),
            ..in_folder(&folder)
        })
        .await;
        let key = stack.api_key.expose_secret().to_owned();
        stack.stop().await;
        key
    };
    let first = start(None).await;
    assert_eq!(start(Some(KEY)).await, KEY);
    assert_eq!(start(None).await, first);
    let file = folder.0.join("api_key");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::write(file, "\n").unwrap();
    assert_ne!(start(None).await, first);
}

#[tokio::test]
async fn an_unusable_folder_is_named() {
    let folder = Folder::new("unusable");
    fs::write(&folder.0, "").unwrap();
    let error = start_error(in_folder(&folder)).await;
    fs::remove_file(&folder.0).unwrap();
    let start = format!(
        "choose another folder with --data; {} cannot be used: ",
        folder.0.display()
    );
    assert!(error.starts_with(&start), "{error}");
}
