//! What the page says, in each language.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod he;
mod hi;
mod it;
mod ja;
mod ko;
mod nl;
mod pl;
mod pt_br;
mod tr;
mod zh_hans;
mod zh_hant;

use shared::text::locale::Direction;
use shared::text::template::Value;

shared::text::catalogue::catalogue! {
    /// `{address}`, `{product}` and `{support}` are what somebody chose, so a text must not
    /// inflect them. A word joiner (U+2060) keeps a line from ending in the middle of "e-mail", but
    /// not on buttons and labels, which people call out by their names.
    pub(crate) struct Texts {
        /// Over the button, and over the form.
        heading: [],
        /// What the button does.
        ready: [product],
        /// To a reader who did not request the mail.
        unexpected: [],
        /// On the button, and on the form's.
        button: [],
        /// Until the answer arrives.
        working: [],
        /// What to enter in the form.
        form_intro: [],
        /// What to do if the page does not know the user.
        open_link: [product],
        /// The same if mails have no code.
        open_link_again: [product],
        /// The label of the field.
        code: [],
        /// Where to find it.
        code_hint: [],
        /// What was typed cannot be a code.
        code_malformed: [],
        /// It is not a code of this user, or has expired.
        code_wrong: [],
        /// The code has expired.
        code_expired: [],
        verified_heading: [],
        verified: [address],
        /// It was verified before.
        already_heading: [],
        already: [address],
        /// The link to `APP_URL`.
        go_on: [product],
        /// The same where nothing was verified.
        go_back: [product],
        /// The tab that waits may be open.
        close: [product],
        expired_heading: [],
        /// How to get another link.
        expired: [product],
        /// The link proves nothing.
        invalid_heading: [],
        /// The likely causes.
        invalid: [],
        /// What else to do if a code or a link does not work.
        new_mail: [product],
        /// Over the form, below a link that failed.
        use_code: [],
        /// To a reader of an expired link, who may ask for another.
        expired_again: [],
        /// On the button for it.
        ask_mail: [],
        /// Until the answer arrives.
        sending: [],
        mailed_heading: [],
        /// What to do with the new mail.
        mailed: [address],
        /// A rate limit of mails is reached.
        mails_over_heading: [],
        /// `{when}` is the browser's words for a time, such as "in 5 hours".
        mails_over: [when],
        /// The address gets no mail.
        no_mail_heading: [],
        no_mail: [product],
        /// A rate limit is reached.
        too_many_heading: [],
        /// When the next code may be tried.
        too_many: [wait],
        /// Minutes, in the case that `too_many` puts them in.
        wait: plural,
        /// That the link still works.
        too_many_link: [],
        /// The service is unavailable.
        unavailable_heading: [],
        /// That it is not the reader's fault.
        unavailable: [],
        /// On the button that retries.
        retry: [],
        /// The browser has no network.
        offline_heading: [],
        /// What to do then.
        offline: [],
        /// The page does not understand the request.
        bad_request_heading: [],
        /// Over the button that stops mail to the address.
        stop_heading: [],
        /// What the button does, and for how long. The product's other mail goes on.
        stop: [product],
        stop_button: [],
        /// On that button and on the next one, until the answer arrives.
        one_moment: [],
        stopped_heading: [],
        /// Also if a button stopped it before.
        stopped: [address],
        already_stopped_heading: [],
        /// On the button that allows mail again.
        allow_button: [],
        allowed_heading: [],
        /// That mail may come again, and how to verify.
        allowed: [address, product],
        /// That an earlier mail bounced or was reported as spam, and whom to ask.
        suppressed: [address, product],
        /// To a reader who opens a link after the refusal, below `invalid_heading`. Above the
        /// button that allows mail.
        link_refused: [address],
        /// Without the script, without the token, or after a link that proves nothing.
        not_stopped_heading: [],
        /// That the reader need not do anything.
        not_stopped: [],
        /// The same if no script runs, and what the page needs.
        no_script: [],
        /// Where to ask.
        questions: [support],
    }
}

impl Texts {
    /// When to try again.
    pub(crate) fn too_many_attempts(&self, minutes: u64) -> String {
        let wait = self.wait.of(minutes);
        // Nothing to isolate: the words are of the text's own language.
        self.too_many(Value::Trusted(&wait))
            .plain(Direction::LeftToRight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::refusal::REFUSAL;
    use shared::text::locale::Locale;

    #[test]
    fn the_texts_name_the_days_of_a_refusal() {
        let days = (REFUSAL.as_secs() / (24 * 60 * 60)).to_string();
        for locale in Locale::ALL {
            let texts = of(locale);
            assert!(texts.stop.contains(&days), "{locale:?}");
            assert!(texts.stopped.contains(&days), "{locale:?}");
        }
    }

    #[test]
    fn a_wait_has_its_languages_plurals() {
        for locale in Locale::ALL {
            for minutes in 1..=30 {
                let text = of(locale).too_many_attempts(minutes);
                assert!(!text.contains(['{', '}']), "{text}");
                let names_it = text.contains(&minutes.to_string());
                assert!(names_it || minutes <= 2, "{text}");
            }
        }
        let of = |locale, minutes| of(locale).too_many_attempts(minutes);
        for (minutes, unit) in [
            (1, "za minutę."),
            (2, "2 minuty."),
            (5, "5 minut."),
            (12, "12 minut."),
            (22, "22 minuty."),
            (25, "25 minut."),
        ] {
            assert!(of(Locale::Pl, minutes).ends_with(unit), "{minutes}");
        }
        for (minutes, unit) in [
            (1, "دقيقة واحدة."),
            (2, "دقيقتين."),
            (3, "3 دقائق."),
            (10, "10 دقائق."),
            (11, "11 دقيقة."),
            (30, "30 دقيقة."),
        ] {
            assert!(of(Locale::Ar, minutes).ends_with(unit), "{minutes}");
        }
        assert!(of(Locale::He, 2).ends_with("שתי דקות."));
        assert!(of(Locale::De, 1).contains("in einer Minute"));
    }
}
