//! Read receipts and the typing indicator: the same endpoint as sends, another body.

use serde_json::{Value, json};

use super::check::product;
use super::errors::GraphError;
use crate::state::App;
use crate::state::message::{Direction, Status};
use crate::state::world::Number;

/// Marks a citizen's message, and the earlier ones of that conversation, as read by the office.
pub fn read(app: &App, number: &Number, request: &Value) -> Result<Value, GraphError> {
    product(request)?;
    if request["status"] != "read" {
        return Err(GraphError::parameter("Param status must be one of {READ}"));
    }
    let Some(wamid) = request["message_id"].as_str() else { return Err(GraphError::missing("message_id")) };
    let typing = match request.get("typing_indicator") {
        None | Some(Value::Null) => false,
        Some(indicator) if indicator["type"] == "text" => true,
        Some(_) => return Err(GraphError::parameter("Param typing_indicator['type'] must be one of {TEXT}")),
    };
    let mut world = app.world();
    let Some(target) = world
        .message(wamid)
        .filter(|found| found.direction == Direction::Inbound && found.phone_number_id == number.phone_number_id)
    else {
        return Err(GraphError::invalid("Message with that message_id was not found."));
    };
    let (citizen, at_ms) = (target.citizen.clone(), target.at_ms);
    let earlier: Vec<String> = world
        .conversation(&citizen, Some(&number.phone_number_id))
        .filter(|message| message.direction == Direction::Inbound && message.at_ms <= at_ms)
        .filter(|message| message.status < Status::Read)
        .map(|message| message.wamid.clone())
        .collect();
    for wamid in &earlier {
        world.keep_status(wamid, Status::Read, None);
    }
    drop(world);
    for read in &earlier {
        app.events.emit("status", &json!({"wamid": read, "wa_id": citizen, "status": "read"}));
    }
    if typing {
        app.events
            .emit("typing", &json!({"wa_id": citizen, "phone_number_id": number.phone_number_id, "wamid": wamid}));
    }
    Ok(json!({"success": true}))
}
