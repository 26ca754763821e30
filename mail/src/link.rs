//! The link in a mail.

use shared::brand::public_url::{PublicUrl, STOP};
use shared::brand::return_origins::next_parameter;
use shared::brand::web_url::WebUrl;
use shared::domain::invalid_setting::InvalidSetting;
use shared::domain::link_token::LinkToken;
use shared::domain::user_id::UserId;
use shared::runtime::settings::{self, Environment, SettingError};

/// The setting of the adopter's own page.
const VERIFICATION_URL: &str = "VERIFICATION_URL";

const UUID: &str = "{uuid}";
const TOKEN: &str = "{token}";

/// The page that mailed links open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A page of the adopter's own.
    OwnPage(VerificationUrl),
    /// The built-in page, at `PUBLIC_URL` or else at the API's own address.
    BuiltIn(Option<PublicUrl>),
}

impl LinkTarget {
    /// `VERIFICATION_URL`, which `MAIL_CONTENT` must not contradict, or else `PUBLIC_URL`.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        let Some(text) = environment.optional(VERIFICATION_URL) else {
            return settings::network::public_url(environment).map(Self::BuiltIn);
        };
        let problem = |problem| SettingError::new(VERIFICATION_URL, problem);
        let url = VerificationUrl::parse(&text).map_err(problem)?;
        if !settings::proofs::mail_content(environment)?.has_link() {
            return Err(problem(
                "must not be set if MAIL_CONTENT is code, as no link is mailed".into(),
            ));
        }
        Ok(Self::OwnPage(url))
    }

    #[must_use]
    pub fn is_built_in(&self) -> bool {
        matches!(self, Self::BuiltIn(_))
    }

    /// For a request that reached the API at `gateway`. The built-in page leads to `return_to`
    /// after a verification; a page of the adopter's own knows where it leads. `None`: no address
    /// is known.
    #[must_use]
    pub fn of_request(
        &self,
        gateway: Option<&PublicUrl>,
        return_to: Option<&WebUrl>,
    ) -> Option<VerificationUrl> {
        match self {
            Self::OwnPage(url) => Some(url.clone()),
            Self::BuiltIn(public_url) => public_url
                .as_ref()
                .or(gateway)
                .map(|page| VerificationUrl::of_built_in_page(page, return_to)),
        }
    }
}

/// The URL of a mailed link, with placeholders for the user's id and the token.
///
/// The best place for both is the fragment, which browsers keep to themselves: it reaches no
/// server, log or link scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationUrl {
    proof: String,
    /// The built-in page that stops mail. A page of the adopter's own has none.
    refusal: Option<String>,
}

impl VerificationUrl {
    /// Reads a URL such as `https://app.example.com/verify_email#{uuid}/{token}`: `https` (or
    /// `http` on this machine), with both placeholders once and after the host.
    pub fn parse(text: &str) -> Result<Self, InvalidSetting> {
        if text.matches(UUID).count() != 1 || text.matches(TOKEN).count() != 1 {
            return Err("must contain {uuid} and {token} once each".into());
        }
        let filled = text.replace(UUID, "0").replace(TOKEN, "0");
        if filled.contains(['{', '}']) {
            return Err("must not contain braces but those of {uuid} and {token}".into());
        }
        let url = WebUrl::parse(&filled)?;
        let host = text
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once(['/', '?', '#']));
        if host.is_none_or(|(host, _)| host.contains('{')) {
            return Err("must contain {uuid} and {token} after the host".into());
        }
        // It is mailed as it is written, so it must be in the form that browsers normalise to.
        let after_origin = text.strip_prefix(&url.origin());
        if !after_origin.is_some_and(|rest| rest.starts_with(['/', '?', '#'])) {
            return Err("must begin with https:// and the host, in lower case and ASCII".into());
        }
        Ok(Self {
            proof: text.to_owned(),
            refusal: None,
        })
    }

    /// The built-in page. The user's id is no secret and is in the query, so that the page knows
    /// the user of a code if the fragment is lost on the way. The token reaches no server before a
    /// press.
    fn of_built_in_page(public_url: &PublicUrl, return_to: Option<&WebUrl>) -> Self {
        let next = return_to
            .map(|url| format!("&{}", next_parameter(url)))
            .unwrap_or_default();
        let page = format!("{}?user={UUID}", public_url.page());
        Self {
            proof: format!("{page}{next}#{TOKEN}"),
            refusal: Some(format!("{page}&{STOP}#{TOKEN}")),
        }
    }

    #[must_use]
    pub fn fill(&self, user: &UserId, token: &LinkToken) -> String {
        fill(&self.proof, user, token)
    }

    /// The link by which a reader who asked for nothing stops mail.
    #[must_use]
    pub fn fill_refusal(&self, user: &UserId, token: &LinkToken) -> Option<String> {
        let refusal = self.refusal.as_ref()?;
        Some(fill(refusal, user, token))
    }
}

fn fill(url: &str, user: &UserId, token: &LinkToken) -> String {
    url.replace(UUID, &user.to_string())
        .replace(TOKEN, &token.encode())
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    const TOKEN_OF_ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn fill(url: &VerificationUrl) -> String {
        let user = UserId::parse(USER).unwrap();
        url.fill(&user, &LinkToken::from_random([0; 32]))
    }

    #[test]
    fn a_link_has_user_and_token() {
        let url = VerificationUrl::parse("https://app.example.com/verify#{uuid}.{token}").unwrap();
        assert_eq!(
            fill(&url),
            format!("https://app.example.com/verify#{USER}.{TOKEN_OF_ZEROS}")
        );
    }

    #[test]
    fn a_link_may_have_a_next_page() {
        let next = WebUrl::parse("https://app.example.com/a?b={c}&d=é#e").unwrap();
        let built_in = PublicUrl::of_gateway("abc.execute-api.example", "").unwrap();
        let url = VerificationUrl::of_built_in_page(&built_in, Some(&next));
        let next = "https%3A%2F%2Fapp.example.com%2Fa%3Fb%3D%7Bc%7D%26d%3D%25C3%25A9%23e";
        assert_eq!(
            fill(&url),
            format!(
                "https://abc.execute-api.example/verify_email?user={USER}&next={next}\
                 #{TOKEN_OF_ZEROS}"
            )
        );
    }

    #[test]
    fn only_the_built_in_page_stops_mail() {
        let user = UserId::parse(USER).unwrap();
        let token = LinkToken::from_random([0; 32]);
        let built_in = PublicUrl::of_gateway("abc.execute-api.example", "").unwrap();
        let next = WebUrl::parse("https://app.example.com/").unwrap();
        let url = VerificationUrl::of_built_in_page(&built_in, Some(&next));
        assert_eq!(
            url.fill_refusal(&user, &token).unwrap(),
            format!(
                "https://abc.execute-api.example/verify_email?user={USER}&stop#{TOKEN_OF_ZEROS}"
            )
        );
        let own = VerificationUrl::parse("https://app.example.com/verify#{uuid}.{token}").unwrap();
        assert_eq!(own.fill_refusal(&user, &token), None);
    }

    #[test]
    fn only_https_and_localhost_are_allowed() {
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
            "https:///app.example.com/{uuid}/{token}",
            "https:app.example.com/{uuid}/{token}",
            "https://App.example.com/{uuid}/{token}",
            "https://bücher.example/{uuid}/{token}",
            "https://app.example.com:443/{uuid}/{token}",
            "https://app.example.com/{uuid}/{token}/{other}",
            "https://app.example.com/{uuid}/{token}}",
            "app.example.com/{uuid}/{token}",
        ] {
            assert!(VerificationUrl::parse(text).is_err(), "{text}");
        }
    }

    fn target(settings: &[(&str, &str)]) -> Result<LinkTarget, String> {
        LinkTarget::from_environment(&Environment::from_pairs(settings))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn own_page_then_setting_then_gateway() {
        let gateway = PublicUrl::of_gateway("abc.execute-api.example", "/prod");
        for (settings, url) in [
            (
                &[(
                    "VERIFICATION_URL",
                    "https://app.example.com/#{uuid}/{token}",
                )][..],
                format!("https://app.example.com/#{USER}/{TOKEN_OF_ZEROS}"),
            ),
            (
                &[("PUBLIC_URL", "https://mail.example.com/auth")],
                format!("https://mail.example.com/auth/verify_email?user={USER}#{TOKEN_OF_ZEROS}"),
            ),
            (
                &[],
                format!(
                    "https://abc.execute-api.example/prod/verify_email?user={USER}#{TOKEN_OF_ZEROS}"
                ),
            ),
        ] {
            let url_of_request = target(settings).unwrap().of_request(gateway.as_ref(), None);
            assert_eq!(fill(&url_of_request.unwrap()), url);
        }
        assert_eq!(target(&[]).unwrap().of_request(None, None), None);
    }

    #[test]
    fn a_page_contradicts_mails_without_link() {
        let page = (
            "VERIFICATION_URL",
            "https://app.example.com/#{uuid}/{token}",
        );
        for content in ["both", "link"] {
            assert!(target(&[page, ("MAIL_CONTENT", content)]).is_ok());
        }
        assert_eq!(
            target(&[page, ("MAIL_CONTENT", "code")]).unwrap_err(),
            "setting VERIFICATION_URL: must not be set if MAIL_CONTENT is code, as no link is \
             mailed"
        );
    }

    #[test]
    fn an_error_names_its_setting() {
        for (settings, problem) in [
            (
                &[("VERIFICATION_URL", "https://app.example.com")][..],
                "setting VERIFICATION_URL: must contain {uuid} and {token} once each",
            ),
            (
                &[("PUBLIC_URL", "http://mail.example.com")],
                "setting PUBLIC_URL: must be an https URL, or http on this machine",
            ),
        ] {
            assert_eq!(target(settings).unwrap_err(), problem);
        }
    }
}
