//! English.

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} is your {product} verification code",
    preheader: "Your code is {code}. It works for {minutes}.",
    heading: "Verify {address}",
    greeting: "Hello {first_name},",
    intro: "Please enter this code when {product} asks you for it:",
    code_life: "The code works for {minutes}, until {until}.",
    button_life: "Or press the button. It works for {hours}, until {until}.",
    link_life: "Or open this link. It works for {hours}, until {until}:",
    button: "Verify e-mail address",
    fallback: "If the button does not work, open this link in your browser:",
    not_asked: "If you did not ask for this, somebody probably mistyped their own address, and you can safely ignore this mail.",
    questions: "Questions? Write to {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n} minute",
            other: "{n} minutes",
        },
        hours: Plural::OneOther {
            one: "{n} hour",
            other: "{n} hours",
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
        moment: "{day} {month} {year} at {time} UTC",
    },
};
