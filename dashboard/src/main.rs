//! The dashboard's process.

use std::process::ExitCode;

use dashboard::{Dashboard, create_admin};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    if arguments.nth(1).is_some_and(|word| word == "create-admin") {
        return create_first_person(arguments.collect());
    }
    platform::service::main::<Dashboard>()
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for people")]
fn create_first_person(arguments: Vec<std::ffi::OsString>) -> ExitCode {
    let arguments = std::iter::once("dashboard create-admin".into()).chain(arguments).collect();
    let outcome = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(create_admin::run(arguments)));
    match outcome {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
