//! Several short answers of the bot that wait for one citizen go out as one text, where nothing is lost by it.
//!
//! Pure. Only when the pair's bucket would run dry: otherwise each is a bubble of its own. Only neighbours in the
//! conversation's order, of one epoch, plain texts without a quote: buttons, files and what people write stay alone.

use contracts::message::Author;
use serde_json::json;

use super::store::{Carry, Next};
use crate::messages::limits::{TEXT, units};

/// What is longer stays alone: nobody reads two essays in one bubble.
const SHORT: usize = 700;

/// What the first of these waiting messages may take along, if it must.
pub fn coalesce(waiting: &[Next], tokens: i32) -> Option<Carry> {
    let (first, behind) = waiting.split_first()?;
    if usize::try_from(tokens).unwrap_or(0) >= waiting.len() {
        return None;
    }
    let mut text = short_text(first)?.to_owned();
    let mut others = Vec::new();
    for next in behind {
        let Some(more) = short_text(next).filter(|_| next.epoch == first.epoch) else { break };
        if units(&text) + units(more) + 2 > TEXT {
            break;
        }
        text.push_str("\n\n");
        text.push_str(more);
        others.push(next.id);
    }
    let payload = json!({"text": {"body": text, "preview_url": false}});
    (!others.is_empty()).then_some(Carry { payload, others })
}

fn short_text(message: &Next) -> Option<&str> {
    let plain = message.author == Author::Bot && message.kind == "text" && message.payload.get("context").is_none();
    // A message that was refused, or carries others already, goes out as it is.
    let body = message.payload.pointer("/text/body")?.as_str().filter(|_| plain && message.attempts == 0)?;
    (units(body) <= SHORT).then_some(body)
}

#[cfg(test)]
mod tests {
    use contracts::{ContactId, MessageId};

    use super::*;

    fn says(author: Author, epoch: i64, body: &str) -> Next {
        Next {
            id: MessageId::new(),
            contact_id: ContactId::new(),
            author,
            epoch,
            kind: "text".to_owned(),
            payload: json!({"text": {"body": body}}),
            attempts: 0,
            refusals: 0,
            ttl_seconds: None,
            pair_full_at: None,
            due: true,
        }
    }

    #[test]
    fn short_answers_go_out_as_one_when_tokens_are_scarce() {
        let waiting = [says(Author::Bot, 1, "satu"), says(Author::Bot, 1, "dua"), says(Author::Bot, 1, "tiga")];
        assert!(coalesce(&waiting, 3).is_none(), "each may be a bubble");
        let carry = coalesce(&waiting, 2).expect("one text");
        assert_eq!(carry.payload["text"]["body"], "satu\n\ndua\n\ntiga");
        assert_eq!(carry.others, [waiting[1].id, waiting[2].id]);
    }

    #[test]
    fn what_is_not_the_bots_or_of_another_epoch_or_no_text_stays_alone_and_in_its_place() {
        let person = || says(Author::Admin, 1, "petugas");
        assert!(coalesce(&[person(), person()], 1).is_none());
        let bot = || says(Author::Bot, 1, "bot");
        assert!(coalesce(&[bot(), person(), bot()], 1).is_none(), "nothing overtakes what a person wrote");
        assert!(coalesce(&[bot(), says(Author::Bot, 2, "bot")], 1).is_none());
        let mut buttons = bot();
        buttons.kind = "interactive".to_owned();
        assert!(coalesce(&[bot(), buttons], 1).is_none());
        let quoting = Next { payload: json!({"context": {"message_id": "w"}, "text": {"body": "a"}}), ..bot() };
        assert!(coalesce(&[bot(), quoting], 1).is_none());
    }

    #[test]
    fn nothing_grows_beyond_what_whatsapp_takes() {
        let waiting: Vec<Next> = (0..20).map(|_| says(Author::Bot, 1, &"é".repeat(600))).collect();
        let carry = coalesce(&waiting, 1).expect("one text");
        let length = units(carry.payload["text"]["body"].as_str().expect("a text"));
        assert!(length <= TEXT && carry.others.len() == 5, "{length} {}", carry.others.len());
        assert!(
            coalesce(&[says(Author::Bot, 1, &"a".repeat(701)), waiting.into_iter().next().expect("one")], 1).is_none()
        );
    }
}
