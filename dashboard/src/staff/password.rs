//! Passwords: the rules for new ones, and checking one without telling whether the person exists.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;
const LONGEST: usize = 256;

/// Hashing takes 19 MB and a core: strangers may not take all of either.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// What an unknown person's password is compared with, so that the answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now(&"nobody's password".into()).ok());

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("must have at least {SHORTEST} characters")]
    Short,
    #[error("must have at most {LONGEST} characters")]
    Long,
    #[error("must not be the username")]
    Username,
    #[error("must not be one character or a common word repeated")]
    Common,
}

/// Hashing failed: our fault.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(String);

/// Whether a new password is good enough.
pub fn check(password: &SecretString, username: &str) -> Result<(), WeakPassword> {
    const COMMON: [&str; 8] =
        ["password", "katasandi", "1234567890", "qwertyuiop", "admin", "govconnect", "rahasia", "indonesia"];
    let text = password.expose_secret();
    let lower = text.to_lowercase();
    let count = text.chars().count();
    if count < SHORTEST {
        return Err(WeakPassword::Short);
    }
    if count > LONGEST {
        return Err(WeakPassword::Long);
    }
    if lower == username {
        return Err(WeakPassword::Username);
    }
    let one_character = text.chars().all(|c| text.starts_with(c));
    if one_character || COMMON.iter().any(|word| lower.replace(word, "").is_empty()) {
        return Err(WeakPassword::Common);
    }
    Ok(())
}

/// A hash to store (argon2id, with its own salt).
pub async fn hash(password: SecretString) -> Result<String, HashError> {
    on_a_thread(move || hash_now(&password)).await?
}

/// Whether the password is right. `None`: there is no such person, which takes as long to find out.
pub async fn is_right(password: SecretString, stored: Option<String>) -> Result<bool, HashError> {
    on_a_thread(move || {
        let known = stored.is_some();
        let Some(stored) = stored.or_else(|| NOBODY.clone()) else { return false };
        let Ok(hash) = PasswordHash::new(&stored) else { return false };
        Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok() && known
    })
    .await
}

fn hash_now(password: &SecretString) -> Result<String, HashError> {
    let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| HashError(error.to_string()))
}

async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
    let _place = AT_ONCE.acquire().await.map_err(|error| HashError(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| HashError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_with_the_reason() {
        let check = |text: &str| check(&text.into(), "siti.aminah");
        assert_eq!(check("pendek"), Err(WeakPassword::Short));
        assert_eq!(check("SITI.Aminah"), Err(WeakPassword::Username));
        assert_eq!(check("aaaaaaaaaaaa"), Err(WeakPassword::Common));
        assert_eq!(check("PasswordPassword"), Err(WeakPassword::Common));
        assert_eq!(check(&"panjang ".repeat(40)), Err(WeakPassword::Long));
        assert_eq!(check("hujan turun di sawah"), Ok(()));
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_known_person_passes() {
        let stored = hash("hujan turun di sawah".into()).await.expect("a hash");
        assert!(stored.starts_with("$argon2id$"));
        assert!(is_right("hujan turun di sawah".into(), Some(stored.clone())).await.expect("checked"));
        assert!(!is_right("hujan turun di kota".into(), Some(stored)).await.expect("checked"));
        assert!(!is_right("nobody's password".into(), None).await.expect("checked"));
    }
}
