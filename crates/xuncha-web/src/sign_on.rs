//! Signing in through somebody else who knows people: what the pages need of a provider of identities, and what they keep while a person
//! is there. The pages ask nobody over the network themselves: the program hands them something that does.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a provider sends people back to.
pub const SIGN_ON_BACK: &str = "/sign-in/provider/back";

/// What a provider answers with; errors are for the log.
pub type SignOnAnswer<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;

/// 身份提供方. Somebody who says who a person is.
pub trait SignOn: Send + Sync {
    /// As the button names it.
    fn name(&self) -> &str;
    /// Where to send a person.
    fn begin(&self) -> SignOnAnswer<Departure>;
    /// Who came back with a code.
    fn finish(&self, code: String, departure: Departure) -> SignOnAnswer<Identity>;
}

/// 出发. What is known of a person who was sent away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Address of the provider.
    pub address: String,
    /// Comes back in the address.
    pub state: String,
    /// Stands in the identity that is asked for.
    pub nonce: String,
    /// Proves that we are who asked.
    pub verifier: String,
}

/// 身份. Who came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The person's number at this provider; never given to another.
    pub subject: String,
    /// The login there.
    pub login: String,
}

/// How long somebody may be away.
const LONGEST_S: i64 = 10 * 60;
/// People who are away at a time; the one that left first is forgotten.
const MOST: usize = 10_000;

struct Away {
    departure: Departure,
    next: String,
    /// Token of the forms of the same browser: an address that somebody else left with opens nothing.
    browser: String,
    until_s: i64,
}

/// 途中. Those who were sent away and are not back.
#[derive(Clone, Default)]
pub(crate) struct Travellers {
    away: Arc<Mutex<BTreeMap<String, Away>>>,
}

impl Travellers {
    pub(crate) fn leave(&self, departure: Departure, next: &str, browser: &str, now_s: i64) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.retain(|_, one| one.until_s > now_s);
        if away.len() >= MOST {
            let first = away.iter().min_by_key(|(_, one)| one.until_s);
            if let Some(state) = first.map(|(state, _)| state.clone()) {
                away.remove(&state);
            }
        }
        let one = Away {
            next: next.to_owned(),
            browser: browser.to_owned(),
            until_s: now_s + LONGEST_S,
            departure: departure.clone(),
        };
        away.insert(departure.state, one);
    }

    /// Whoever left with this state in the same browser, with the page that is wanted; each comes back once.
    pub(crate) fn arrive(
        &self,
        state: &str,
        browser: &str,
        now_s: i64,
    ) -> Option<(Departure, String)> {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        if away.get(state)?.browser != browser {
            return None;
        }
        let one = away.remove(state)?;
        (one.until_s > now_s).then_some((one.departure, one.next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_back_once_in_time_and_in_the_same_browser() {
        let travellers = Travellers::default();
        let departure = |state: &str| Departure {
            address: "https://id.example/".to_owned(),
            state: state.to_owned(),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
        };
        for state in ["a", "b"] {
            travellers.leave(departure(state), "/registry", "mine", 1_000);
        }
        assert_eq!(travellers.arrive("a", "other", 1_001), None);
        assert_eq!(travellers.arrive("c", "mine", 1_001), None);
        let back = Some((departure("a"), "/registry".to_owned()));
        assert_eq!(travellers.arrive("a", "mine", 1_001), back);
        assert_eq!(travellers.arrive("a", "mine", 1_001), None, "once");
        assert_eq!(
            travellers.arrive("b", "mine", 1_000 + LONGEST_S),
            None,
            "late"
        );
    }
}
