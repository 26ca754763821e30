//! What every command runs with.

use shared::domain::clock::{Clock, Timestamp};
use shared::runtime::settings::Environment;

use crate::arguments::{Connection, Ses};
use crate::connection;
use crate::error::AdminError;
use crate::output::Console;
use crate::publisher::Publisher;
use crate::suppression_list::SuppressionList;
use crate::table::Table;

/// The flags that find the table, and the world around the command. A command checks its arguments
/// before it opens the table, which is the first call to AWS.
pub(crate) struct Context<'c, 'o> {
    pub(crate) connection: Connection,
    pub(crate) environment: &'c Environment,
    pub(crate) clock: &'c Clock,
    pub(crate) console: &'c mut Console<'o>,
}

impl Context<'_, '_> {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn table(&self) -> Result<Table, AdminError> {
        connection::open(&self.connection, self.environment).await
    }

    pub(crate) async fn table_and_list(
        &self,
        ses: &Ses,
    ) -> Result<(Table, SuppressionList), AdminError> {
        connection::open_with_ses(&self.connection, ses, self.environment).await
    }

    pub(crate) async fn table_and_publisher(
        &self,
        function: &str,
    ) -> Result<(Table, Publisher), AdminError> {
        connection::open_with_publisher(&self.connection, function, self.environment).await
    }
}
