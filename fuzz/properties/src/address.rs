//! Email addresses.

use shared::domain::email_address::{EmailAddress, MAX_LENGTH, clean, mask_addresses};
use shared::domain::typo::did_you_mean;

/// One mailbox that mail can go to, or nothing.
pub fn address(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let cleaned = clean(text);
    assert_eq!(clean(&cleaned), cleaned, "cleaning twice changes more");
    hides_addresses(text);
    let Some(known) = EmailAddress::parse_known(text) else {
        assert_eq!(
            EmailAddress::parse(text),
            None,
            "the stricter rule accepts more"
        );
        return;
    };
    is_one_mailbox(&known);
    let again = EmailAddress::parse_known(known.deliverable());
    assert_eq!(
        again.as_ref(),
        Some(&known),
        "what is mailed reads as another address"
    );
    let canonical = EmailAddress::parse_known(known.canonical());
    let canonical = canonical.as_ref().map(EmailAddress::canonical);
    assert_eq!(
        canonical,
        Some(known.canonical()),
        "the canonical form is not"
    );
    let Some(address) = EmailAddress::parse(text) else {
        return;
    };
    assert_eq!(address, known);
    if let Some(meant) = did_you_mean(&address) {
        assert_ne!(meant.domain(), address.domain());
        assert_eq!(EmailAddress::parse(meant.deliverable()), Some(meant));
    }
}

fn is_one_mailbox(address: &EmailAddress) {
    let mailed = address.deliverable();
    assert!(
        mailed.bytes().all(|byte| byte.is_ascii_graphic()),
        "{mailed:?}"
    );
    assert!(!mailed.contains(['<', '>', '(', ')', '[', ']', ',', ';', ':', '\\', '"']));
    assert_eq!(mailed.matches('@').count(), 1, "{mailed}");
    assert!(mailed.len() <= MAX_LENGTH, "{mailed}");
    assert_eq!(address.canonical(), mailed.to_ascii_lowercase());
    assert_eq!(address.shown().replace('\u{2060}', ""), mailed);
    assert_eq!(
        address.deliverable_domain().to_ascii_lowercase(),
        address.domain()
    );
    assert!(address.domain().split('.').all(|label| !label.is_empty()));
    assert!(address.domain().contains('.'), "{mailed}");
    // These may also be around an address, and stay as they are.
    if !mailed.starts_with(['\'', '`', '{', '}']) {
        assert_eq!(mask_addresses(mailed), address.mask());
    }
}

/// In a log every `@` is that of a mask.
fn hides_addresses(text: &str) {
    let masked = mask_addresses(text);
    for (at, _) in masked.match_indices('@') {
        assert!(masked[..at].ends_with("***"), "{masked:?}");
    }
}
