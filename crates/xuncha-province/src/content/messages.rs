//! The message box: what citizens asked and when they were answered.

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};

use super::columns::{ago, before};
use super::{Site, addresses};
use crate::rng::Rng;
use crate::text::fill;
use crate::text::words::{QUESTIONS, REPLIES, SURNAMES};

/// 留言: one message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Writer as shown, such as 王**.
    pub writer: String,
    /// When it was asked.
    pub asked: DateTime,
    /// When it was answered and what.
    pub reply: Option<(DateTime, String)>,
    /// Address of its page.
    pub address: String,
    /// What looks wrong and is fine.
    pub near: Option<&'static str>,
}

/// Draws the messages, newest first.
pub fn draw(site: &mut Site) {
    let plan = site.plan.defects.messages;
    if plan.no_channel || plan.none {
        return;
    }
    let mut rng = site.rng("messages");
    let as_of = site.dates.as_of;
    let stale_until = before(as_of, 2.months()).saturating_sub(14.days());
    let quiet = plan.near > 0 && site.skin.variant.is_multiple_of(2);
    let mut when = match (plan.stale, quiet) {
        (true, _) => stale_until,
        (false, true) => ago(as_of, &mut rng, 45, 50),
        (false, false) => ago(as_of, &mut rng, 5, 12),
    };
    for _ in 0..site.size.messages {
        let days = rng.range(1, 6);
        push(site, &mut rng, when, Some(days), None);
        when = ago(when, &mut rng, 4, 22);
    }
    for _ in 0..plan.unanswered {
        let asked = ago(as_of, &mut rng, 100, 330);
        push(site, &mut rng, asked, None, None);
    }
    // Nothing asked within two months may stand in a box that is to be without news for two months.
    for (nth, near) in (0..plan.near).zip([
        "answered_after_80_days",
        "unanswered_for_60_days",
        "older_than_a_year",
    ]) {
        let asked = match nth {
            0 => ago(as_of, &mut rng, 140, 300),
            1 => ago(as_of, &mut rng, 60, 62),
            _ => ago(as_of, &mut rng, 400, 500),
        };
        push(site, &mut rng, asked, (nth == 0).then_some(80), Some(near));
    }
    site.messages.sort_by_key(|m| std::cmp::Reverse(m.asked));
    for (nth, message) in site.messages.iter_mut().enumerate() {
        message.address = addresses::below(site.plan.family, "lyxx", 800 + nth);
    }
}

fn push(
    site: &mut Site,
    rng: &mut Rng,
    asked: DateTime,
    answered_after: Option<i64>,
    near: Option<&'static str>,
) {
    let (title, text) = *rng.pick(QUESTIONS);
    let (title, text) = (fill(title, &site.voice, rng), fill(text, &site.voice, rng));
    let reply = *rng.pick(REPLIES);
    let reply = answered_after.map(|days| {
        let at = asked
            .saturating_add(Span::new().days(days))
            .min(site.dates.as_of.saturating_sub(1.hours()));
        (at, fill(reply, &site.voice, rng))
    });
    let writer = format!("{}**", rng.pick(SURNAMES));
    site.messages.push(Message {
        title,
        text,
        writer,
        asked,
        reply,
        address: String::new(),
        near,
    });
}
