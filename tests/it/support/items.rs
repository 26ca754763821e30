//! Items as DynamoDB bills them.

use dynoxide::Item;
use dynoxide::types::{item_size, write_capacity_units};
use local::stack::TABLE;
use serde_json::json;

use super::app::TestApp;

/// An item of the table, without a call at the network edge.
pub fn find(app: &TestApp, pk: &str) -> Option<Item> {
    let request = json!({ "TableName": TABLE, "Key": { "pk": { "S": pk } } });
    let request = serde_json::from_value(request).unwrap();
    app.database.get_item(request).unwrap().item
}

/// The bytes of an item.
pub fn size(app: &TestApp, pk: &str) -> usize {
    item_size(&find(app, pk).expect("the item is in the table"))
}

/// What a write costs that leaves an item like this.
pub fn write_units(app: &TestApp, pk: &str) -> f64 {
    write_capacity_units(size(app, pk))
}
