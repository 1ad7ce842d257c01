//! 填报消息: whoever has to act next, and the unit whose request was decided, are written to through the outbox, in the transaction of the step.

use jiff::civil::{DateTime, Time};
use xuncha_core::registry::request::{RequestState, Step};

use super::Request;
use crate::outbox::{Contact, NewMessage, read_contact};
use crate::sql;
use crate::{Result, Store, Transaction};

/// Nothing leaves before this hour of a day.
const OPENS_H: i8 = 8;
/// Nor from this hour on.
const CLOSES_H: i8 = 20;

/// 到期事项. What the end of a term is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermEnd {
    /// 公告期满: it may be settled.
    NoticeOver,
    /// 到期未恢复.
    NotBack,
}

/// The moment itself in office hours, the next opening otherwise.
fn due(at: DateTime) -> DateTime {
    let opening = Time::constant(OPENS_H, 0, 0, 0);
    match at.hour() {
        hour if hour < OPENS_H => at.date().to_datetime(opening),
        hour if hour >= CLOSES_H => {
            let next = at.date().tomorrow();
            next.map_or(at, |day| day.to_datetime(opening))
        }
        _ => at,
    }
}

impl Transaction {
    /// Writes to every contact of a unit; an empty unit stands for the supervisors' own group.
    async fn tell(
        &self,
        unit: &str,
        key: &str,
        words: (String, String),
        at: DateTime,
    ) -> Result<()> {
        let sql = "SELECT * FROM contacts WHERE organization = ? ORDER BY number";
        let found = sql::rows(&self.inner, sql, vec![sql::text(unit)]).await?;
        for row in &found {
            let contact: Contact = read_contact(row)?;
            let message = NewMessage {
                idempotency_key: format!("{key}/{}", contact.number),
                channel: contact.channel,
                address: contact.address,
                secret: contact.secret,
                organization: unit.to_owned(),
                subject: words.0.clone(),
                text: words.1.clone(),
                due_at: due(at),
            };
            self.put_message(&message, at).await?;
        }
        Ok(())
    }

    /// What a step of a request is to whom: the next one who decides, or the unit that filed it.
    pub(super) async fn tell_step(
        &self,
        (id, unit_name, name): (&str, &str, &str),
        (first, unit): (Option<&str>, &str),
        what: &str,
        (state, number, step): (RequestState, u64, &Step),
    ) -> Result<()> {
        let (to, said) = match state {
            RequestState::WaitingFirst => (first.unwrap_or_default(), "请初审"),
            RequestState::WaitingProvince => ("", "请省级审核"),
            RequestState::Notice => (unit, "已批准，请在网站首页挂出公告并填报挂出日期"),
            RequestState::Effective => (unit, "已生效"),
            RequestState::Returned => (unit, "已退回，请按意见修改后重新填报"),
            RequestState::Withdrawn => return Ok(()),
        };
        let subject = format!("名录填报：{what}“{name}”{said}");
        let mut text = format!("{unit_name}申请{what}“{name}”，{said}。");
        if !step.note.is_empty() && state != RequestState::WaitingFirst {
            text.push_str(&format!("\n意见：{}", step.note));
        }
        text.push_str("\n请登录巡查系统，在“名录—填报与审核”中查看。");
        let key = format!("request/{id}/{number}");
        self.tell(to, &key, (subject, text), step.at).await
    }
}

impl Store {
    /// Tells the unit and the office, once, that a term is over.
    pub async fn tell_term(&self, request: &Request, end: TermEnd, at: DateTime) -> Result<()> {
        let (word, said) = match end {
            TermEnd::NoticeOver => ("notice_over", "公告已满30天，请办结"),
            TermEnd::NotBack => (
                "not_back",
                "临时下线期满，机器两次没有打开网站，请核实并恢复",
            ),
        };
        let what = request.filing.kind.zh();
        let subject = format!("名录填报：{what}“{}”{said}", request.name);
        let text = format!(
            "{}申请{what}“{}”：{said}。\n请登录巡查系统，在“名录—填报与审核”中查看。",
            request.unit_name, request.name
        );
        let transaction = self.begin().await?;
        for unit in ["", request.course.organization.as_str()] {
            let key = format!("request/{}/{word}/{unit}", request.id);
            let words = (subject.clone(), text.clone());
            transaction.tell(unit, &key, words, at).await?;
        }
        transaction.commit().await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_at_night() {
        for (at, expected) in [
            ("2026-05-01T07:59", "2026-05-01T08:00"),
            ("2026-05-01T08:00", "2026-05-01T08:00"),
            ("2026-05-01T19:59", "2026-05-01T19:59"),
            ("2026-05-31T20:00", "2026-06-01T08:00"),
        ] {
            assert_eq!(due(at.parse().unwrap()), expected.parse().unwrap());
        }
    }
}
