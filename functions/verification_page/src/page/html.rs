//! The HTML of the page.

use askama::Template;
use shared::brand::web_url::WebUrl;
use shared::text::html;
use shared::text::locale::Locale;
use shared::text::template::{Text, Value};

use super::view::View;
use super::{Form, Page};
use crate::state::State;
use crate::texts::{self, Texts};

/// Keep words together in texts. Not in titles, by which people search their history.
const WORD_JOINER: char = '\u{2060}';
const NO_BREAK_SPACE: char = '\u{a0}';

/// Longest code that the form shows again, in characters.
const MAX_ECHOED_CODE: usize = 32;

#[derive(Template)]
#[template(path = "page.html")]
struct Html<'a> {
    locale: Locale,
    texts: &'a Texts,
    product: &'a str,
    app_url: Option<&'a str>,
    support: Option<&'a str>,
    style: &'a str,
    script: &'a str,
    title: &'a str,
    view: View,
    /// The verified address. Empty: the script fills it in.
    address: Option<&'a str>,
    /// When to try again, in words. `None`: a retry does not help.
    wait: Option<String>,
    /// Where the form is posted. `None`: the user is unknown.
    action: Option<&'a str>,
    /// Where the page leads later, as a part of its own query.
    and_next: &'a str,
    /// Whether mails have codes.
    has_codes: bool,
    code: &'a str,
}

impl Html<'_> {
    fn fill<const N: usize>(&self, text: Text<'_, N>) -> html::Html {
        text.html(self.locale.language())
    }

    /// A sentence that another one follows.
    fn spaced(&self, sentence: Text<'static, 0>) -> String {
        let has_spaces = self.locale.language().has_spaces;
        let space = if has_spaces { " " } else { "" };
        format!("{sentence}{space}")
    }

    /// Whether the page has the form, visible or not. A code that somebody posted gets its answer
    /// even if mails have no codes by now.
    fn has_form(&self) -> bool {
        let is_open = self.view.is_open();
        let asks = is_open || self.view.has_form() && self.action.is_some();
        asks && (self.has_codes || self.view.is_form() && !is_open)
    }

    /// What to do without a link that works.
    fn open_link(&self) -> html::Html {
        if self.has_codes {
            self.fill(self.texts.open_link(self.product()))
        } else {
            self.fill(self.texts.open_link_again(self.product()))
        }
    }

    /// The product, as a text names it.
    fn product(&self) -> Value<'_> {
        Value::Untrusted(self.product)
    }
}

impl Page {
    pub(super) fn html(
        &self,
        locale: Locale,
        state: &State,
        form: &Form,
    ) -> askama::Result<String> {
        let texts = texts::of(locale);
        let view = View::of(state);
        let wait = match state {
            State::TooManyAttempts { retry_after } => {
                Some(texts.too_many_attempts(retry_after.div_ceil(60).max(1)))
            }
            _ => None,
        };
        let address = match view {
            View::Open | View::Stop => Some(""),
            _ => state.address(),
        };
        // A code that was not compared is shown again. A wrong one is not.
        let code = if view == View::Unavailable {
            echo(&form.code)
        } else {
            ""
        };
        Html {
            locale,
            texts,
            product: &self.brand.product,
            app_url: form
                .next
                .as_ref()
                .or(self.app_url.as_ref())
                .map(WebUrl::as_str),
            support: self.brand.support_address(),
            style: &self.style,
            script: &self.script,
            title: &view
                .title(texts)
                .as_str()
                .replace(WORD_JOINER, "")
                .replace(NO_BREAK_SPACE, " "),
            view,
            address,
            wait,
            action: form.action().as_deref(),
            and_next: &form.and_next(),
            has_codes: self.content.has_code(),
            code,
        }
        .render()
    }
}

/// The code as it was typed. Blank if it is too long to be typed by a person.
fn echo(code: &str) -> &str {
    if code.chars().count() <= MAX_ECHOED_CODE {
        code.trim()
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::user_id::UserId;
    use shared::runtime::settings::Environment;

    use super::*;

    fn html(state: &State) -> String {
        html_in(Locale::En, state)
    }

    fn html_in(locale: Locale, state: &State) -> String {
        let environment = Environment::from_pairs(&[("PRODUCT_NAME", "Acme")]);
        let page = Page::from_environment(&environment).unwrap();
        let form = Form {
            user: UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
            ..Form::default()
        };
        page.html(locale, state, &form).unwrap()
    }

    #[test]
    fn an_expired_code_is_a_field_error() {
        let html = html(&State::CodeExpired);
        let error = "id=\"code-error\">This code has expired. Use the one in the latest email. \
                     <span>Or go back to <bdi>Acme</bdi> and request a new one.</span></p>";
        assert!(html.contains(error), "{html}");
        assert!(html.contains("<title>This code has expired."));
        assert!(html.contains("aria-invalid=\"true\""));
    }

    #[test]
    fn a_space_joins_two_sentences() {
        for (locale, space) in [
            (Locale::En, " "),
            (Locale::Ko, " "),
            (Locale::Ja, ""),
            (Locale::ZhHans, ""),
            (Locale::ZhHant, ""),
        ] {
            let texts = texts::of(locale);
            let next = texts.new_mail(Value::Untrusted("Acme"));
            let next = next.html(locale.language());
            for (state, sentence, tags) in [
                (State::CodeWrong, texts.code_wrong(), ["<span>", "</span>"]),
                (
                    State::CodeExpired,
                    texts.code_expired(),
                    ["<span>", "</span>"],
                ),
                (State::Invalid, texts.invalid(), ["", ""]),
            ] {
                let sentence = html::Html::of_text(sentence.as_str());
                let [start, end] = tags;
                let expected = format!(">{sentence}{space}{start}{next}{end}</p>");
                let html = html_in(locale, &state);
                assert!(html.contains(&expected), "{expected}: {html}");
            }
        }
    }

    #[test]
    fn an_error_replaces_the_hint() {
        for (state, hint) in [
            (State::CodeMalformed, "code-error"),
            (State::Open, "code-hint"),
        ] {
            let html = html(&state);
            assert!(
                html.contains(&format!(" aria-describedby=\"{hint}\"")),
                "{html}"
            );
            assert_eq!(
                html.matches("class=\"hint\"").count(),
                usize::from(hint == "code-hint")
            );
        }
    }

    #[test]
    fn each_problem_leads_to_the_app() {
        let environment = [
            ("PRODUCT_NAME", "Acme"),
            ("APP_URL", "https://acme.example/app"),
        ];
        let page = Page::from_environment(&Environment::from_pairs(&environment)).unwrap();
        for state in [
            State::Expired,
            State::Invalid,
            State::UserMissing,
            State::TooManyAttempts { retry_after: 60 },
            State::CodesLocked,
            State::NotFound,
            State::CrossSite,
        ] {
            let html = page.html(Locale::En, &state, &Form::default()).unwrap();
            let button = "<a class=\"button second\" href=\"https://acme.example/app\">Back to";
            assert_eq!(html.matches(button).count(), 1, "{}", state.name());
        }
    }

    #[test]
    fn locked_codes_leave_the_link() {
        let html = html(&State::CodesLocked);
        assert!(html.contains("Too many attempts</h1>"));
        let other_way = "You can still use the link in the email. \
                         Or go back to <bdi>Acme</bdi> and request a new one.</p>";
        assert!(html.contains(other_way), "{html}");
        assert!(!html.contains("<a href"));
        assert_eq!(State::CodesLocked.retry_after(), None);
    }
}
