//! Where the test servers are: from the environment, or from what `cargo xtask setup` wrote.

use std::path::Path;
use std::str::FromStr;

use platform::config::{AmqpUrl, DatabaseUrl};
use url::Url;

const REMEDY: &str = "run `cargo xtask setup` once, or the tests through `cargo xtask test`";

/// The address of PostgreSQL as the owner of test databases: no superuser, but allowed to create databases.
pub fn owner_url() -> Url {
    let text = find("GOVCONNECT_TEST_OWNER_URL", "owner_database_url");
    Url::parse(&text).unwrap_or_else(|error| panic!("the test database's address can't be read ({error}): {REMEDY}"))
}

/// The address of a database on that server.
pub fn database_url(name: &str) -> DatabaseUrl {
    let mut url = owner_url();
    url.set_path(name);
    DatabaseUrl::from_str(url.as_str()).unwrap_or_else(|error| panic!("{error}: {REMEDY}"))
}

/// The address of the broker.
pub fn amqp_url() -> AmqpUrl {
    AmqpUrl::from_str(&find("GOVCONNECT_TEST_AMQP_URL", "amqp_url")).unwrap_or_else(|error| panic!("{error}: {REMEDY}"))
}

fn find(variable: &str, key: &str) -> String {
    if let Ok(value) = std::env::var(variable) {
        return value;
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.govconnect/servers.json");
    let servers = std::fs::read_to_string(&file)
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .unwrap_or_else(|| {
            panic!("no test servers: {variable} is not set and {} is not there; {REMEDY}", file.display())
        });
    servers[key].as_str().unwrap_or_else(|| panic!("{} names no {key}; {REMEDY}", file.display())).to_owned()
}
