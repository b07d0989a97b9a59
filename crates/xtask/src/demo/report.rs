//! `.govconnect/demo.json` for scripts, and the last lines for people.

use std::collections::BTreeMap;
use std::fs;

use serde::{Deserialize, Serialize};

use super::data::DATABASES;
use super::environment::local;
use super::settings::Settings;
use crate::instance::Instance;
use crate::place::Place;

#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    pub dashboard: String,
    pub channel: String,
    pub ai: String,
    pub case: String,
    pub notification: String,
    pub simulator: String,
    pub internal_api_key: String,
    pub app_secret: String,
    pub verify_token: String,
    pub phone_number_id: String,
    pub admin: Admin,
    pub amqp_url: String,
    pub database_urls: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Admin {
    pub username: String,
    pub password: String,
}

impl Report {
    pub fn new(instance: &Instance, settings: &Settings) -> Self {
        let ports = settings.ports;
        let database_url = |name: &str| {
            let database = format!("gc_{name}");
            instance.database_url(&database, &settings.database_password(&database), &database)
        };
        Self {
            dashboard: local(ports.dashboard),
            channel: local(ports.channel),
            ai: local(ports.ai),
            case: local(ports.case),
            notification: local(ports.notification),
            simulator: local(ports.simulator),
            internal_api_key: settings.internal_api_key.clone(),
            app_secret: settings.app_secret.clone(),
            verify_token: settings.verify_token.clone(),
            phone_number_id: settings.phone_number_id.clone(),
            admin: Admin { username: "admin".to_owned(), password: settings.admin_password.clone() },
            amqp_url: instance.amqp_url(),
            database_urls: DATABASES.iter().map(|name| ((*name).to_owned(), database_url(name))).collect(),
        }
    }

    pub fn read(place: &Place) -> Option<Self> {
        serde_json::from_slice(&fs::read(place.local.join("demo.json")).ok()?).ok()
    }

    pub fn print(&self) {
        let Self { dashboard, simulator, admin, .. } = self;
        println!("  Dashboard  {dashboard}   sign in as {} with {}", admin.username, admin.password);
        println!("  Simulator  {simulator}   a phone that talks to the office");
        println!();
        println!("Three things to try:");
        println!(
            "  1. In the simulator, write: Selamat pagi, saya mau lapor jalan berlubang di Jl. Melati No. 15 RT 02 RW 05"
        );
        println!("  2. Watch the complaint appear in {dashboard}/complaints, open it and change its status:");
        println!("     the phone gets a message.");
        println!("  3. In the simulator, ask for the status of a complaint by its LAP number.");
        println!();
        println!("Addresses and keys for scripts: .govconnect/demo.json; logs: .govconnect/logs/");
    }
}
