//! What every service answers, and pages before any script.

use anyhow::{Result, ensure};
use e2e::http::Caller;
use e2e::{Service, World};
use reqwest::{Method, StatusCode};

/// Every service is well, ready, measured and described.
pub async fn every_service_tells_how_it_is(world: &World) -> Result<()> {
    for service in Service::OURS {
        let name = service.program();
        let outside = world.plain(service);
        let health = outside.get("/health").await?.expect(StatusCode::OK)?;
        assert_eq!(health["service"], name);
        assert_eq!(health["status"], "ok", "{name}: {health}");
        assert_eq!(outside.call(Method::HEAD, "/health", None).await?.status, StatusCode::OK, "{name}");
        outside.get("/ready").await?.expect(StatusCode::OK)?;
        let metrics = outside.get("/metrics").await?;
        ensure!(metrics.text.contains("# TYPE gc_"), "{name} measures nothing: {:.300}", metrics.text);
        let openapi = outside.get("/openapi.json").await?.expect(StatusCode::OK)?;
        ensure!(
            openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")),
            "{name}: {}",
            openapi["openapi"]
        );
    }
    Ok(())
}

/// Signs in with the plain form.
pub async fn signed_in(world: &World, username: &str, password: &str) -> Result<Caller> {
    let visitor = world.plain(Service::Dashboard).with("accept", "text/html");
    let answer =
        visitor.form("/login", &[("username", username), ("password", password), ("next", "/complaints")]).await?;
    ensure!(answer.header("location") == "/complaints", "{username} can't sign in: {}", answer.header("location"));
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    Ok(visitor.with("cookie", cookie))
}

/// The sign-in page, and after it the list with this complaint, are whole without a script.
pub async fn pages_have_their_content_before_any_script(world: &World, complaint: &str) -> Result<()> {
    let login = world.plain(Service::Dashboard).get("/login").await?;
    assert_eq!(login.status, StatusCode::OK);
    ensure!(login.text.contains("Masuk ke dasbor") && login.text.contains("name=\"password\""), "{}", login.text);
    let admin = signed_in(world, "admin", &world.environment.admin_password).await?;
    let list = admin.get("/complaints").await?;
    assert_eq!(list.status, StatusCode::OK);
    ensure!(list.text.contains(complaint), "{complaint} is not in {}", list.text);
    let detail = admin.get(&format!("/complaints/{complaint}")).await?;
    ensure!(detail.text.contains("Melati"), "the address is not in {}", detail.text);
    Ok(())
}
