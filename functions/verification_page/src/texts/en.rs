//! English.

use super::{Around, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Verify your e-\u{2060}mail address",
    ready: Around::new("Press the button to verify your address for {}."),
    unexpected: "Not expecting this? Then just close this page, and nothing happens.",
    button: "Verify e-mail address",
    working: "Verifying…",
    form_intro: "Please enter your e-\u{2060}mail address and the code from our mail.",
    email: "E-mail address",
    email_hint: Around::new("Or your user ID, if {} has told you one."),
    email_error: "Please enter an e-\u{2060}mail address, such as ada@example.com.",
    code: "Code",
    code_hint: "The six digits in the mail.",
    code_malformed: "Please enter the six digits in the mail.",
    code_wrong: "This code is wrong or no longer works. Please check the newest mail.",
    verified_heading: "Your e-\u{2060}mail address is verified",
    verified: Around::new("Thank you! {} is verified."),
    already_heading: "Your e-\u{2060}mail address is already verified",
    already: Around::new("{} was verified before. There is nothing left to do."),
    go_on: Around::new("Continue to {}"),
    close: "You can close this page now.",
    expired_heading: "This link has expired",
    expired: Around::new(
        "For your safety, a link works for a limited time. Please go back to {} and ask for a new mail.",
    ),
    invalid_heading: "This link does not work",
    invalid: "Perhaps a part of it is missing, or it belongs to an address that has been changed since. Please open the link in the newest mail.",
    new_mail: Around::new("Or go back to {} and ask for a new mail."),
    use_code: "Enter the code instead",
    too_many_heading: "Too many attempts",
    too_many: |minutes| match minutes {
        1 => {
            "For your safety, no more codes can be tried right now. Please try again in one minute."
                .to_owned()
        }
        _ => format!(
            "For your safety, no more codes can be tried right now. Please try again in {minutes} minutes."
        ),
    },
    too_many_link: "The link in the mail still works.",
    unavailable_heading: "That did not work just now",
    unavailable: "This is our fault, and nothing is lost. Please try again in a moment.",
    retry: "Try again",
    misfit_heading: "Something went wrong",
    misfit: "Please open the link in the mail once more, or enter the code.",
    questions: Around::new("Questions? Write to {}."),
};
