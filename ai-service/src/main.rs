//! The AI service's process, and the two commands of its model.

use std::path::Path;
use std::process::ExitCode;

use ai_service::understanding::model::{measure, train};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let result = match (args.next().as_deref(), args.next()) {
        (Some("train"), folder) => train::write(Path::new(folder.as_deref().unwrap_or("ai-service/model"))),
        (Some("measure"), Some(file)) => measure::print(Path::new(&file)),
        _ => return platform::service::main::<ai_service::AiService>(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ai-service: {error:#}");
            ExitCode::FAILURE
        }
    }
}
