//! The link in a mail.

use url::Url;

use crate::proof::LinkToken;
use crate::user_id::UserId;

const UUID: &str = "{uuid}";
const TOKEN: &str = "{token}";

/// Where a mailed link leads: a URL with places for the user's id and the token.
///
/// The best place for both is the fragment, which browsers keep to themselves: it reaches no
/// server, log or link scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationUrl(String);

impl VerificationUrl {
    /// Reads a URL such as `https://app.example.com/verify_email/{uuid}/{token}`.
    ///
    /// # Errors
    ///
    /// What it must be, if it is not: `https` (or `http` on this machine), with both placeholders
    /// once and behind the host.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.matches(UUID).count() != 1 || text.matches(TOKEN).count() != 1 {
            return Err("must hold {uuid} and {token} once each");
        }
        if text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\'))
        {
            return Err("must be a URL without white space, quotes and backslashes");
        }
        let filled = text.replace(UUID, "0").replace(TOKEN, "0");
        let url = Url::parse(&filled).map_err(|_| "must be a URL")?;
        let on_this_machine = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && on_this_machine) {
            return Err("must be an https URL");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must hold no user name and password");
        }
        let behind_host = text
            .find("://")
            .and_then(|start| text.get(start + 3..))
            .and_then(|rest| rest.find(['/', '?', '#']).and_then(|end| rest.get(..end)));
        if behind_host.is_none_or(|host| host.contains('{')) {
            return Err("must hold {uuid} and {token} behind the host");
        }
        Ok(Self(text.to_owned()))
    }

    /// The link for this user and token.
    #[must_use]
    pub fn fill(&self, user: &UserId, token: &LinkToken) -> String {
        self.0
            .replace(UUID, &user.to_string())
            .replace(TOKEN, &token.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_holds_user_and_token_where_the_url_wants_them() {
        let url = VerificationUrl::parse("https://app.example.com/verify#{uuid}.{token}").unwrap();
        let user = UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6").unwrap();
        let link = url.fill(&user, &LinkToken::from_random([0; 32]));
        assert_eq!(
            link,
            "https://app.example.com/verify#f81d4fae-7dec-11d0-a765-00a0c91e6bf6.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
    }

    #[test]
    fn only_https_and_this_machine_may_be_linked_to() {
        for text in [
            "https://app.example.com/verify_email/{uuid}/{token}",
            "https://app.example.com/verify?u={uuid}&t={token}",
            "http://localhost:3000/{uuid}/{token}",
            "http://127.0.0.1:8025/#{uuid}.{token}",
        ] {
            assert!(VerificationUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://app.example.com/{uuid}/{token}",
            "javascript:alert('{uuid}{token}')",
            "https://app.example.com/{uuid}",
            "https://app.example.com/{token}/{token}/{uuid}",
            "https://{uuid}.example.com/{token}",
            "https://user:{token}@example.com/{uuid}",
            "https://app.example.com/{uuid}/{token}\"onclick=",
            "/verify/{uuid}/{token}",
            "app.example.com/{uuid}/{token}",
        ] {
            assert!(VerificationUrl::parse(text).is_err(), "{text}");
        }
    }
}
