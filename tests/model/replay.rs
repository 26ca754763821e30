//! Random histories, made again on a whole DynamoDB over HTTP: what the model says of each call
//! must be what DynamoDB does.
//!
//! `DYNAMODB_LOCAL_URL` names an endpoint, such as Amazon's own DynamoDB Local. Without it, the
//! emulator answers.

use std::net::Ipv4Addr;
use std::rc::Rc;

use dynoxide::Database;
use dynoxide::actions::describe_table::DescribeTableRequest;
use local::stack::{Listener, TABLE};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::network::{Answer, Call, sorted};
use super::runs::RunNumber;
use super::scenarios;
use super::states::{CallOutcome, Place, Scenario, State, Step, World};
use super::table::{KEYS, key};

const ENDPOINT: &str = "DYNAMODB_LOCAL_URL";
/// The scenarios are small, so that no history is longer.
const MOST_STEPS: usize = 40;

/// DynamoDB at an endpoint. Each history has a table of its own.
struct DynamoDb {
    url: String,
    table: String,
    description: Value,
    _server: Option<Runtime>,
}

/// The emulator, until the runtime is dropped.
fn serve(database: Database) -> (String, Runtime) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bound = runtime.block_on(Listener::bind(Ipv4Addr::LOCALHOST.into(), 0));
    let listener = bound.unwrap();
    let url = listener.url();
    runtime.spawn(local::dynamodb::serve(database, listener.socket));
    (url, runtime)
}

impl DynamoDb {
    fn start() -> Self {
        let database = Database::memory().unwrap();
        local::dynamodb::create_table(&database, TABLE).unwrap();
        let describe = DescribeTableRequest {
            table_name: TABLE.to_owned(),
        };
        let description = serde_json::to_value(database.describe_table(describe).unwrap()).unwrap();
        let (url, server) = std::env::var(ENDPOINT).map_or_else(
            |_| {
                let (url, runtime) = serve(database);
                (url, Some(runtime))
            },
            |url| (url, None),
        );
        Self {
            url,
            table: String::new(),
            description: description["Table"].clone(),
            _server: server,
        }
    }

    /// Replaces the table by a new one, as the template declares it.
    fn create_table(&mut self, history: usize) {
        self.delete_table();
        self.table = format!("model-{}-{history}", std::process::id());
        let described = &self.description;
        let indexes = described["GlobalSecondaryIndexes"].as_array().unwrap();
        let index = |index: &Value| {
            let member = |name: &str| index[name].clone();
            json!({
                "IndexName": member("IndexName"),
                "KeySchema": member("KeySchema"),
                "Projection": member("Projection"),
            })
        };
        let created = json!({
            "TableName": TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": described["AttributeDefinitions"],
            "KeySchema": described["KeySchema"],
            "GlobalSecondaryIndexes": indexes.iter().map(index).collect::<Vec<_>>(),
        });
        let (status, body) = self.call("CreateTable", &created);
        assert_eq!(status, 200, "{body}");
    }

    fn delete_table(&self) {
        if !self.table.is_empty() {
            self.call("DeleteTable", &json!({ "TableName": TABLE }));
        }
    }

    /// Status and body of the answer.
    fn call(&self, operation: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let named = |table: &str| format!("\"TableName\":\"{table}\"");
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let answer = ureq::Agent::from(config.build())
            .post(&self.url)
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", format!("DynamoDB_20120810.{operation}"))
            .header("X-Amz-Date", "20261123T120000Z")
            // Neither endpoint verifies signatures.
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 \
                 Credential=local/20261123/us-east-1/dynamodb/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=0",
            )
            .send(body.replace(&named(TABLE), &named(&self.table)));
        let mut answer = answer.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (answer.status().as_u16(), body)
    }

    fn item(&self, place: usize) -> String {
        let get = json!({ "TableName": TABLE, "Key": { "pk": { "S": key(place) } } });
        let (_, answer) = self.call("GetItem", &get);
        let item = answer.get("Item");
        item.map_or(String::new(), |item| sorted(item).to_string())
    }
}

/// What a step does to DynamoDB.
enum Made {
    Nothing,
    Call {
        call: Rc<Call>,
        /// The same for each repetition of a call.
        token: String,
        answer: Rc<Answer>,
    },
    Expiry(usize),
}

impl World {
    /// What this step from a state does to DynamoDB.
    fn made_by(&mut self, scenario: &Scenario, state: &State, step: Step) -> Made {
        let (actor, outcome) = match step {
            Step::Call(actor, outcome) => (actor, outcome),
            Step::Arrive(_) => {
                let late = state.late.unwrap();
                return self.made_call(late.run, false, state);
            }
            Step::Expire(place) => return Made::Expiry(place),
            Step::Pass => return Made::Nothing,
        };
        if !matches!(
            outcome,
            CallOutcome::Done | CallOutcome::DoneAndAnswerLost | CallOutcome::DoneAndRepeated
        ) {
            return Made::Nothing;
        }
        let run = self.run_of(scenario, state, actor);
        let place = state.actors[actor];
        let repeats = matches!(place, Place::Running { repeats: true, .. });
        self.made_call(run, repeats, state)
    }

    fn made_call(&mut self, run: RunNumber, repeats: bool, state: &State) -> Made {
        let number = self.runs.call(run).unwrap();
        let call = Rc::clone(self.runs.call_of(number));
        let answer = if repeats && call.is_transaction() {
            Rc::new(Answer::done())
        } else {
            let (answer, _) = self.table.apply(number, &call, state.items);
            Rc::clone(self.table.answer(answer))
        };
        let token = run.to_string();
        Made::Call {
            call,
            token,
            answer,
        }
    }

    /// Makes the history that these choices result in, and compares each answer and each item.
    fn replay(
        &mut self,
        dynamodb: &DynamoDb,
        scenario: &Scenario,
        choices: &[prop::sample::Index],
    ) -> Result<(), TestCaseError> {
        let (mut state, _) = self.first(scenario);
        for place in (0..KEYS).filter(|place| state.items[*place] != 0) {
            let item: Value = serde_json::from_str(self.table.text(state.items[place])).unwrap();
            dynamodb.call("PutItem", &json!({ "TableName": TABLE, "Item": item }));
        }
        for choice in choices {
            let steps = self.steps(scenario, &state);
            if steps.is_empty() {
                break;
            }
            let (step, after) = steps[choice.index(steps.len())];
            match self.made_by(scenario, &state, step) {
                Made::Nothing => {}
                Made::Expiry(place) => {
                    let pk = json!({ "pk": { "S": key(place) } });
                    dynamodb.call("DeleteItem", &json!({ "TableName": TABLE, "Key": pk }));
                }
                Made::Call {
                    call,
                    token,
                    answer,
                } => {
                    let mut body: Value = serde_json::from_str(&call.body).unwrap();
                    if call.is_transaction() {
                        let token = format!("{}-{token}", dynamodb.table);
                        body["ClientRequestToken"] = json!(token);
                    }
                    let (status, body) = dynamodb.call(&call.operation, &body);
                    let Answer::Http {
                        status: expected,
                        body: expected_body,
                    } = &*answer
                    else {
                        unreachable!("DynamoDB answers");
                    };
                    let expected_body = serde_json::from_str(expected_body).unwrap();
                    prop_assert_eq!(
                        (status, relevant(&body)),
                        (*expected, relevant(&expected_body)),
                        "{:?} of {}: {:?}",
                        step,
                        scenario,
                        call
                    );
                }
            }
            for place in 0..KEYS {
                let expected = self.table.text(after.items[place]);
                prop_assert_eq!(dynamodb.item(place), expected, "{:?} of {}", step, scenario);
            }
            state = after;
        }
        Ok(())
    }
}

/// What a run reads of an answer: messages may differ.
fn relevant(body: &Value) -> Value {
    let reasons = body["CancellationReasons"].as_array();
    let reason = |reason: &Value| json!([reason["Code"], reason["Item"]]);
    let reasons: Vec<_> = reasons.into_iter().flatten().map(reason).collect();
    sorted(&json!([
        body["Item"],
        body["Items"],
        body["Attributes"],
        reasons,
    ]))
}

#[test]
fn dynamodb_does_what_the_model_says() {
    let scenarios = scenarios::replayed();
    let config = Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    };
    let histories = (
        prop::sample::select(scenarios),
        prop::collection::vec(any::<prop::sample::Index>(), MOST_STEPS),
    );
    let mut world = World::new(None);
    let mut dynamodb = DynamoDb::start();
    let parts = std::cell::RefCell::new((&mut world, &mut dynamodb, 0));
    let outcome = TestRunner::new(config).run(&histories, |(scenario, choices)| {
        let (world, dynamodb, history) = &mut *parts.borrow_mut();
        *history += 1;
        dynamodb.create_table(*history);
        world.replay(dynamodb, &scenario, &choices)
    });
    dynamodb.delete_table();
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
