//! What a call costs does not grow with the users in the table, nor with the years of one of them.

use std::time::Duration;

use dynoxide::types::item_size;
use dynoxide::{AttributeValue, ImportOptions, Item};
use local::stack::TABLE;
use serde_json::{Value, json};

use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_proof_of, link_of, proof_of, wrong_code};
use crate::support::{items, stream};

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const STATUS: &str = email_verification_status::ENDPOINT.path;
/// Bytes that no item of a user and of an address reach in usual years (docs/scale.md, "Years of
/// use"). DynamoDB refuses items of 400 KB.
const USUAL: Largest = Largest {
    user: 3 * 1024,
    address: 1024,
};
/// The same for users who do all that the limits allow.
const BUSIEST: Largest = Largest {
    user: 40 * 1024,
    address: 4 * 1024,
};

fn body(email: &str) -> Value {
    json!({ "uuid": UUID, "email": email })
}

/// Adds users who have verified an address, as the functions would have left them.
async fn add_users(app: &TestApp, count: usize) {
    let mail = app.ask(json!({ "email": "model@example.org" })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    let user = items::find(app, &format!("user#{}", link_of(&mail).0)).unwrap();
    let address = items::find(app, "address#model@example.org").unwrap();
    let with = |item: &Item, changes: &[(&str, String)]| {
        let mut item = item.clone();
        let changes = changes.iter();
        item.extend(
            changes.map(|(name, value)| ((*name).to_owned(), AttributeValue::S(value.clone()))),
        );
        item
    };
    let users = (0..count).flat_map(|number| {
        let uuid = format!("0198c5a4-7d1e-7c3b-8000-{number:012x}");
        let email = format!("user{number}@example.org");
        let of_user = [
            ("pk", format!("user#{uuid}")),
            ("user_id", uuid),
            ("address", email.clone()),
            ("email", email.clone()),
            ("verified_address", email.clone()),
            ("verified_email", email.clone()),
        ];
        [
            with(&user, &of_user),
            with(&address, &[("pk", format!("address#{email}"))]),
        ]
    });
    let items = users.collect();
    let imported = app
        .database
        .import_items(TABLE, items, ImportOptions::default());
    assert_eq!(imported.unwrap().items_imported, 2 * count);
}

/// The calls to DynamoDB of each step of a user's way, and the bytes of both items after it.
async fn steps(app: &TestApp) -> Vec<(&'static str, Vec<String>, [usize; 2])> {
    let (user, address) = (format!("user#{UUID}"), "address#ada@example.org");
    let mut steps = Vec::new();
    let size = |pk: &str| {
        let mut item = items::find(app, pk).unwrap();
        // A timestamp of SES's clock, whose bytes depend on its digits, as do those of versions.
        for name in ["delivery", "version", "attempts_version"] {
            item.remove(name);
        }
        if let Some(AttributeValue::M(codes)) = item.get_mut("codes") {
            for code in codes.values_mut() {
                if let AttributeValue::M(code) = code {
                    code.remove("version");
                }
            }
        }
        item_size(&item)
    };
    let mut step = |name| {
        let sizes = [size(&user), size(address)];
        steps.push((name, app.edge.take_calls(), sizes));
    };
    app.edge.take_calls();
    app.ask(body("ada@example.org")).await;
    step("request");
    let mail = app.ask(body("ada@example.org")).await;
    step("repeated request");
    app.record_all().await;
    step("delivery");
    let wrong = json!({ "uuid": UUID, "code": wrong_code(&[&mail]) });
    app.post(VERIFY, wrong).await;
    step("wrong code");
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    step("code");
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    step("link again");
    assert_eq!(app.get(&format!("{STATUS}?uuid={UUID}")).await.status, 200);
    step("status");
    steps
}

async fn steps_with(users: usize) -> Vec<(&'static str, Vec<String>, [usize; 2])> {
    let app = TestApp::start().await;
    add_users(&app, users).await;
    // Each function looks its API key up.
    let _ = app.get(&format!("{STATUS}?uuid={UUID}")).await;
    steps(&app).await
}

async fn assert_same_steps(counts: [usize; 2]) {
    let alone = steps_with(0).await;
    assert_eq!(alone.len(), 7);
    for users in counts {
        assert_eq!(steps_with(users).await, alone, "{users} users");
    }
}

#[tokio::test]
async fn calls_do_not_grow_with_the_users() {
    assert_same_steps([1_000, 10_000]).await;
}

#[tokio::test]
#[ignore = "takes minutes and gigabytes"]
async fn calls_do_not_grow_with_a_million_users() {
    assert_same_steps([100_000, 1_000_000]).await;
}

/// The items that are written for a user, by their keys.
async fn written_for(app: &TestApp, uuid: &str, email: &str) -> Vec<String> {
    let before = stream::records(app).await.len();
    let mail = app.ask(json!({ "uuid": uuid, "email": email })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    app.record_all().await;
    let records = stream::records(app).await;
    let keys = records[before..]
        .iter()
        .map(|record| &record["dynamodb"]["Keys"]["pk"]["S"]);
    keys.map(|key| key.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn two_users_write_no_item_together() {
    let app = TestApp::start().await;
    let ada = written_for(&app, UUID, "ada@example.org").await;
    assert!(ada.len() >= 4, "{ada:?}");
    let other = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c9a";
    let grace = written_for(&app, other, "grace@example.org").await;
    assert!(grace.iter().all(|key| !ada.contains(key)), "{grace:?}");
}

/// The most bytes of a user's item and of the items of its addresses.
#[derive(Debug, Default)]
struct Largest {
    user: usize,
    address: usize,
}

impl Largest {
    fn see(&mut self, app: &TestApp, address: &str) {
        let user = items::size(app, &format!("user#{UUID}"));
        let address = items::size(app, &format!("address#{}", address.to_lowercase()));
        self.user = self.user.max(user);
        self.address = self.address.max(address);
    }

    fn assert_below(&self, bound: &Self) {
        let is_below = self.user < bound.user && self.address < bound.address;
        assert!(is_below, "{self:?}, and not below {bound:?}");
    }
}

#[tokio::test]
async fn years_of_use_leave_a_small_item() {
    const REQUESTS: u32 = 400;
    let a_year = Duration::from_hours(365 * 24);
    let app = TestApp::start().await;
    let mut largest = Largest::default();
    for request in 0..REQUESTS {
        // A new address after eight requests, of which every third bounces in the end.
        let (address, of_address) = (request / 8, request % 8);
        let domain = match (address % 3, of_address) {
            (0, 7) => "simulator.amazonses.com",
            _ => "example.org",
        };
        let local = if of_address % 2 == 0 {
            "bounce"
        } else {
            "Bounce"
        };
        let email = format!("{local}+{address}@{domain}");
        let answer = app
            .post_keyed(&format!("key-{request}"), body(&email))
            .await;
        assert_eq!(answer.status, 200, "{request}: {}", answer.body);
        let mail = app.newest_mail();
        app.record_all().await;
        if of_address == 3 {
            let wrong = json!({ "uuid": UUID, "code": wrong_code(&[&mail]) });
            app.post(VERIFY, wrong).await;
        }
        largest.see(&app, &email);
        if of_address == 7 {
            assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
            largest.see(&app, &email);
        }
        app.pass(a_year / REQUESTS);
    }
    largest.assert_below(&USUAL);
}

/// All that a user may do: the longest address in many spellings, each with a key. Somebody else
/// has verified it, so only the limit of a day holds.
#[tokio::test]
async fn the_busiest_user_has_a_bounded_item() {
    const A_DAY: u32 = 20;
    let settings = [("MAILS_PER_DAY", "20"), ("LINK_LIFETIME_HOURS", "168")];
    let app = TestApp::start_with(&settings).await;
    let label = "c".repeat(59);
    let domain = format!("{label}.{label}.{label}.org");
    let spelled = |request: u32| {
        let spelling = format!("{request:08b}").replace('0', "a").replace('1', "A");
        format!("{spelling}{}@{domain}", "b".repeat(56))
    };
    let mail = app.ask(json!({ "email": spelled(0) })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    let mut largest = Largest::default();
    for request in 0..6 * A_DAY {
        if request % A_DAY == 0 {
            app.pass(Duration::from_hours(24));
        }
        let email = spelled(request);
        let answer = app
            .post_keyed(&format!("key-{request}"), body(&email))
            .await;
        assert_eq!(answer.status, 200, "{request}: {}", answer.body);
        app.record_all().await;
        largest.see(&app, &email);
    }
    assert_eq!(app.post(REQUEST, body(&spelled(0))).await.status, 429);
    largest.assert_below(&BUSIEST);
}
