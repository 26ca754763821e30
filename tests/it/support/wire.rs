//! A TCP proxy whose connections can be cut silently.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::http::listen;

/// How a connection is cut. The client does not notice until it writes.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// It is reset on the next write.
    Resets,
    /// It accepts all bytes, and never answers.
    Swallows,
}

#[derive(Debug)]
pub struct Wire {
    pub url: String,
    state: Arc<Mutex<State>>,
    _task: JoinSet<()>,
}

#[derive(Debug)]
struct State {
    connections: usize,
    /// Cuts all connections that listen to it, and is then replaced.
    cut: watch::Sender<Option<Cut>>,
}

impl Wire {
    /// A wire to the server at this URL.
    pub async fn to(server: &str) -> Self {
        let server = server.strip_prefix("http://").unwrap().to_owned();
        let listener = listen().await;
        let url = listener.url();
        let state = Arc::new(Mutex::new(State {
            connections: 0,
            cut: watch::Sender::new(None),
        }));
        let shared = Arc::clone(&state);
        let mut task = JoinSet::new();
        task.spawn(async move {
            // Connections end with the wire.
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.socket.accept().await.unwrap();
                let cut = {
                    let mut state = shared.lock().unwrap();
                    state.connections += 1;
                    let cut = state.cut.subscribe();
                    if cut.borrow().is_some() {
                        state.cut = watch::Sender::new(None);
                    }
                    cut
                };
                connections.spawn(carry(client, server.clone(), cut));
            }
        });
        Self {
            url,
            state,
            _task: task,
        }
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Cuts the connections that are there. Later ones work.
    pub fn cut(&self, how: Cut) {
        self.cut_with_next(how);
        self.state.lock().unwrap().cut = watch::Sender::new(None);
    }

    /// Cuts the connections that are there, and the next one as soon as it is made.
    pub fn cut_with_next(&self, how: Cut) {
        self.state.lock().unwrap().cut.send_replace(Some(how));
    }
}

async fn carry(mut client: TcpStream, server: String, mut cut: watch::Receiver<Option<Cut>>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    let how = tokio::select! {
        // A cut comes before what is written after it.
        biased;
        how = cut.wait_for(Option::is_some) => match how.map(|how| *how) {
            Ok(Some(how)) => how,
            _ => return,
        },
        // It ends when either side closes it, or breaks off.
        _ = copy_bidirectional(&mut client, &mut server) => return,
    };
    let mut bytes = [0; 4096];
    while client.read(&mut bytes).await.is_ok_and(|read| read > 0) {
        if matches!(how, Cut::Resets) {
            // Without it, the close would not be a reset.
            client.set_zero_linger().unwrap();
            return;
        }
    }
}
