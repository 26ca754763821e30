//! The ports of the service, and the errors of those that cannot be used.

use std::io;
use std::net::IpAddr;

use thiserror::Error;

use super::listener::Listener;
use super::options::Options;

/// How many ports are tried in place of one that is taken.
const NEXT_PORTS: u16 = 100;

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
        let all = [api, dynamodb, inbox];
        let ports = if options.backing_only {
            &all[1..]
        } else {
            &all[..]
        };
        check_different(ports)?;

        let host = options.host;
        let mut taken = Vec::new();
        let api = if options.backing_only {
            None
        } else {
            listen(host, api, &mut taken).await?
        };
        let dynamodb = listen(host, dynamodb, &mut taken).await?;
        let inbox = listen(host, inbox, &mut taken).await?;
        match (dynamodb, inbox) {
            (Some(dynamodb), Some(inbox)) if taken.is_empty() => Ok(Self {
                api,
                dynamodb,
                inbox,
            }),
            _ => {
                let taken = with_free_ports(host, ports, taken).await;
                Err(PortError::Taken(taken))
            }
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

/// `None`: the port is now one of those that are taken.
async fn listen(
    host: IpAddr,
    port: Port,
    taken: &mut Vec<Port>,
) -> Result<Option<Listener>, PortError> {
    match Listener::bind(host, port.number).await {
        Ok(listener) => Ok(Some(listener)),
        Err(source) => match source.kind() {
            io::ErrorKind::AddrInUse => {
                taken.push(port);
                Ok(None)
            }
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
