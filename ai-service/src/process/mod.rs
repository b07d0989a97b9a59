//! `POST /internal/process-message`: one text in, what was understood and the answer out.
//!
//! A call goes through the same three stages as a turn from WhatsApp, in a conversation of its own per contact, and is
//! answered where it came in. A repeated `message_id` or `Idempotency-Key` hears the first answer again. With `dry_run`
//! the text is understood and answered as the beginning of a conversation, and nothing is read that belongs to anyone,
//! nor written.

pub mod http;

use chrono::Duration;
use contracts::dto::ai::{ProcessMessage, ProcessedMessage};
use contracts::dto::channel::{ResolveContact, ResolvedContact};
use contracts::{ContactId, ConversationId, OfficeId, TurnId, WaUserId};
use platform::bus::HandlerError;
use platform::http::Problem;
use platform::http::client::Call;
use uuid::Uuid;

use crate::App;
use crate::dialogue::facts::Knowledge;
use crate::dialogue::{Conclusion, Dialogue, Plan, Turn, conclude, plan};
use crate::error::Error;
use crate::turns::{self, Origin, Source, Work, act, prepare, store};

/// A caller waits less long than a citizen.
const DEADLINE_SECONDS: i64 = 8;

/// Understands and answers; changes nothing.
async fn dry_run(app: &App, office: OfficeId, turn: &Turn, knowledge: &Knowledge) -> Result<ProcessedMessage, Problem> {
    // Nobody's: nothing that belongs to a citizen can be found under it.
    let work = work(app, office, ContactId(Uuid::nil()), TurnId::new());
    let facts = prepare::facts(app, &work, knowledge).await.map_err(problem)?;
    let plan = plan::plan(&Dialogue::default(), turn, &facts);
    let mut results = Vec::new();
    for (n, step) in plan.steps.iter().enumerate() {
        if step.reads() {
            results.push(act::take(app, &work, step, n).await?);
        }
    }
    let conclusion = conclude::conclude(&plan, &results, &facts.texts);
    Ok(processed(plan, conclusion))
}

/// Answers the call as a turn, once.
async fn for_real(
    app: &App,
    office: OfficeId,
    contact: ContactId,
    key: Option<&str>,
    (turn, knowledge): (&Turn, &Knowledge),
) -> Result<ProcessedMessage, Problem> {
    let turn_id =
        key.map_or_else(TurnId::new, |key| TurnId(Uuid::new_v5(&contact.0, format!("turn {key}").as_bytes())));
    let work = work(app, office, contact, turn_id);
    if let Some((plan, conclusion)) = turns::run(app, &work, turn, knowledge).await.map_err(problem)? {
        return Ok(processed(plan, conclusion));
    }
    let mut tx = app.ctx.db.office(office).await?;
    let told = store::told(&mut tx, office, turn_id).await?;
    tx.commit().await?;
    told.map(|told| processed(told.plan, told.conclusion)).ok_or_else(|| Error::AnsweredBefore.into())
}

/// Whom channel-service knows by this id.
async fn contact(app: &App, office: OfficeId, wa_user_id: &WaUserId) -> Result<ContactId, Problem> {
    let resolve = ResolveContact { wa_user_id: wa_user_id.to_string(), phone_number_id: None };
    let resolved: ResolvedContact =
        app.channel.post("/internal/contacts/resolve", &resolve, &Call::office(office)).await?;
    Ok(resolved.contact_id)
}

/// The conversation of a contact's calls.
fn conversation(contact: ContactId) -> ConversationId {
    ConversationId(Uuid::new_v5(&contact.0, b"process-message"))
}

fn work(app: &App, office: OfficeId, contact: ContactId, turn_id: TurnId) -> Work {
    let now = app.ctx.clock.now();
    Work {
        turn_id,
        office,
        conversation_id: conversation(contact),
        contact_id: contact,
        origin: Origin {
            source: Source::Api,
            epoch: 0,
            received_at: now,
            deadline_at: now + Duration::seconds(DEADLINE_SECONDS),
            event_id: None,
            correlation_id: None,
        },
    }
}

fn processed(plan: Plan, conclusion: Conclusion) -> ProcessedMessage {
    ProcessedMessage {
        intent: plan.intent,
        confidence: plan.confidence,
        entities: plan.entities,
        reply: conclusion.reply.text,
        sources: plan.sources,
        state: conclusion.next.state.name().to_owned(),
        provider: plan.provider,
    }
}

fn problem(error: HandlerError) -> Problem {
    Error::Turn(error).into()
}

/// The longest message that is understood; WhatsApp's own limit.
const LONGEST: usize = 4_096;

fn check(body: &ProcessMessage) -> Result<WaUserId, Problem> {
    let mut errors = Vec::new();
    let id = WaUserId::parse(&body.wa_user_id).map_err(|error| errors.push(("wa_user_id", error.to_string()))).ok();
    if body.message.trim().is_empty() {
        errors.push(("message", "must hold at least one word".to_owned()));
    } else if body.message.chars().count() > LONGEST {
        errors.push(("message", format!("must have at most {LONGEST} characters")));
    }
    match id {
        Some(id) if errors.is_empty() => Ok(id),
        _ => Err(Problem::validation(errors)),
    }
}
