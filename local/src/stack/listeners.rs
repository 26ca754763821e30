//! The ports of the service.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use thiserror::Error;
use tokio::net::TcpListener;

use super::options::Options;
use crate::inbox::Hosts;

/// How many ports are tried in place of one that is taken.
const NEXT_PORTS: u16 = 100;

/// A port that is listened on.
#[derive(Debug)]
pub struct Listener {
    pub socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Listens on this port, or on any free one if it is 0.
    ///
    /// # Errors
    ///
    /// The port is taken, or the host is not an address of this machine.
    pub async fn bind(host: IpAddr, port: u16) -> io::Result<Self> {
        let socket = TcpListener::bind((host, port)).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    #[must_use]
    pub fn url(&self) -> String {
        let ip = self.address.ip();
        // A client cannot connect to `0.0.0.0` or `[::]`.
        let host = if ip.is_unspecified() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            ip
        };
        format!("http://{}", SocketAddr::new(host, self.address.port()))
    }

    /// The host names under which a browser may use it.
    pub(super) fn hosts(&self) -> Hosts {
        if self.address.ip().is_loopback() {
            Hosts::Loopback
        } else {
            Hosts::Any
        }
    }
}

/// A port, as a person knows it.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    number: u16,
    what: &'static str,
    flag: &'static str,
}

/// A port that another program uses, and one that is free.
#[derive(Debug)]
pub struct TakenPort {
    port: Port,
    free: u16,
}

/// The text is for the person who starts the service.
#[derive(Debug, Error)]
pub enum PortError {
    #[error(
        "{} {} taken; end the session that may be running already, or add {}",
        list(.0),
        if .0.len() == 1 { "is" } else { "are" },
        flags(.0)
    )]
    Taken(Vec<TakenPort>),
    #[error("{} and {} are both {}; give them different ports", one.flag, other.flag, one.number)]
    Same { one: Port, other: Port },
    #[error("{0} is not an address of this machine; choose another one with --host")]
    ForeignHost(IpAddr),
    #[error("choose another {}; port {} of {host} cannot be used", port.flag, port.number)]
    Listen {
        port: Port,
        host: IpAddr,
        source: io::Error,
    },
}

/// `port 3000 of the API, port 8000 of DynamoDB and port 8025 of the inbox`
fn list(taken: &[TakenPort]) -> String {
    let name =
        |TakenPort { port, .. }: &TakenPort| format!("port {} of {}", port.number, port.what);
    let names: Vec<_> = taken.iter().map(name).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn flags(taken: &[TakenPort]) -> String {
    let flag = |TakenPort { port, free }: &TakenPort| format!("{} {free}", port.flag);
    taken.iter().map(flag).collect::<Vec<_>>().join(" ")
}

/// The ports, before anything runs on them.
pub(super) struct Listeners {
    /// `None` with [`Options::backing_only`].
    pub(super) api: Option<Listener>,
    pub(super) dynamodb: Listener,
    pub(super) inbox: Listener,
}

impl Listeners {
    pub(super) async fn bind(options: &Options) -> Result<Self, PortError> {
        let port = |number, what, flag| Port { number, what, flag };
        let api = port(options.port, "the API", "--port");
        let dynamodb = port(options.dynamodb_port, "DynamoDB", "--dynamodb-port");
        let inbox = port(options.inbox_port, "the inbox", "--inbox-port");
        let mut ports = vec![dynamodb, inbox];
        if !options.backing_only {
            ports.insert(0, api);
        }
        check_different(&ports)?;
        let mut listeners = Vec::new();
        let mut taken = Vec::new();
        for port in &ports {
            match listen(options.host, *port).await? {
                Some(listener) => listeners.push(listener),
                None => taken.push(*port),
            }
        }
        let mut listeners = listeners.into_iter().rev();
        match (listeners.next(), listeners.next()) {
            (Some(inbox), Some(dynamodb)) if taken.is_empty() => Ok(Self {
                api: listeners.next(),
                dynamodb,
                inbox,
            }),
            _ => Err(PortError::Taken(
                with_free_ports(options.host, &ports, taken).await,
            )),
        }
    }
}

fn check_different(ports: &[Port]) -> Result<(), PortError> {
    for (index, one) in ports.iter().enumerate() {
        let mut others = ports.iter().skip(index + 1);
        let same = others.find(|other| one.number != 0 && one.number == other.number);
        if let Some(other) = same {
            let (one, other) = (*one, *other);
            return Err(PortError::Same { one, other });
        }
    }
    Ok(())
}

/// `None`: the port is taken.
async fn listen(host: IpAddr, port: Port) -> Result<Option<Listener>, PortError> {
    match Listener::bind(host, port.number).await {
        Ok(listener) => Ok(Some(listener)),
        Err(source) => match source.kind() {
            io::ErrorKind::AddrInUse => Ok(None),
            io::ErrorKind::AddrNotAvailable => Err(PortError::ForeignHost(host)),
            _ => Err(PortError::Listen { port, host, source }),
        },
    }
}

async fn with_free_ports(host: IpAddr, ports: &[Port], taken: Vec<Port>) -> Vec<TakenPort> {
    let mut used: Vec<_> = ports.iter().map(|port| port.number).collect();
    let mut free_ports = Vec::new();
    for port in taken {
        let free = next_free(host, port.number, &used).await;
        used.push(free);
        free_ports.push(TakenPort { port, free });
    }
    free_ports
}

/// The next free port. 0, which is any free one: there is no free one near.
async fn next_free(host: IpAddr, taken: u16, used: &[u16]) -> u16 {
    for port in (taken..=u16::MAX).skip(1).take(NEXT_PORTS.into()) {
        if !used.contains(&port) && Listener::bind(host, port).await.is_ok() {
            return port;
        }
    }
    0
}
