//! The AI service's process, the commands of its model and its search, and the reader of documents that it starts itself.

use std::path::Path;
use std::process::ExitCode;

use ai_service::documents::extract::child;
use ai_service::evaluation;
use ai_service::knowledge::evaluate;
use ai_service::understanding::model::train;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let result = match (args.next().as_deref(), args.next()) {
        (Some("train"), folder) => train::write(Path::new(folder.as_deref().unwrap_or("ai-service/model"))),
        (Some("eval"), first) => evaluation::command(first.into_iter().chain(args)),
        (Some(child::COMMAND), mime_type) => child::main(mime_type.as_deref()),
        (Some("calibrate"), _) => evaluate::print(),
        (Some("vectors"), first) => evaluate::print_vectors(first.into_iter().chain(args)),
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
