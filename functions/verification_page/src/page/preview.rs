//! The page in every state, for a preview of texts and brand.

use shared::api::PostError;
use shared::domain::user_id::UserId;
use shared::runtime::settings::{Environment, SettingError};
use shared::text::locale::Locale;

use super::{Form, Page};
use crate::state::State;

const ADDRESS: &str = "ada@example.org";

/// The page with the brand of an environment.
#[derive(Debug)]
pub struct PagePreview(Page);

/// How the page looks to a person.
#[derive(Debug)]
pub struct Look {
    pub name: &'static str,
    /// All states that look like this, by their names in the log.
    pub states: Vec<&'static str>,
    /// Without the script, which would replace the state with that of a page without a link.
    pub html: String,
}

impl PagePreview {
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        Page::from_environment(environment).map(Self)
    }

    /// Each look once.
    pub fn looks(&self, locale: Locale) -> askama::Result<Vec<Look>> {
        let mut looks = self.looks_of_link(locale)?;
        for (name, state) in samples() {
            let html = self.html(locale, &state)?;
            match looks.iter_mut().find(|look| look.html == html) {
                Some(look) => look.states.push(state.name()),
                None => looks.push(Look {
                    name,
                    states: vec![state.name()],
                    html,
                }),
            }
        }
        Ok(looks)
    }

    /// What the script shows of the page that a link opens.
    fn looks_of_link(&self, locale: Locale) -> askama::Result<Vec<Look>> {
        let opened = self.0.html(locale, &State::Open, &Form::default())?;
        let ready = with_section(&without_script(&opened), "ready");
        let unavailable = with_section(&without_script(&opened), "unavailable");
        let offline = with_section(&without_script(&opened), "offline");
        let of_user = self.html(locale, &State::Open)?;
        let expired = above_form(&of_user, "expired");
        let mailed = filled(&above_form(&of_user, "mailed"), "mailed", ADDRESS);
        let throttled = above_form(&of_user, "throttled");
        let wait = in_5_hours(locale).replace(' ', "\u{a0}");
        let throttled = filled(&throttled, "throttled", &wait);
        let no_mail = with_section(&without_script(&opened), "no_mail");
        let stop = with_section(&without_script(&opened), "stop");
        let not_stopped = with_section(&without_script(&opened), "not_stopped");
        let look = |name, states: &[&'static str], html| Look {
            name,
            states: states.to_vec(),
            html,
        };
        Ok(vec![
            look("open_link", &["open"], ready.clone()),
            look(
                "open_link_pressed",
                &["open"],
                pressed(&ready, "data-verify"),
            ),
            look("unavailable_after_link", &["unavailable"], unavailable),
            look("offline", &["open"], offline),
            look("expired_link", &["expired"], expired.clone()),
            look(
                "expired_link_pressed",
                &["expired"],
                pressed(&expired, "data-ask"),
            ),
            look("mailed", &["mailed"], mailed),
            look("throttled", &["throttled"], throttled),
            look("no_mail", &["suppressed", "domain_not_allowed"], no_mail),
            look("stop_link", &["stop"], stop.clone()),
            look("stop_link_pressed", &["stop"], pressed(&stop, "data-stop")),
            look("not_stopped", &["stop", "invalid"], not_stopped),
        ])
    }

    fn html(&self, locale: Locale, state: &State) -> askama::Result<String> {
        let user = match state {
            State::UserMissing => None,
            _ => UserId::parse("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11"),
        };
        let form = Form {
            user,
            code: "482 913".to_owned(),
            ..Form::default()
        };
        let html = self.0.html(locale, state, &form)?;
        Ok(without_script(&html))
    }
}

/// Every state, with the name of its look.
fn samples() -> Vec<(&'static str, State)> {
    let address = || ADDRESS.to_owned();
    let opened = [("open_code", State::Open)];
    let done = [
        ("verified", State::Verified { address: address() }),
        (
            "already_verified",
            State::AlreadyVerified { address: address() },
        ),
        ("verified_without_script", State::Done { already: false }),
        (
            "already_verified_without_script",
            State::Done { already: true },
        ),
    ];
    let problems = [
        State::Expired,
        State::LinkRefused { address: address() },
        State::Invalid,
        State::UserMissing,
        State::CodeMalformed,
        State::CodeWrong,
        State::CodeExpired,
        State::TooManyAttempts { retry_after: 1500 },
        State::CodesLocked,
        State::Unavailable {
            retry_helps: true,
            source: "preview".into(),
        },
    ];
    let refused = [
        State::CrossSite,
        State::NotReachable,
        State::MethodNotAllowed,
        State::Unreadable(PostError::TooLarge),
        State::Unreadable(PostError::UnsupportedMediaType),
        State::Unreadable(PostError::Malformed),
    ];
    let refusals = [
        ("stop_without_script", State::Stop),
        ("stopped", State::Stopped { address: address() }),
        (
            "already_stopped",
            State::AlreadyStopped { address: address() },
        ),
        ("allowed", State::Allowed { address: address() }),
        ("suppressed", State::Suppressed { address: address() }),
    ];
    let problems = problems.map(|state| (state.name(), state));
    let refused = refused.map(|state| ("bad_request", state));
    let not_found = [("not_found", State::NotFound)];
    let seen = opened.into_iter().chain(done).chain(problems);
    seen.chain(refusals)
        .chain(refused)
        .chain(not_found)
        .collect()
}

fn without_script(html: &str) -> String {
    let (before, script) = html.split_once("<script>").unwrap_or((html, ""));
    let (_, after) = script.split_once("</script>").unwrap_or_default();
    format!("{before}{after}")
}

/// The page once the script shows this section, in place of the one for a page without a user.
fn with_section(opened: &str, name: &str) -> String {
    let section = format!("<section id=\"{name}\"");
    opened
        .replacen(&format!("{section} hidden>"), &format!("{section}>"), 1)
        .replacen(
            "<section id=\"nobody\">",
            "<section id=\"nobody\" hidden>",
            1,
        )
}

/// The same above the form for a code.
fn above_form(opened: &str, name: &str) -> String {
    with_section(opened, name)
        .replacen("<section id=\"form\">", "<section id=\"form\" hidden>", 1)
        .replacen("<h2 hidden>", "<h2>", 1)
}

/// The page while the action of this button runs.
fn pressed(html: &str, button: &str) -> String {
    html.replacen("<main", "<main class=\"busy\"", 1).replacen(
        &format!("<button type=\"button\" {button}>"),
        &format!("<button type=\"button\" class=\"pressed\" {button}>"),
        1,
    )
}

/// The page with the text that the script puts into a section.
fn filled(html: &str, section: &str, text: &str) -> String {
    let start = html.find(&format!("<section id=\"{section}\""));
    let (before, after) = html.split_at(start.unwrap_or_default());
    let after = after.replacen("<bdi></bdi>", &format!("<bdi>{text}</bdi>"), 1);
    format!("{before}{after}")
}

/// As the script says it.
fn in_5_hours(locale: Locale) -> &'static str {
    match locale {
        Locale::Ar => "خلال 5 ساعات",
        Locale::De => "in 5 Stunden",
        Locale::En => "in 5 hours",
        Locale::Es => "dentro de 5 horas",
        Locale::Fr => "dans 5 heures",
        Locale::He => "בעוד 5 שעות",
        Locale::Hi => "5 घंटे में",
        Locale::It => "tra 5 ore",
        Locale::Ja => "5時間後",
        Locale::Ko => "5시간 후",
        Locale::Nl => "over 5 uur",
        Locale::Pl => "za 5 godzin",
        Locale::PtBr => "em 5 horas",
        Locale::Tr => "5 saat sonra",
        Locale::ZhHans => "5小时后",
        Locale::ZhHant => "5 小時後",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn looks() -> Vec<Look> {
        let environment = Environment::from_pairs(&[("PRODUCT_NAME", "Acme")]);
        let preview = PagePreview::from_environment(&environment).unwrap();
        preview.looks(Locale::En).unwrap()
    }

    /// The compiler requires that `name` names each state.
    #[test]
    fn each_state_is_in_the_preview() {
        let names_in = |source: &'static str, function| {
            let (_, names) = source.split_once(function).unwrap();
            let (names, _) = names.split_once("\n    }\n").unwrap();
            names.split('"').skip(1).step_by(2)
        };
        let of_posts = include_str!("../../../../shared/src/api/post.rs");
        let of_new_mail = include_str!("../../../request_email_verification/src/new_mail/state.rs");
        let names: BTreeSet<_> = names_in(include_str!("../state.rs"), "fn name(&self)")
            .chain(names_in(of_posts, "fn name(self)"))
            .chain(names_in(of_new_mail, "fn name(&self)"))
            .collect();
        let looks = looks();
        let shown: BTreeSet<_> = looks.iter().flat_map(|look| look.states.clone()).collect();
        assert_eq!(shown, names);
        let files: BTreeSet<_> = looks.iter().map(|look| look.name).collect();
        assert_eq!(files.len(), looks.len());
    }

    #[test]
    fn a_look_is_one_visible_section() {
        for Look { name, html, .. } in looks() {
            assert!(!html.contains("<script"), "{name}");
            let sections: Vec<_> = html.split("<section ").skip(1).collect();
            let is_visible = |section: &&&str| {
                let (tag, _) = section.split_once('>').unwrap();
                !tag.contains("hidden")
            };
            assert_eq!(sections.iter().filter(is_visible).count(), 1, "{name}");
        }
    }

    #[test]
    fn a_look_has_what_a_person_would_see() {
        let looks = looks();
        let html = |name| &looks.iter().find(|look| look.name == name).unwrap().html;
        assert!(html("unavailable").contains("value=\"482 913\""));
        assert!(html("throttled").contains("in\u{a0}5\u{a0}hours"));
    }

    #[test]
    fn a_pressed_button_says_that_it_works() {
        let looks = looks();
        let pressed = looks.iter().find(|look| look.name == "open_link_pressed");
        assert!(
            pressed
                .unwrap()
                .html
                .contains("class=\"pressed\" data-verify>")
        );
    }
}
