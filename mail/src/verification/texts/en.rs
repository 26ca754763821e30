//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} is your {product} verification code",
    subject_without_code: "Verify your email address for {product}",
    preheader: "Your code is {code}. It expires in {minutes}.",
    link_preheader: "The link in this email expires in {lifetime}.",
    heading: "Verify your email address",
    greeting: "Hello {first_name},",
    intro: "Enter this code when {product} asks for it:",
    code_lifetime: "The code expires in {minutes}.",
    code_lifetime_until: "The code expires in {minutes}, on {until}.",
    keep_secret: "Never pass this code on to anyone.",
    or_button: "Or use the button.",
    link_lifetime: "Or open this link, which expires in {lifetime}, on {until}:",
    only_button: "Use the button to verify your email address for {product}.",
    only_link: "To verify your email address for {product}, open this link, which expires in {lifetime}, on {until}:",
    button: "Verify email address",
    button_lifetime: "The link expires in {lifetime}, on {until}.",
    fallback: "If the button doesn’t work, open this link in your browser:",
    not_asked: "If you didn’t request this, you can safely ignore this email. Someone probably entered your address by mistake.",
    refuse: "I didn’t ask for this",
    questions: "Questions? Contact us at {support}.",
};
