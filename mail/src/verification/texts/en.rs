//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} is your {product} verification code",
    preheader: "Your code is {code}. It expires in {minutes}.",
    heading: "Verify {address}",
    greeting: "Hello {first_name},",
    intro: "Enter this code when {product} asks for it:",
    code_lifetime: "The code expires in {minutes}.",
    button_lifetime: "Or use the button. Its link expires in {lifetime}, on {until}.",
    link_lifetime: "Or open this link, which expires in {lifetime}, on {until}:",
    button: "Verify email address",
    fallback: "If the button doesn’t work, open this link in your browser:",
    not_asked: "If you didn’t request this, you can safely ignore this email. Someone probably entered your address by mistake.",
    questions: "Questions? Contact us at {support}.",
};
