//! 发件箱与联系方式命令.

use anyhow::{Context, Result, bail};
use xuncha_store::Page;
use xuncha_store::outbox::{Channel, Contact};

use crate::cli::{ContactCommand, OutboxCommand};
use crate::data::Data;
use crate::jobs::outbox::Sender;
use crate::network::Usage;

/// Runs one of the commands about messages.
pub async fn run(data: &Data, command: &OutboxCommand) -> Result<()> {
    match command {
        OutboxCommand::List { state, first } => {
            let state = state.map(|state| state.state());
            let page = Page::numbered(1, *first);
            let found = data.store.messages(state, page).await?;
            for message in &found.rows {
                println!(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    message.number,
                    message.state.zh(),
                    message.new.channel.zh(),
                    message.new.channel.shown(&message.new.address),
                    super::shown(message.at),
                    message.new.subject,
                    message.note
                );
            }
            println!("共 {} 条。", found.total);
            Ok(())
        }
        OutboxCommand::Send { outbox } => super::rectify::send(data, &Sender::of(outbox)?).await,
        OutboxCommand::Resend { number } => {
            data.store
                .settle_message(*number, true, super::now())
                .await?;
            println!("消息 {number} 重新排入待发。");
            Ok(())
        }
        OutboxCommand::Settle { number } => {
            data.store
                .settle_message(*number, false, super::now())
                .await?;
            println!("消息 {number} 已标记为已处理，不再发送。");
            Ok(())
        }
    }
}

/// Runs one of the commands about ways to reach units.
pub async fn contact(data: &Data, command: &ContactCommand) -> Result<()> {
    match command {
        ContactCommand::Add {
            unit,
            channel,
            address,
            secret_file,
        } => {
            if data.store.unit_name(unit).await?.is_none() {
                bail!("名录里没有单位“{unit}”");
            }
            let channel = channel.channel();
            check_address(channel, address).map_err(|why| Usage(why.to_owned()))?;
            let read = |path: &std::path::PathBuf| {
                let text = std::fs::read_to_string(path);
                text.with_context(|| format!("密钥文件 {} 读不了", path.display()))
            };
            let secret = secret_file.as_ref().map(read).transpose()?;
            let contact = Contact {
                number: 0,
                organization: unit.clone(),
                channel,
                address: address.clone(),
                secret: secret.map(|text| text.trim().to_owned()),
            };
            match data.store.put_contact(&contact).await? {
                true => println!("已新增 {unit} 的{}。", channel.zh()),
                false => println!("这个联系方式已经有了。"),
            }
            Ok(())
        }
        ContactCommand::List => {
            let found = data.store.contacts(None, Page::ALL).await?;
            for contact in &found.rows {
                println!(
                    "{}\t{}\t{}\t{}",
                    contact.number,
                    contact.organization,
                    contact.channel.zh(),
                    contact.channel.shown(&contact.address)
                );
            }
            println!("共 {} 个。", found.total);
            Ok(())
        }
        ContactCommand::Remove { number } => {
            data.store.remove_contact(*number).await?;
            println!("已删除。");
            Ok(())
        }
    }
}

/// Whether an address can be one of its channel.
fn check_address(channel: Channel, address: &str) -> std::result::Result<(), &'static str> {
    match channel {
        Channel::Mail if address.parse::<lettre::Address>().is_err() => Err("这不是邮箱地址"),
        Channel::Mail => Ok(()),
        _ if url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) => {
            Ok(())
        }
        _ => Err("机器人的地址应是 https 网址"),
    }
}
