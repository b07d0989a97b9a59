//! A citizen asks for a person: two of the staff see it come, one takes over, answers, and gives it back.

use anyhow::{Context as _, Result, ensure};
use e2e::browser::Browser;
use e2e::{Phone, Service, World};
use fantoccini::Locator;

use crate::tell;

const ANSWER: &str = "Selamat siang, Bu. Syaratnya KTP dan KK.";

#[tokio::test(flavor = "multi_thread")]
async fn live_chat() {
    let world = World::start_with_browser_half().await.unwrap_or_else(|error| panic!("no world: {error:?}"));
    tell(&world, async |world| {
        let (one, two) = (Browser::open().await?, Browser::open().await?);
        a_person_takes_over_answers_and_gives_back(world, &one, &two).await?;
        for browser in [&one, &two] {
            let errors = browser.console_errors().await?;
            ensure!(errors.is_empty(), "the dashboard has errors in its console: {}", errors.join("\n"));
        }
        one.close().await?;
        two.close().await
    })
    .await;
}

/// Signs in and looks at those who wait.
async fn look(world: &World, browser: &Browser) -> Result<()> {
    let dashboard = world.environment.url(Service::Dashboard);
    browser.go(&format!("{dashboard}/login?next=%2Flive-chat")).await?;
    browser.part("login-username").await?.send_keys("admin").await?;
    browser.part("login-password").await?.send_keys(&world.environment.admin_password).await?;
    browser.press("[data-testid=\"login-submit\"]").await?;
    browser.part("chat-list-waiting").await?;
    browser.is_hydrated().await?;
    browser.see("[data-testid=\"live-state\"][data-state=\"connected\"]").await?;
    // A mark on the page would be gone after a reload.
    browser.client.execute("window.neverReloaded = true", vec![]).await?;
    Ok(())
}

async fn a_person_takes_over_answers_and_gives_back(world: &World, one: &Browser, two: &Browser) -> Result<()> {
    look(world, one).await?;
    look(world, two).await?;
    let citizen = Phone::new(world, "6281255570001");
    citizen.say("Saya mau bicara dengan petugas").await?;
    let mut replies = citizen.reply(1).await.map(|_| 1)?;

    // It comes by itself, in both, with its count in the navigation.
    let row = "[data-testid=\"chat-list-waiting\"] [data-testid=\"chat-row\"]";
    one.see(row).await?;
    two.see(row).await?;
    one.reads("[data-testid=\"nav-waiting\"]", "1").await?;
    one.picture("live-chat-waiting").await?;
    for browser in [one, two] {
        browser.press(&format!("{row} a")).await?;
        browser.see("[data-testid=\"chat-message\"][data-author=\"citizen\"]").await?;
        browser.see("[data-testid=\"chat-composer\"][data-closed=\"true\"]").await?;
    }

    one.press("[data-testid=\"chat-take\"]").await?;
    one.see("[data-testid=\"chat-composer\"][data-closed=\"false\"]").await?;
    two.see("[data-testid=\"chat-status\"][data-status=\"human\"]").await?;
    let text = one.part("chat-text").await?;
    text.send_keys(ANSWER).await?;
    text.send_keys("\u{e007}").await?;
    replies += 1;
    let answer = citizen.reply(replies).await?;
    ensure!(answer.text == ANSWER, "the phone shows {:?}", answer.text);

    // The ticks move by themselves, in both.
    let ours = "[data-testid=\"chat-message\"][data-author=\"admin\"]";
    for browser in [one, two] {
        browser.reads(ours, ANSWER).await?;
        browser.see(&format!("{ours}[data-status=\"delivered\"], {ours}[data-status=\"read\"]")).await?;
    }
    one.picture("live-chat-answered").await?;

    // What the citizen writes meanwhile is seen by both, and the bot is silent.
    citizen.say("Terima kasih banyak").await?;
    for browser in [one, two] {
        browser.reads(".chat-messages li:last-child", "Terima kasih banyak").await?;
    }

    one.part("chat-note").await?.send_keys("Sudah dijelaskan syaratnya").await?;
    one.press("[data-testid=\"chat-handback\"]").await?;
    one.see("[data-testid=\"chat-composer\"][data-closed=\"true\"]").await?;
    two.reads("[data-testid=\"chat-last-note\"]", "Sudah dijelaskan syaratnya").await?;
    world.is_quiet(e2e::until::PATIENCE).await?;
    ensure!(citizen.replies().await?.len() == replies, "the bot spoke while a person had the conversation");

    // The bot answers again, and that is seen too.
    citizen.say("Halo").await?;
    citizen.reply(replies + 1).await?;
    let bots = |browser: &Browser| {
        let client = browser.client.clone();
        async move { client.find_all(Locator::Css("[data-testid=\"chat-message\"][data-author=\"bot\"]")).await }
    };
    e2e::until("both see the bot's answer", async || {
        let seen = (bots(one).await?.len(), bots(two).await?.len());
        Ok((seen.0 >= 2 && seen.1 >= 2).then_some(()))
    })
    .await?;
    for browser in [one, two] {
        let mark = browser.client.execute("return window.neverReloaded === true", vec![]).await?;
        ensure!(mark == true, "something was seen only after a reload");
        browser.client.current_url().await.context("the window is there")?;
    }
    Ok(())
}
