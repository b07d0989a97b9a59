//! Citizens are told about their complaints once, and only what they do not know.

use contracts::events::turn::TurnOutcome;
use contracts::{ComplaintStatus, ContactId, TurnId};
use notification_service::complaints::Complaints;
use notification_service::turns::{Turns, store as turns};

use crate::world::{World, closed, created, facts, moved};

#[tokio::test]
async fn a_move_is_told_once_however_often_the_event_comes() {
    let world = World::new().await;
    world.channel_accepts().await;
    let event = moved(ContactId::new(), ComplaintStatus::Selesai, "Lubang sudah ditambal");
    let delivery = world.test.delivery(&event);
    for _ in 0..10 {
        world.hear(Complaints(world.app.clone()), &delivery).await;
        world.deliver().await;
    }
    let texts = world.texts().await;
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("*LAP-20261120-007*") && texts[0].contains("Lubang sudah ditambal"), "{}", texts[0]);
    let (key, body) = world.handed_over().await.remove(0);
    let told = world.notifications().await.remove(0);
    assert_eq!((told["id"].as_str(), told["status"].as_str()), (Some(key.as_str()), Some("accepted")));
    assert_eq!(body["contact_id"], serde_json::json!(event.facts.contact_id));
    assert_eq!(body["type"], "text");
}

#[tokio::test]
async fn every_status_has_words_for_it() {
    let world = World::new().await;
    world.channel_accepts().await;
    for status in ComplaintStatus::ALL {
        let delivery = world.test.delivery(&moved(ContactId::new(), status, "catatan petugas"));
        world.hear(Complaints(world.app.clone()), &delivery).await;
    }
    world.deliver().await;
    let texts = world.texts().await;
    assert_eq!(texts.len(), ComplaintStatus::ALL.len());
    assert!(texts.iter().all(|text| text.contains("LAP-20261120-007")), "{texts:#?}");
}

#[tokio::test]
async fn a_complaint_made_in_a_turn_is_told_only_if_the_turn_did_not() {
    for (outcome, status) in [
        (TurnOutcome::Replied, "silent"),
        (TurnOutcome::Refused, "accepted"),
        (TurnOutcome::HandedOff, "accepted"),
        (TurnOutcome::Expired, "accepted"),
    ] {
        for created_first in [true, false] {
            let world = World::new().await;
            world.channel_accepts().await;
            let turn = TurnId::new();
            let complaint = world.test.delivery(&created(ContactId::new(), Some(turn)));
            let end = world.test.delivery(&closed(turn, outcome));
            if created_first {
                world.hear(Complaints(world.app.clone()), &complaint).await;
                world.deliver().await;
                assert_eq!(world.statuses().await, ["waiting_for_turn"]);
                world.hear(Turns(world.app.clone()), &end).await;
            } else {
                world.hear(Turns(world.app.clone()), &end).await;
                world.hear(Complaints(world.app.clone()), &complaint).await;
            }
            // Once more, both.
            world.hear(Turns(world.app.clone()), &end).await;
            world.hear(Complaints(world.app.clone()), &complaint).await;
            world.deliver().await;
            assert_eq!(world.statuses().await, [status], "{outcome:?}, created first: {created_first}");
            assert_eq!(world.texts().await.len(), usize::from(status == "accepted"));
        }
    }
}

#[tokio::test]
async fn when_both_come_at_the_same_moment_they_do_not_miss_each_other() {
    let world = World::new().await;
    let turns: Vec<_> = (0..20).map(|_| TurnId::new()).collect();
    for turn in turns {
        let complaint = world.test.delivery(&created(ContactId::new(), Some(turn)));
        let end = world.test.delivery(&closed(turn, TurnOutcome::Replied));
        let (complaints, turns) = (Complaints(world.app.clone()), Turns(world.app.clone()));
        futures_util::join!(world.hear(complaints, &complaint), world.hear(turns, &end));
    }
    let statuses = world.statuses().await;
    assert_eq!(statuses.len(), 20);
    assert!(statuses.iter().all(|status| status == "silent"), "{statuses:?}");
}

#[tokio::test]
async fn a_complaint_from_elsewhere_is_told_at_once() {
    let world = World::new().await;
    world.channel_accepts().await;
    world.hear(Complaints(world.app.clone()), &world.test.delivery(&created(ContactId::new(), None))).await;
    world.deliver().await;
    assert!(world.texts().await[0].contains("(Jalan rusak)"));
}

#[tokio::test]
async fn nothing_is_told_of_what_the_citizen_did_or_to_nobody() {
    let world = World::new().await;
    let mut own = moved(ContactId::new(), ComplaintStatus::Dibatalkan, "");
    own.by_citizen = true;
    let mut nobody = moved(ContactId::new(), ComplaintStatus::Selesai, "x");
    nobody.facts.contact_id = None;
    for event in [own, nobody] {
        world.hear(Complaints(world.app.clone()), &world.test.delivery(&event)).await;
    }
    assert!(world.notifications().await.is_empty());
}

#[tokio::test]
async fn of_a_confidential_complaint_only_the_number_is_told() {
    let world = World::new().await;
    world.channel_accepts().await;
    let mut event = moved(ContactId::new(), ComplaintStatus::Selesai, "x");
    event.facts = facts(event.facts.contact_id, None);
    event.remark = None;
    world.hear(Complaints(world.app.clone()), &world.test.delivery(&event)).await;
    world.deliver().await;
    let text = world.texts().await.remove(0);
    assert!(text.contains("LAP-20261120-007") && !text.to_lowercase().contains("selesai"), "{text}");
}

#[tokio::test]
async fn old_notes_of_turns_are_thrown_away() {
    let world = World::new().await;
    let turn = TurnId::new();
    world.hear(Turns(world.app.clone()), &world.test.delivery(&closed(turn, TurnOutcome::Replied))).await;
    world.test.clock.advance(chrono::Duration::days(15));
    turns::forget(&world.test.ctx.db, world.test.clock.now()).await.expect("tidied");
    world.hear(Complaints(world.app.clone()), &world.test.delivery(&created(ContactId::new(), Some(turn)))).await;
    assert_eq!(world.statuses().await, ["waiting_for_turn"]);
}
