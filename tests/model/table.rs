//! The table: an emulated DynamoDB, in which each call is made once on each state of its items.

use std::collections::HashMap;
use std::rc::Rc;

use dynoxide::{Database, DynoxideError};
use local::stack::TABLE;
use serde_json::{Value, json};

use super::defects::Defect;
use super::interner::Interner;
use super::network::{Answer, Call, sorted};
use super::record::Record;
use super::tasks::{ADDRESSES, USERS};

/// The items of the users, then those of the addresses.
pub const KEYS: usize = USERS.len() + ADDRESSES.len();

/// The number of an item's text. 0: the item does not exist.
pub type ItemNumber = u32;
pub type Items = [ItemNumber; KEYS];

pub type CallNumber = u32;
pub type AnswerNumber = u32;

/// Of an item that a call does not touch.
const UNTOUCHED: ItemNumber = ItemNumber::MAX;

pub fn key(place: usize) -> String {
    match place.checked_sub(USERS.len()) {
        None => format!("user#{}", USERS[place]),
        Some(address) => format!("address#{}", ADDRESSES[address]),
    }
}

pub struct Table {
    database: Database,
    /// What the database holds now.
    items: Items,
    texts: Interner<String>,
    records: Vec<Rc<Record>>,
    /// By the number of the call and the items that it touches.
    applied: HashMap<(CallNumber, Items), (AnswerNumber, Items)>,
    /// The places of the items that a call touches.
    touched: HashMap<CallNumber, Rc<[usize]>>,
    answers: Interner<Answer>,
    defect: Option<Defect>,
}

impl Table {
    pub fn new(defect: Option<Defect>) -> Self {
        let database = Database::memory().unwrap();
        local::dynamodb::create_table(&database, TABLE).unwrap();
        let mut texts = Interner::default();
        assert_eq!(texts.number(String::new()), 0);
        Self {
            database,
            items: [0; KEYS],
            texts,
            records: vec![Rc::default()],
            applied: HashMap::new(),
            touched: HashMap::new(),
            answers: Interner::default(),
            defect,
        }
    }

    /// How often DynamoDB was asked.
    pub fn calls(&self) -> usize {
        self.applied.len()
    }

    pub fn text(&self, item: ItemNumber) -> &str {
        self.texts.get(item)
    }

    pub fn record(&self, item: ItemNumber) -> &Rc<Record> {
        &self.records[item as usize]
    }

    pub fn answer(&self, number: AnswerNumber) -> &Rc<Answer> {
        self.answers.get(number)
    }

    pub fn number_of(&mut self, answer: Answer) -> AnswerNumber {
        self.answers.number(answer)
    }

    /// The answer to a call, and the items after it.
    pub fn apply(
        &mut self,
        number: CallNumber,
        call: &Call,
        items: Items,
    ) -> (AnswerNumber, Items) {
        let touched = self.touched.entry(number);
        let touched = Rc::clone(touched.or_insert_with(|| touched_by(call).into()));
        let mut masked = [UNTOUCHED; KEYS];
        for place in touched.iter() {
            masked[*place] = items[*place];
        }
        let known = self.applied.get(&(number, masked)).copied();
        let (answer, written) = known.unwrap_or_else(|| self.make(call, items, &touched));
        self.applied.insert((number, masked), (answer, written));
        let mut after = items;
        for place in touched.iter() {
            after[*place] = written[*place];
        }
        (answer, after)
    }

    fn make(&mut self, call: &Call, items: Items, touched: &[usize]) -> (AnswerNumber, Items) {
        for place in touched {
            self.set(*place, items[*place]);
        }
        let answer = match self.defect {
            None => dispatch(&self.database, call),
            Some(defect) => {
                let before = items.map(|item| Rc::clone(&self.records[item as usize]));
                dispatch(&self.database, &defect.rewrite(call, &before))
            }
        };
        for place in touched {
            self.items[*place] = self.read(*place);
        }
        (self.answers.number(answer), self.items)
    }

    fn set(&mut self, place: usize, item: ItemNumber) {
        if self.items[place] == item {
            return;
        }
        if item == 0 {
            let delete = json!({ "TableName": TABLE, "Key": { "pk": { "S": key(place) } } });
            let delete = serde_json::from_value(delete).unwrap();
            self.database.delete_item(delete).unwrap();
        } else {
            let item: Value = serde_json::from_str(self.text(item)).unwrap();
            let put = json!({ "TableName": TABLE, "Item": item });
            self.database
                .put_item(serde_json::from_value(put).unwrap())
                .unwrap();
        }
        self.items[place] = item;
    }

    fn read(&mut self, place: usize) -> ItemNumber {
        let get = json!({ "TableName": TABLE, "Key": { "pk": { "S": key(place) } } });
        let get = serde_json::from_value(get).unwrap();
        let Some(item) = self.database.get_item(get).unwrap().item else {
            return 0;
        };
        let item = sorted(&serde_json::to_value(item).unwrap());
        let number = self.texts.number(item.to_string());
        if number as usize == self.records.len() {
            self.records.push(Rc::new(Record::of(item)));
        }
        number
    }
}

/// The places of the items with which a call has to do, by their keys. A query has no key.
pub fn touched_by(call: &Call) -> Vec<usize> {
    let all = 0..KEYS;
    if call.operation == "Query" {
        return all.collect();
    }
    all.filter(|place| {
        let key = json!({ "pk": { "S": key(*place) } });
        call.body.contains(&format!("\"Key\":{key}"))
    })
    .collect()
}

/// Makes a call as DynamoDB's server does.
fn dispatch(database: &Database, call: &Call) -> Answer {
    // A macro, as each call has types of its own.
    macro_rules! answer {
        ($call:ident) => {
            match database.$call(serde_json::from_str(&call.body).unwrap()) {
                Ok(answer) => Answer::json(200, &serde_json::to_value(answer).unwrap()),
                Err(error) => refused(call, &error),
            }
        };
    }
    match call.operation.as_str() {
        "GetItem" => answer!(get_item),
        "UpdateItem" => answer!(update_item),
        "DeleteItem" => answer!(delete_item),
        "Query" => answer!(query),
        "TransactWriteItems" => answer!(transact_write_items),
        other => panic!("no run makes a call of {other}"),
    }
}

/// A failed condition is an answer. Anything else is an error in a call.
fn refused(call: &Call, error: &DynoxideError) -> Answer {
    let is_condition = matches!(
        error,
        DynoxideError::ConditionalCheckFailedException(..)
            | DynoxideError::TransactionCanceledException(..)
    );
    assert!(is_condition, "{call:?}: {error}");
    Answer::json(
        error.status_code(),
        &serde_json::from_str(&error.to_json()).unwrap(),
    )
}
