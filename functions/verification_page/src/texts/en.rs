//! English.

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Verify your email address",
    ready: "Press the button to verify your email address for {product}.",
    unexpected: "Not expecting this? Just close this page, and nothing will change.",
    button: "Verify email address",
    working: "Verifying…",
    form_intro: "Enter the code we emailed you.",
    open_link: "Open the link in the email, or go back to {product} and enter the code there.",
    open_link_again: "Open the link in the email, or go back to {product} and request a new one.",
    code: "Code",
    code_hint: "The 6 digits in the email.",
    code_malformed: "Enter the 6 digits from the email.",
    code_wrong: "This code is incorrect or has expired. Use the one in the latest email.",
    code_expired: "This code has expired. Use the one in the latest email.",
    verified_heading: "Your email address is verified",
    verified: "Thank you! {address} is verified.",
    already_heading: "Your email address is already verified",
    already: "{address} was verified earlier. There’s nothing left to do.",
    go_on: "Continue to {product}",
    close: "You can close this page now.",
    expired_heading: "This link has expired",
    expired: "For your security, links only work for a limited time. Go back to {product} and request a new one.",
    invalid_heading: "This link doesn’t work",
    invalid: "Part of it may be missing, or your address may have changed since it was sent. Open the link in the latest email.",
    new_mail: "Or go back to {product} and request a new one.",
    use_code: "Enter the code instead",
    too_many_heading: "Too many attempts",
    too_many: "For your security, you can’t try any more codes right now. Try again in {wait}.",
    wait: Plural::OneOther {
        one: "one minute",
        other: "{n} minutes",
    },
    too_many_link: "You can still use the link in the email.",
    unavailable_heading: "That didn’t work just now",
    unavailable: "The problem may be on our side or with your connection. Nothing is lost. Please try again in a moment.",
    retry: "Try again",
    bad_request_heading: "Something went wrong",
    questions: "Questions? Contact us at {support}.",
};
