//! The system's promises, on the whole system.

mod browser;
mod duplicates;
mod journey;
mod kills;
mod knowledge;
mod live_chat;
mod offices;
mod outages;
mod pages;

use e2e::World;

/// Tells a story in a world of its own. A story that fails panics while the world still stands, so that the programs'
/// last words are printed.
async fn told<F>(story: F)
where
    F: AsyncFnOnce(&World) -> anyhow::Result<()>,
{
    let world = World::start().await.unwrap_or_else(|error| panic!("no world: {error:?}"));
    tell(&world, story).await;
}

async fn tell<F>(world: &World, story: F)
where
    F: AsyncFnOnce(&World) -> anyhow::Result<()>,
{
    if let Err(error) = story(world).await {
        panic!("{error:?}");
    }
}
