//! A port that the service listens on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::inbox::Hosts;

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
