//! Message ids in WhatsApp's own shape: base64 that holds the phone number in clear.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::state::message::Direction;

pub fn new(citizen: &str, direction: Direction) -> String {
    let (mark, random) = match direction {
        Direction::Inbound => (0x12, format!("3A{}", hex::encode_upper(rand::random::<[u8; 9]>()))),
        Direction::Outbound => (0x11, hex::encode_upper(rand::random::<[u8; 9]>())),
    };
    let who = &citizen.as_bytes()[..citizen.len().min(255)];
    let mut bytes = vec![0x1c, 0x18, u8::try_from(who.len()).unwrap_or(u8::MAX)];
    bytes.extend_from_slice(who);
    bytes.extend_from_slice(&[0x15, 0x02, 0x00, mark, 0x18, u8::try_from(random.len()).unwrap_or(u8::MAX)]);
    bytes.extend_from_slice(random.as_bytes());
    bytes.push(0);
    format!("wamid.{}", STANDARD.encode(bytes))
}
