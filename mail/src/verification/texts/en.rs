//! English.

use super::Texts;
use crate::formats::Formats;
use crate::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} is your {product} verification code",
    preheader: "Your code is {code}. It expires in {minutes}.",
    heading: "Verify {address}",
    greeting: "Hello {first_name},",
    intro: "Enter this code when {product} asks for it:",
    code_life: "The code expires in {minutes}.",
    button_life: "Or use the button. Its link expires in {life}, on {until}.",
    link_life: "Or open this link, which expires in {life}, on {until}:",
    button: "Verify email address",
    fallback: "If the button doesn’t work, open this link in your browser:",
    not_asked: "If you didn’t request this, you can safely ignore this email. Someone probably entered your address by mistake.",
    questions: "Questions? Contact us at {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n}\u{a0}minute",
            other: "{n}\u{a0}minutes",
        },
        hours: Plural::OneOther {
            one: "{n}\u{a0}hour",
            other: "{n}\u{a0}hours",
        },
        days: Plural::OneOther {
            one: "{n}\u{a0}day",
            other: "{n}\u{a0}days",
        },
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        first_day: "1",
        moment: "{day}\u{a0}{month} {year} at {time}\u{a0}UTC",
    },
};
