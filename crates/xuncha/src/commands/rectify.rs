//! 整改命令. Following rounds, notices, answers, rechecks, reminders, letters.

mod print;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use xuncha_core::rectify::remind::RemindSettings;
use xuncha_core::rectify::{Fact, FactKind, deadline_after};
use xuncha_store::Page;
use xuncha_store::rectify::{CaseFilter, NewFact};

use crate::cli::{CasesArg, RectifyCommand, RemindArgs};
use crate::data::Data;
use crate::jobs;
use crate::jobs::letters::LetterWords;
use crate::jobs::outbox::Sender;
use crate::jobs::{letters, outbox, rectify};
use crate::network::Usage;
use crate::rules::Rules;

/// Runs one of the commands about rectification.
pub async fn run(data: &Data, rules: &Rules, command: &RectifyCommand) -> Result<()> {
    match command {
        RectifyCommand::Open(round) => {
            let row = data.round(round.round.as_deref()).await?;
            let (by, at) = (super::person(), super::now());
            let opened = rectify::open(data, &row.round.id, &by, at).await?;
            println!(
                "轮次 {}：新建 {} 项，复发 {} 项，办结 {} 项。",
                row.round.id, opened.new, opened.relapsed, opened.closed
            );
            Ok(())
        }
        RectifyCommand::List { .. } => print::list(data, command).await,
        RectifyCommand::Show { case } => print::show(data, case).await,
        RectifyCommand::Notify {
            cases,
            deadline,
            working_days,
            on,
        } => notify(data, cases, (*deadline, *working_days), *on).await,
        RectifyCommand::Reply { .. } => reply(data, command).await,
        RectifyCommand::Recheck { .. } => recheck(data, rules, command).await,
        RectifyCommand::Withdraw { cases, reason } => {
            let kind = FactKind::Withdrawn {
                reason: reason.clone(),
            };
            let count = add(data, cases, (None, kind), "").await?;
            println!("已撤销 {count} 项。");
            Ok(())
        }
        RectifyCommand::Rates(round) => {
            let row = data.round(round.round.as_deref()).await?;
            let today = super::now().date();
            let rates = rectify::reckon_rates(data, &row.round.id, today).await?;
            print::rates(&row.round.id, &rates);
            Ok(())
        }
        RectifyCommand::RollCall { deadline } => {
            let day = deadline.unwrap_or_else(|| super::now().date());
            print::roll_call(data, day).await
        }
        RectifyCommand::Remind {
            date,
            no_send,
            remind,
            outbox,
        } => {
            let sender = match no_send {
                true => None,
                false => Some(Sender::of(outbox)?),
            };
            send_reminders(data, *date, remind, sender).await
        }
        RectifyCommand::Letters { .. } => write_letters(data, command).await,
    }
}

/// The ids of the cases that are meant.
async fn chosen(data: &Data, cases: &CasesArg, today: Date) -> Result<Vec<String>> {
    if !cases.cases.is_empty() {
        for id in &cases.cases {
            rectify::known_case(data, id, today).await?;
        }
        return Ok(cases.cases.clone());
    }
    if cases.unit.is_none() && cases.round.is_none() {
        bail!(Usage(
            "请写明整改事项编号，或用 --unit、--round 指明范围".to_owned()
        ));
    }
    let filter = CaseFilter {
        is_open: true,
        organization: cases.unit.clone(),
        round: cases.round.clone(),
        ..CaseFilter::default()
    };
    let found = data.store.cases(&filter, today, Page::ALL).await?.rows;
    if found.is_empty() {
        bail!("范围内没有未办结的整改事项");
    }
    Ok(found.into_iter().map(|case| case.id).collect())
}

/// Writes the same fact down in all of them.
async fn add(
    data: &Data,
    cases: &CasesArg,
    (on, kind): (Option<Date>, FactKind),
    owner: &str,
) -> Result<usize> {
    let at = super::now();
    let ids = chosen(data, cases, at.date()).await?;
    let new = NewFact {
        fact: Fact {
            on: rectify::day(on, at)?,
            kind,
        },
        at,
        by: super::person(),
        owner: owner.to_owned(),
    };
    data.store.add_case_facts(&ids, &new).await?;
    Ok(ids.len())
}

async fn notify(
    data: &Data,
    cases: &CasesArg,
    (deadline, working_days): (Option<Date>, Option<u32>),
    on: Option<Date>,
) -> Result<()> {
    let day = rectify::day(on, super::now())?;
    let deadline = match (deadline, working_days) {
        (Some(deadline), _) => deadline,
        (None, Some(days)) => deadline_after(&data.store.calendar().await?, day, days)?,
        (None, None) => bail!(Usage("请用 --deadline 或 --working-days 定期限".to_owned())),
    };
    let kind = FactKind::Notified { deadline };
    let count = add(data, cases, (Some(day), kind), "").await?;
    println!("已登记通知 {count} 项，期限 {deadline}。");
    Ok(())
}

async fn reply(data: &Data, command: &RectifyCommand) -> Result<()> {
    let RectifyCommand::Reply {
        cases,
        note,
        file,
        same_kind,
        on,
    } = command
    else {
        return Ok(());
    };
    let files: Vec<PathBuf> = file.clone();
    let kept = super::rectify_files::keep(data, &files)?;
    let kind = FactKind::Replied {
        files_sha256: kept.iter().map(|file| file.sha256.clone()).collect(),
        note: note.clone(),
        same_kind: same_kind.map(|answer| answer.answer()),
    };
    let at = super::now();
    let ids = chosen(data, cases, at.date()).await?;
    let new = NewFact {
        fact: Fact {
            on: rectify::day(*on, at)?,
            kind,
        },
        at,
        by: super::person(),
        owner: super::rectify_files::owner(&kept),
    };
    super::rectify_files::reply(data, &ids, &new, &kept).await?;
    println!("已登记回复 {} 项。", ids.len());
    Ok(())
}

async fn recheck(data: &Data, rules: &Rules, command: &RectifyCommand) -> Result<()> {
    let RectifyCommand::Recheck {
        case,
        fixed,
        not_fixed,
        machine,
        note,
        on,
        network,
    } = command
    else {
        return Ok(());
    };
    if *machine {
        rectify::known_case(data, case, super::now().date()).await?;
        let id = xuncha_web::random_token();
        let (by, at) = (super::person(), super::now());
        data.store.ask_recheck(&id, case, &by, at).await?;
        println!("{}", jobs::recheck::run(data, rules, network, &id).await?);
        return print::show(data, case).await;
    }
    let is_fixed = match (fixed, not_fixed) {
        (true, _) => true,
        (_, true) => false,
        _ => bail!(Usage(
            "请写明结果：--fixed 已改好，--not-fixed 没有改好，或 --machine 由机器复查".to_owned()
        )),
    };
    let cases = CasesArg {
        cases: vec![case.clone()],
        ..CasesArg::default()
    };
    let kind = FactKind::Rechecked {
        is_fixed,
        by: super::person(),
        note: note.clone(),
    };
    add(data, &cases, (*on, kind), "").await?;
    print::show(data, case).await
}

/// The settings of reminders from the command line.
pub fn remind_settings(arguments: &RemindArgs) -> RemindSettings {
    RemindSettings {
        before_days: arguments.remind_before.iter().copied().collect(),
        after_days: arguments.remind_after.iter().copied().collect(),
        quiet_from: arguments.quiet_from,
        quiet_until: arguments.quiet_until,
    }
}

async fn send_reminders(
    data: &Data,
    date: Option<Date>,
    arguments: &RemindArgs,
    sender: Option<Sender>,
) -> Result<()> {
    let now = super::now();
    let today = date.unwrap_or_else(|| now.date());
    let settings = remind_settings(arguments);
    let address = match arguments.address.trim_end_matches('/') {
        "" => String::new(),
        address => format!("{address}/rectify"),
    };
    let reminded = rectify::remind(data, &settings, today, (now, &address)).await?;
    println!(
        "{today}：{} 个单位需要提醒，写入消息 {} 条。",
        reminded.units, reminded.messages
    );
    if reminded.unreachable > 0 {
        println!(
            "{} 个单位没有联系方式；用 xuncha contact add 补充后再次运行即可。",
            reminded.unreachable
        );
    }
    match sender {
        Some(sender) => send(data, &sender).await,
        None => Ok(()),
    }
}

/// Sends what may leave now, and says what became of it.
pub async fn send(data: &Data, sender: &Sender) -> Result<()> {
    match outbox::run(&data.store, &data.folder, sender).await? {
        None => println!("另一个进程正在发送，这里不重复发送。"),
        Some(sent) => {
            println!(
                "已发 {} 条，稍后再发 {} 条，失败 {} 条，待核实 {} 条。",
                sent.sent, sent.later, sent.failed, sent.unsure
            );
            if sent.failed + sent.unsure > 0 {
                println!(
                    "用 xuncha outbox list 查看；核实后用 resend 重发或 settle 标记为已处理。"
                );
            }
        }
    }
    Ok(())
}

async fn write_letters(data: &Data, command: &RectifyCommand) -> Result<()> {
    let RectifyCommand::Letters {
        round,
        unit,
        out,
        issuer,
        number,
        mail,
        date,
        keep,
    } = command
    else {
        return Ok(());
    };
    let row = data.round(round.round.as_deref()).await?;
    let words = LetterWords {
        issuer: issuer.clone(),
        number: number.clone(),
        mail: mail.clone(),
        date: date.unwrap_or_else(|| super::now().date()),
        deadline: row
            .round
            .rectify_by
            .parse()
            .context("轮次的整改期限不是日期")?,
    };
    let id = &row.round.id;
    let written = letters::write(data, id, unit.as_deref(), &words, out).await?;
    for (unit, path) in &written {
        println!("{unit}\t{}", path.display());
    }
    if *keep {
        letters::keep(data, id, &written).await?;
    }
    let what = format!("round/{id}/letters");
    super::exported(data, &what).await?;
    println!("共 {} 份整改通知书。", written.len());
    Ok(())
}
