//! Everything is killed in turn while two hundred citizens write; nothing is lost, nothing is done twice.

use std::time::{Duration, Instant};

use anyhow::Result;
use e2e::servers::Server;
use e2e::{Service, World, crowd};

const CITIZENS: u32 = 200;
/// How long they write.
const WRITING: Duration = Duration::from_secs(15);
const CATCH_UP: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn kills() {
    crate::told(async |world| {
        every_service_is_killed_in_turn(world).await?;
        broker_and_database_are_killed_in_turn(world).await
    })
    .await;
}

async fn every_service_is_killed_in_turn(world: &World) -> Result<()> {
    let phones = crowd::phones(world, 11, CITIZENS);
    let shares: Vec<_> = phones.chunks(phones.len() / (Service::OURS.len() + 1) + 1).collect();
    let share = WRITING / u32::try_from(shares.len())?;
    for (number, phones) in shares.iter().enumerate() {
        crowd::write(phones, share).await?;
        if let Some(victim) = Service::OURS.get(number) {
            world.kill(*victim)?;
        }
    }
    settles(world, &phones, "every service killed once").await
}

async fn broker_and_database_are_killed_in_turn(world: &World) -> Result<()> {
    let phones = crowd::phones(world, 12, CITIZENS);
    let (one, rest) = phones.split_at(67);
    let (two, three) = rest.split_at(67);
    crowd::write(one, WRITING / 3).await?;
    world.servers.kill(Server::Rabbitmq).await?;
    let (written, started) = tokio::join!(crowd::write(two, WRITING / 3), world.servers.start_again(Server::Rabbitmq));
    written.and(started)?;
    world.servers.kill(Server::Postgres).await?;
    let (written, started) =
        tokio::join!(crowd::write(three, WRITING / 3), world.servers.start_again(Server::Postgres));
    written.and(started)?;
    settles(world, &phones, "broker and database killed once").await
}

async fn settles(world: &World, phones: &[e2e::Phone<'_>], what: &str) -> Result<()> {
    let begun = Instant::now();
    world.is_ready().await?;
    let tally = crowd::each_has_one_reply(world, phones, CATCH_UP).await?;
    println!("{what}: {tally:?}, settled after {:.1?}", begun.elapsed());
    Ok(())
}
