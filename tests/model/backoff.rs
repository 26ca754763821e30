//! A contended write is retried after a backoff.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use shared::domain::clock::Timestamp;
use tokio::runtime::Builder;

use crate::network::{self, Answer};
use crate::tasks::{Service, Task, To};

/// Whether a request waits for the clock after these answers, and makes no call.
fn waits_after(answers: impl IntoIterator<Item = Answer>) -> bool {
    let service = Box::leak(Box::new(Service::new()));
    let task = Task::Request {
        user: 0,
        to: To::Address(0),
        keyed: false,
    };
    network::answer_with(answers.into_iter().map(Rc::new));
    let mut running = service.run(task, 0, Timestamp::from_unix_seconds(1_795_435_200));
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let once = poll_fn(|context| Poll::Ready(running.as_mut().poll(context)));
    runtime.block_on(once).is_pending() && !network::is_holding()
}

#[test]
fn a_contended_write_waits() {
    assert!(!waits_after([]));
    assert!(waits_after([Answer::conflict()]));
}
