//! Broker and database go away for a while, as they do when they are updated, and two hundred citizens go on writing.

use std::time::{Duration, Instant};

use anyhow::Result;
use e2e::servers::Server;
use e2e::{World, crowd, outage};

const CITIZENS: u32 = 200;
/// Until everybody has a reply, after the server is back.
const CATCH_UP: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn outages() {
    crate::told(async |world| {
        nobody_loses_a_message_while(world, Server::Rabbitmq, 1).await?;
        nobody_loses_a_message_while(world, Server::Postgres, 2).await
    })
    .await;
}

/// The server is away while they write; afterwards everybody has exactly one reply, and a real one.
async fn nobody_loses_a_message_while(world: &World, server: Server, name: u32) -> Result<()> {
    let phones = crowd::phones(world, name, CITIZENS);
    // The last words before the outage are under way when it begins, and some are written after it.
    let (before, rest) = phones.split_at(20);
    let (meanwhile, after) = rest.split_at(160);
    crowd::write(before, Duration::from_secs(2)).await?;
    world.servers.stop(server).await?;
    let away = Instant::now();
    crowd::write(meanwhile, outage::length()).await?;
    let away = away.elapsed();
    world.servers.start_again(server).await?;
    let back = Instant::now();
    crowd::write(after, Duration::from_secs(2)).await?;
    let tally = crowd::each_has_one_reply(world, &phones, CATCH_UP).await?;
    println!("{server:?} away for {away:.1?}: {tally:?}, caught up {:.1?} after it was back", back.elapsed());
    assert_eq!(tally.holding, 0, "deadlines stand still while a server is away");
    Ok(())
}
