//! `--port`, `--dynamodb-port` and `--inbox-port` of `cargo run`.

use local::stack::Options;

use super::local_stack::{options, start, start_error};

fn port_of(url: &str) -> u16 {
    url.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[tokio::test]
async fn all_taken_ports_are_named() {
    let running = start(options()).await;
    let api = port_of(running.api_url.as_deref().unwrap());
    let inbox = port_of(&running.inbox_url);
    let error = start_error(Options {
        port: api,
        inbox_port: inbox,
        ..options()
    })
    .await;
    let start = format!(
        "port {api} of the API and port {inbox} of the inbox are taken; end the session that may \
         be running already, or add "
    );
    let free = error
        .strip_prefix(&start)
        .unwrap_or_else(|| panic!("{error}"));
    // The free ports are not the taken ones, and the next command can use them.
    let words: Vec<_> = free.split(' ').collect();
    let [flag, port, inbox_flag, inbox_port] = words.try_into().unwrap();
    assert_eq!((flag, inbox_flag), ("--port", "--inbox-port"));
    for free in [port, inbox_port] {
        let free: u16 = free.parse().unwrap();
        assert!(![api, inbox].contains(&free), "{error}");
    }
    assert_ne!(port, inbox_port);
}

#[tokio::test]
async fn a_port_is_used_once() {
    let same = Options {
        port: 3477,
        inbox_port: 3477,
        ..options()
    };
    assert_eq!(
        start_error(same.clone()).await,
        "--port and --inbox-port are both 3477; give them different ports"
    );
    // Nothing listens on the API's.
    start(Options {
        inbox_port: 0,
        backing_only: true,
        ..same
    })
    .await;
}
