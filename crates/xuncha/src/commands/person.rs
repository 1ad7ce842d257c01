//! 人员命令. Adding people, and letting them in again, from the machine that the program runs on.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, Result, bail};
use xuncha_core::permission::TokenScope;
use xuncha_core::person::{PasswordPolicy, login_of};
use xuncha_store::Page;
use xuncha_store::api_token::NewApiToken;
use xuncha_store::login::LinkKind;
use xuncha_store::person::{Person, PersonFile, PersonFilter};

use crate::cli::{LinkArgs, PersonCommand};
use crate::data::Data;
use crate::network::Usage;

/// How long a link waits: over a weekend.
const LINK_LIFETIME_S: i64 = 3 * 24 * 60 * 60;

/// Runs one of the commands about people.
pub async fn run(data: &Data, command: &PersonCommand) -> Result<()> {
    match command {
        PersonCommand::Add {
            login,
            role,
            name,
            unit,
            password_stdin,
            link,
            address,
            policy,
        } => {
            let login = login_of(login).map_err(|fault| Usage(fault.zh().to_owned()))?;
            let file = PersonFile {
                name: name.clone().unwrap_or_else(|| login.clone()),
                role: role.role(),
                organization: unit.clone(),
            };
            let policy = PasswordPolicy {
                min_length: usize::try_from(policy.password_min)?,
            };
            // Asked before anything is kept, so that a refused password leaves nobody behind.
            let password = password(&login, &policy, *password_stdin, *link)?;
            add(data, &login, &file, password, address).await
        }
        PersonCommand::List { role } => {
            let filter = PersonFilter {
                role: role.map(|role| role.role()),
                words: None,
            };
            let people = data.store.persons(&filter, Page::ALL).await?;
            let now_s = jiff::Timestamp::now().as_second();
            for person in &people.rows {
                println!("{}", line(person, now_s));
            }
            println!("共 {} 人", people.total);
            Ok(())
        }
        PersonCommand::Link { login, address } => {
            let person = known(data, login).await?;
            print_link(data, &person, address).await
        }
        PersonCommand::Token {
            login,
            name,
            scope,
            days,
        } => {
            let person = known(data, login).await?;
            let token = xuncha_web::new_api_token();
            let now_s = jiff::Timestamp::now().as_second();
            let new = NewApiToken {
                name: name.clone(),
                scopes: scope
                    .iter()
                    .filter_map(|word| TokenScope::of_word(word))
                    .collect(),
                now_s,
                expires_at_s: now_s + days * 24 * 60 * 60,
            };
            data.store
                .put_api_token(person.number, &token, &new)
                .await?;
            println!("{token}");
            Ok(())
        }
        PersonCommand::Lock { login } => {
            let person = known(data, login).await?;
            data.store.lock_person(person.number).await?;
            println!("已锁定 {}，其登录都已结束", person.login);
            Ok(())
        }
        PersonCommand::Unbind { login } => {
            let person = known(data, login).await?;
            data.store.unbind_person(person.number).await?;
            println!("已解除 {} 与统一身份的绑定", person.login);
            Ok(())
        }
        PersonCommand::Unlock { login } => {
            let person = known(data, login).await?;
            data.store.unlock_person(person.number).await?;
            println!("已解除 {} 的锁定", person.login);
            Ok(())
        }
    }
}

async fn known(data: &Data, login: &str) -> Result<Person> {
    let login = login_of(login).map_err(|fault| Usage(fault.zh().to_owned()))?;
    let person = data.store.person_by_login(&login).await?;
    person.with_context(|| format!("没有登录名“{login}”；用 xuncha person list 查看"))
}

async fn add(
    data: &Data,
    login: &str,
    file: &PersonFile,
    password: Option<String>,
    address: &LinkArgs,
) -> Result<()> {
    let hash = match password {
        Some(password) => {
            Some(xuncha_web::hash_password(password, xuncha_web::random_token()).await?)
        }
        None => None,
    };
    let person = data.store.add_person(login, file).await?;
    println!(
        "已新增 {} {}（{}）",
        person.id(),
        person.login,
        person.role.zh()
    );
    match hash {
        Some(hash) => Ok(data.store.set_password(person.number, &hash, None).await?),
        None => print_link(data, &person, address).await,
    }
}

async fn print_link(data: &Data, person: &Person, address: &LinkArgs) -> Result<()> {
    let token = xuncha_web::random_token();
    let until_s = jiff::Timestamp::now().as_second() + LINK_LIFETIME_S;
    let kind = LinkKind::SetPassword;
    data.store
        .put_link(&token, kind, person.number, until_s)
        .await?;
    let address = address.address.trim_end_matches('/');
    println!("设置密码（三天内有效，用过即失效）：{address}/password?token={token}");
    Ok(())
}

/// The new password; `None` where a link is to be made instead.
fn password(
    login: &str,
    policy: &PasswordPolicy,
    from_stdin: bool,
    wants_link: bool,
) -> Result<Option<String>> {
    let check = |password: &str| {
        let checked = policy.check(password, login);
        checked.map_err(|fault| Usage(fault.zh()))
    };
    if from_stdin {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .context("无法读标准输入")?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        check(&password)?;
        return Ok(Some(password));
    }
    if wants_link || !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let password = rpassword::prompt_password("密码（直接回车则生成设置密码的链接）：")
        .context("无法从终端读密码；用 --password-stdin 或 --link")?;
    if password.is_empty() {
        return Ok(None);
    }
    check(&password)?;
    let again = rpassword::prompt_password("再输一次：").context("无法从终端读密码")?;
    if again != password {
        bail!(Usage("两次输入的密码不一样".to_owned()));
    }
    Ok(Some(password))
}

fn line(person: &Person, now_s: i64) -> String {
    let state = if person.is_locked {
        "已锁定"
    } else if person.locked_until_s > now_s {
        "多次输错，暂时锁定"
    } else if person.has_password {
        "正常"
    } else {
        "未设密码"
    };
    let unit = person.organization.as_deref().unwrap_or("—");
    format!(
        "{}\t{}\t{}\t{}\t{unit}\t{state}",
        person.id(),
        person.login,
        person.name,
        person.role.zh()
    )
}
