//! Clients of the page, by network address.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the /64 network of an IPv6 address: one household or server usually has a
/// whole one (RFC 6177, section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAddress(String);

impl ClientAddress {
    /// Reads `CloudFront-Viewer-Address`: address and port, an IPv6 address without brackets.
    /// `None` for any other text.
    #[must_use]
    pub fn of_viewer(address_and_port: &str) -> Option<Self> {
        let (address, _port) = address_and_port.trim().rsplit_once(':')?;
        address.parse::<IpAddr>().ok()?;
        Some(Self::of_source(address))
    }

    /// The address that the gateway saw. A text that is no address counts as one client.
    #[must_use]
    pub fn of_source(source_ip: &str) -> Self {
        let text = source_ip.trim();
        Self(
            match text.parse::<IpAddr>().map(|address| address.to_canonical()) {
                Ok(IpAddr::V4(address)) => address.to_string(),
                Ok(IpAddr::V6(address)) => {
                    let [a, b, c, d, ..] = address.segments();
                    format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
                }
                Err(_) => text.chars().take(64).collect(),
            },
        )
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_ipv4_or_ipv6_networks() {
        for (source, client) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::6", "2001:db8:1:3::/64"),
            ("192.168.0.1/32", "192.168.0.1/32"),
            ("", ""),
        ] {
            assert_eq!(ClientAddress::of_source(source).to_string(), client);
        }
    }

    #[test]
    fn a_viewer_is_an_address_before_a_port() {
        for (viewer, client) in [
            ("203.0.113.7:44392", Some("203.0.113.7")),
            ("2001:db8:1:2:3:4:5:6:44392", Some("2001:db8:1:2::/64")),
            ("2001:db8::1:44392", Some("2001:db8::/64")),
            ("203.0.113.7", None),
            ("example.com:443", None),
            ("", None),
        ] {
            let read = ClientAddress::of_viewer(viewer).map(|client| client.to_string());
            assert_eq!(read.as_deref(), client, "{viewer}");
        }
    }
}
