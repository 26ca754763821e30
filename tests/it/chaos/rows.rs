//! The rows of the matrix and of the crashes.
//!
//! A row of the matrix: the fault; how many calls were made; the answer; what is left; the answer
//! to the same event when all is well; what is there then.
//!
//! A row of the crashes: the path; after how many calls it was killed; and then as above, with how
//! many more mails the limits allow.
//!
//! What is there: how many mails were sent since the first event, the name of a state, and how many
//! events the whole stream makes.

/// The names of states.
#[rustfmt::skip]
pub const STATES: &[(&str, &str)] = &[
    ("nothing", "user: nothing"),
    ("asked", "user: 1 mails, 1 links, 1 codes, pending; ada: 1 mails"),
    ("asked twice", "user: 2 mails, 2 links, 2 codes, pending; ada: 2 mails"),
    ("asked three times", "user: 3 mails, 3 links, 3 codes, pending; ada: 3 mails"),
    ("refunded", "user: pending; ada: nothing"),
    ("half refunded", "user: pending; ada: 1 mails"),
    ("asked after half a refund", "user: 1 mails, 1 links, 1 codes, pending; ada: 2 mails"),
    ("uncounted", "user: 1 links, 1 codes, pending; ada: nothing"),
    ("asked after uncounted", "user: 1 mails, 2 links, 2 codes, pending; ada: 1 mails"),
    (
        "moved",
        "user: 2 mails, 1 links, 1 codes, 1 invalidated_links, pending; \
         ada: 1 mails; grace: 1 mails",
    ),
    (
        "moved, asked again",
        "user: 3 mails, 2 links, 2 codes, 1 invalidated_links, pending; \
         ada: 1 mails; grace: 2 mails",
    ),
    ("renewed", "user: 1 mails, 2 links, 1 codes, pending; ada: 2 mails"),
    ("renewed twice", "user: 2 mails, 3 links, 2 codes, pending; ada: 3 mails"),
    ("verified", "user: 1 mails, 1 links, 1 codes, verified ada@example.org; ada: 1 mails"),
    (
        "api attempt",
        "user: 1 mails, 1 links, 1 codes, 1 api_attempts, 1 wrong_codes, pending; \
         ada: 1 mails",
    ),
    (
        "page attempt",
        "user: 1 mails, 1 links, 1 codes, 1 page_attempts, 1 wrong_codes, pending; \
         ada: 1 mails",
    ),
    ("suppressed", "user: 1 mails, 1 links, 1 codes, pending; ada: 1 mails, suppression"),
    ("bounced", "user: 1 mails, 1 links, 1 codes, pending; ada: 1 mails, suppression, bounced"),
    ("refused", "user: 1 mails, 1 invalidated_links, pending; ada: 1 mails, refusal"),
    ("allowed", "user: 1 mails, 1 invalidated_links, pending; ada: 1 mails"),
    (
        "replaced",
        "user: 2 mails, 1 links, 1 codes, verified grace@example.net; \
         ada: 1 mails; grace: 1 mails",
    ),
    (
        "noticed",
        "user: 2 mails, 1 links, 1 codes, verified grace@example.net; \
         ada: 1 mails, 1 notices; grace: 1 mails",
    ),
];

pub const REQUEST_DYNAMODB: &str = "
throttled | 1 | 503 after 5 | +0 nothing | 200 | +1 asked
error | many | 503 after 5 | +0 nothing | 200 | +1 asked
unavailable | many | 503 after 5 | +0 nothing | 200 | +1 asked
access_denied | 1 | 503 after 5 | +0 nothing | 200 | +1 asked
slow | 1 | 200 | +1 asked | 200 | +2 asked twice
cut_before | many | 503 after 5 | +0 nothing | 200 | +1 asked
cut_after | many | 503 after 5 | +0 half refunded | 200 | +1 asked after half a refund
silent | some | 503 after 5 | +0 nothing | 200 | +1 asked
garbage | many | 503 after 5 | +0 half refunded | 200 | +1 asked after half a refund
html | many | 503 after 5 | +0 nothing | 200 | +1 asked
conflict | many | 503 after 5 | +0 nothing | 200 | +1 asked
in_progress | many | 503 after 5 | +0 nothing | 200 | +1 asked
missing_table | 1 | 503 after 5 | +0 nothing | 200 | +1 asked
";

pub const REQUEST_SES: &str = "
throttled | 3 | 503 after 5 | +0 refunded | 200 | +1 asked
error | 1 | 503 after 5 | +0 uncounted | 200 | +1 asked after uncounted
unavailable | 1 | 503 after 5 | +0 uncounted | 200 | +1 asked after uncounted
access_denied | 1 | 503 after 5 | +0 refunded | 200 | +1 asked
slow | 1 | 200 | +1 asked | 200 | +2 asked twice
cut_before | 1 | 503 after 5 | +0 asked | 200 | +1 asked twice
cut_after | 1 | 503 after 5 | +1 asked | 200 | +2 asked twice
silent | some | 503 after 5 | +0 asked | 200 | +1 asked twice
garbage | 1 | 503 after 5 | +1 asked | 200 | +2 asked twice
html | 1 | 503 after 5 | +0 uncounted | 200 | +1 asked after uncounted
rejected | 1 | 503 after 5 | +0 refunded | 200 | +1 asked
paused | 1 | 503 after 5 | +0 refunded | 200 | +1 asked
";

pub const LINK_DYNAMODB: &str = "
throttled | 3 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
error | 3 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
unavailable | 3 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
access_denied | 1 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
slow | 1 | 200 | +0 verified | 200 | +0 verified, 1 event
cut_before | 3 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
cut_after | 3 | 503 after 5 | +0 verified | 200 | +0 verified, 1 event
silent | some | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
garbage | 1 | 503 after 5 | +0 verified | 200 | +0 verified, 1 event
html | 3 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
conflict | 3 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
in_progress | 1 | 200 | +0 verified | 200 | +0 verified, 1 event
missing_table | 1 | 503 after 5 | +0 asked | 200 | +0 verified, 1 event
";

pub const STATUS_DYNAMODB: &str = "
throttled | 3 | 503 after 5 | +0 asked | 200 | +0 asked
error | 3 | 503 after 5 | +0 asked | 200 | +0 asked
unavailable | 3 | 503 after 5 | +0 asked | 200 | +0 asked
access_denied | 1 | 503 after 5 | +0 asked | 200 | +0 asked
slow | 2 | 200 | +0 asked | 200 | +0 asked
cut_before | 3 | 503 after 5 | +0 asked | 200 | +0 asked
cut_after | 3 | 503 after 5 | +0 asked | 200 | +0 asked
silent | some | 503 after 5 | +0 asked | 200 | +0 asked
garbage | 1 | 503 after 5 | +0 asked | 200 | +0 asked
html | 3 | 503 after 5 | +0 asked | 200 | +0 asked
conflict | 2 | 200 | +0 asked | 200 | +0 asked
in_progress | 2 | 200 | +0 asked | 200 | +0 asked
missing_table | 1 | 503 after 5 | +0 asked | 200 | +0 asked
";

pub const PAGE_DYNAMODB: &str = "
throttled | 3 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
error | 3 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
unavailable | 3 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
access_denied | 1 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
slow | 1 | 200 verified | +0 verified | 200 already_verified | +0 verified, 1 event
cut_before | 3 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
cut_after | 3 | 503 after 5 | +0 verified | 200 already_verified | +0 verified, 1 event
silent | some | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
garbage | 1 | 503 after 5 | +0 verified | 200 already_verified | +0 verified, 1 event
html | 3 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
conflict | 3 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
in_progress | 1 | 200 verified | +0 verified | 200 already_verified | +0 verified, 1 event
missing_table | 1 | 503 after 5 | +0 asked | 200 verified | +0 verified, 1 event
";

pub const BOUNCE_DYNAMODB: &str = "
throttled | 3 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
error | 3 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
unavailable | 3 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
access_denied | 1 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
slow | 2 | recorded | +0 bounced | known | +0 bounced, 1 event
cut_before | 3 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
cut_after | 3 | StoreUnavailable | +0 suppressed | recorded | +0 bounced, 1 event
silent | some | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
garbage | 1 | StoreUnavailable | +0 suppressed | recorded | +0 bounced, 1 event
html | 3 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
conflict | 3 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
in_progress | 2 | recorded | +0 bounced | known | +0 bounced, 1 event
missing_table | 1 | StoreUnavailable | +0 asked | recorded | +0 bounced, 1 event
";

pub const PUBLISH_EVENTS: &str = "
throttled | 3 | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
error | 3 | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
unavailable | 3 | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
access_denied | 1 | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
slow | 1 | 0 failed | 1 on the bus, 1 different | 0 failed | 2 on the bus, 1 different
cut_before | 3 | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
cut_after | 3 | 1 failed | 3 on the bus, 1 different | 0 failed | 4 on the bus, 1 different
silent | some | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
garbage | 1 | 1 failed | 1 on the bus, 1 different | 0 failed | 2 on the bus, 1 different
html | 3 | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
partial | 4 | 1 failed | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
";

pub const NOTICE_DYNAMODB: &str = "
throttled | 3 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
error | 3 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
unavailable | 3 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
access_denied | 1 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
slow | 2 | mailed | +1 noticed | known | +1 noticed, 2 events
cut_before | 3 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
cut_after | 3 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
silent | some | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
garbage | 1 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
html | 3 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
conflict | many | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
in_progress | 2 | mailed | +1 noticed | known | +1 noticed, 2 events
missing_table | 1 | StoreUnavailable | +0 replaced | mailed | +1 noticed, 2 events
";

pub const NOTICE_SES: &str = "
throttled | 3 | MailNotSent | +0 replaced | mailed | +1 noticed, 2 events
error | 1 | MailNotSent | +0 replaced | mailed | +1 noticed, 2 events
unavailable | 1 | MailNotSent | +0 replaced | mailed | +1 noticed, 2 events
access_denied | 1 | MailNotSent | +0 replaced | mailed | +1 noticed, 2 events
slow | 1 | mailed | +1 noticed | known | +1 noticed, 2 events
cut_before | 1 | MailNotSent | +0 noticed | known | +0 noticed, 2 events
cut_after | 1 | MailNotSent | +1 noticed | known | +1 noticed, 2 events
silent | some | MailNotSent | +0 noticed | known | +0 noticed, 2 events
garbage | 1 | MailNotSent | +1 noticed | known | +1 noticed, 2 events
html | 1 | MailNotSent | +0 replaced | mailed | +1 noticed, 2 events
rejected | 1 | MailNotSent | +0 replaced | mailed | +1 noticed, 2 events
paused | 1 | MailNotSent | +0 replaced | mailed | +1 noticed, 2 events
";

pub const CRASHES: &str = "
FirstRequest | 0 | +0 nothing | 200 | +1 asked, 5 more
FirstRequest | 1 | +0 nothing | 200 | +1 asked, 5 more
FirstRequest | 2 | +0 asked | 200 | +1 asked twice, 4 more
RepeatedRequest | 0 | +0 asked | 200 | +1 asked twice, 4 more
RepeatedRequest | 1 | +0 asked | 200 | +1 asked twice, 4 more
RepeatedRequest | 2 | +0 asked | 200 | +1 asked twice, 4 more
RepeatedRequest | 3 | +0 asked twice | 200 | +1 asked three times, 3 more
Move | 0 | +0 asked | 200 | +1 moved
Move | 1 | +0 asked | 200 | +1 moved
Move | 2 | +0 asked | 200 | +1 moved
Move | 3 | +0 moved | 200 | +1 moved, asked again
RefusedMail | 0 | +0 nothing | 200 | +1 asked, 5 more
RefusedMail | 1 | +0 nothing | 200 | +1 asked, 5 more
RefusedMail | 2 | +0 asked | 200 | +1 asked twice, 4 more
RefusedMail | 3 | +0 asked | 200 | +1 asked twice, 4 more
RefusedMail | 4 | +0 half refunded | 200 | +1 asked after half a refund, 4 more
NewMail | 0 | +0 asked | 200 mailed | +1 renewed
NewMail | 1 | +0 asked | 200 mailed | +1 renewed
NewMail | 2 | +0 asked | 200 mailed | +1 renewed
NewMail | 3 | +0 renewed | 200 mailed | +1 renewed twice
Link | 0 | +0 asked | 200 | +0 verified, 1 event
Link | 1 | +0 asked | 200 | +0 verified, 1 event
RightCode | 0 | +0 asked | 200 | +0 verified, 1 event
RightCode | 1 | +0 asked | 200 | +0 verified, 1 event
RightCode | 2 | +0 asked | 200 | +0 verified, 1 event
RightCode | 3 | +0 api attempt | 200 | +0 verified, 1 event
WrongCode | 0 | +0 asked | 400 invalid_code | +0 api attempt
WrongCode | 1 | +0 asked | 400 invalid_code | +0 api attempt
WrongCode | 2 | +0 asked | 400 invalid_code | +0 api attempt
Status | 0 | +0 asked | 200 | +0 asked
Status | 1 | +0 asked | 200 | +0 asked
Status | 2 | +0 asked | 200 | +0 asked
PageLink | 0 | +0 asked | 200 verified | +0 verified, 1 event
PageCode | 0 | +0 asked | 200 verified | +0 verified, 1 event
PageCode | 1 | +0 asked | 200 verified | +0 verified, 1 event
PageCode | 2 | +0 asked | 200 verified | +0 verified, 1 event
PageCode | 3 | +0 page attempt | 200 verified | +0 verified, 1 event
Refuse | 0 | +0 asked | 200 stopped | +0 refused, 1 event
Refuse | 1 | +0 asked | 200 stopped | +0 refused, 1 event
Refuse | 2 | +0 asked | 200 stopped | +0 refused, 1 event
Allow | 0 | +0 refused | 200 allowed | +0 allowed, 1 event
Allow | 1 | +0 refused | 200 allowed | +0 allowed, 1 event
Bounce | 0 | +0 asked | recorded | +0 bounced, 1 event
Bounce | 1 | +0 suppressed | recorded | +0 bounced, 1 event
Publish | 0 | 0 on the bus, 0 different | 0 failed | 1 on the bus, 1 different
Notice | 0 | +0 replaced | mailed | +1 noticed, 2 events
Notice | 1 | +0 replaced | mailed | +1 noticed, 2 events
Notice | 2 | +0 noticed | known | +0 noticed, 2 events
";
