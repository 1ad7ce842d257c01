//! `xuncha`: the binary. It wires the doors together and holds no rule of its own.
//!
//! `cli.rs` has every word of the command line, `commands/` one file per command, `jobs/` the work they call, `demo/` the
//! demonstration over a simulated province, `wiring.rs` the evidence sink over the store.

mod cli;
mod commands;
mod data;
mod demo;
mod documents;
mod jobs;
mod language;
mod network;
mod outbox;
mod priority;
mod progress;
mod rules;
mod wiring;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use cli::{Cli, Command, EvidenceCommand, FactsCommand, NoticeCommand, RoundCommand};
use data::Data;
use rules::Rules;
use xuncha_store::StoreError;

/// Reading pages makes many small strings, which this allocator hands out faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("XUNCHA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    end_with_the_reader();
    if std::env::args().nth(1).as_deref() == Some(documents::CHILD) {
        return documents::child().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    let cli = Cli::try_parse().unwrap_or_else(|error| {
        if error.use_stderr() {
            eprintln!("命令行有误，下面是英文说明；中文用法见 xuncha help 或 xuncha 命令 --help。");
        }
        error.exit()
    });
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("错误：{error:#}");
            if let Some(round) = closed_round(&error) {
                eprintln!("命令行重新打开：xuncha round reopen --round {round} --reason 理由");
            }
            exit_code(&error)
        }
    }
}

/// Who pipes our output into `head` has read enough: that is no failure of ours. The signal is left alone, since a browser that dies must
/// not take us along.
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let said = info.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to std") && said.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(info);
    }));
}

/// The round that is closed, where that is why something was refused: pages say it too and know no command line.
fn closed_round(error: &anyhow::Error) -> Option<&str> {
    error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(StoreError::Closed { round, .. }) => Some(round.as_str()),
        _ => None,
    })
}

/// 2 for bad usage, 3 where a site cannot be inspected at all, 1 for everything else.
fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.downcast_ref::<network::Usage>().is_some() {
        return ExitCode::from(2);
    }
    if error
        .downcast_ref::<commands::check::Unreachable>()
        .is_some()
    {
        return ExitCode::from(3);
    }
    ExitCode::FAILURE
}

fn run(cli: Cli) -> Result<()> {
    if let Command::Province(arguments) = &cli.command {
        return province(&arguments.arguments);
    }
    let rules = Rules::load(cli.rules.as_deref())?;
    if gives_way(&cli.command) {
        priority::give_way();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(dispatch(cli, &rules))
}

/// Whether a command works for hours on what the pages serve meanwhile.
fn gives_way(command: &Command) -> bool {
    matches!(
        command,
        Command::Gather(_) | Command::Judge(_) | Command::Posts(_)
    )
}

/// The province is a program of its own that happens to travel in the same file.
fn province(arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((command, rest)) if command == "serve" => xuncha_province::main_serve(rest),
        Some((command, rest)) if command == "score" => xuncha_province::main_score(rest),
        _ => Err(network::Usage(
            "用法：xuncha province serve --seed N --scale small|full --plan realistic|dense --dir DIR\n      xuncha province score --dir DIR --results FILE"
                .to_owned(),
        )
        .into()),
    }
}

/// A demonstration empties its data folder, which is one of its own: who names another one would lose it, or look for the demonstration in
/// vain.
fn refuse_data_folder(data: &Path) -> Result<()> {
    let usual = std::env::var_os("XUNCHA_DATA").unwrap_or_else(|| "data".into());
    if data == Path::new(&usual) {
        return Ok(());
    }
    Err(network::Usage(
        "demo 不用 --data：演示数据总在输出目录的 data 子目录，请用 --out 指定输出目录".to_owned(),
    )
    .into())
}

async fn dispatch(cli: Cli, rules: &Rules) -> Result<()> {
    // These need no data folder.
    match &cli.command {
        Command::Demo(arguments) => {
            refuse_data_folder(&cli.data)?;
            return demo::run(rules, arguments).await;
        }
        Command::Check(arguments) => return commands::check::run(rules, arguments).await,
        Command::Account(arguments) => return commands::account::run(rules, arguments).await,
        Command::Migration(arguments) if arguments.round.is_none() => {
            return commands::migration::run(rules, arguments, None).await;
        }
        Command::Explain(arguments) if !arguments.is_figure() => {
            return commands::explain::run(rules, arguments);
        }
        Command::Explain(arguments) if arguments.from.is_some() => {
            return commands::figure::run(None, rules, arguments).await;
        }
        Command::Words(arguments) => return commands::words::run(rules, arguments).await,
        Command::Facts(FactsCommand::Show(arguments)) if let Some(file) = &arguments.file => {
            return commands::facts::show_file(rules, file, arguments);
        }
        Command::Evidence(EvidenceCommand::Verify {
            folder: Some(folder),
            ..
        }) => return commands::evidence::verify_folder(folder),
        Command::Evidence(EvidenceCommand::Verify {
            package: Some(package),
            ..
        }) => return commands::evidence::verify_package(package),
        Command::Doctor => return commands::doctor::run(&cli.data).await,
        Command::Notice(NoticeCommand::Build {
            from: Some(from),
            out,
            ..
        }) => {
            return commands::notice::from_folder(rules, &cli.data, from, out);
        }
        Command::Round(RoundCommand::Verify {
            from: Some(from), ..
        }) => return commands::published::verify_folder(from),
        _ => {}
    }
    // Who asks for a round that is somewhere else is told so, and no empty database is left behind.
    match &cli.command {
        Command::Migration(arguments) => {
            let round = arguments.round.as_deref();
            Data::must_exist(&cli.data, cli.database.as_deref(), round)?;
        }
        Command::Facts(_) => Data::must_exist(&cli.data, cli.database.as_deref(), None)?,
        _ => {}
    }
    let data = Data::open(&cli.data, cli.database.as_deref()).await?;
    match &cli.command {
        Command::Serve(arguments) => commands::serve::run(data, rules, arguments).await,
        Command::Registry(command) => commands::registry::run(&data, rules, command).await,
        Command::Round(command) => commands::round::run(&data, rules, command).await,
        Command::Gather(arguments) => commands::gather::run(&data, rules, arguments).await,
        Command::Posts(arguments) => commands::posts::run(&data, rules, arguments).await,
        Command::Migration(arguments) => {
            commands::migration::run(rules, arguments, Some(&data)).await
        }
        Command::Judge(arguments) => commands::judge::run(&data, rules, arguments).await,
        Command::Review(command) => commands::review::run(&data, command).await,
        Command::Score(round) => commands::score::run(&data, round).await,
        Command::Notice(command) => commands::notice::run(&data, rules, command).await,
        Command::Evidence(command) => commands::evidence::run(&data, rules, command).await,
        Command::Facts(command) => commands::facts::run(&data, rules, command).await,
        Command::Person(command) => commands::person::run(&data, command).await,
        Command::Audit(command) => commands::audit::run(&data, command).await,
        Command::Rectify(command) => commands::rectify::run(&data, rules, command).await,
        Command::Outbox(command) => commands::outbox::run(&data, command).await,
        Command::Contact(command) => commands::outbox::contact(&data, command).await,
        Command::Annual(command) => commands::annual::run(&data, rules, command).await,
        Command::Tips(command) => commands::tips::run(&data, command).await,
        Command::Explain(arguments) => commands::figure::run(Some(&data), rules, arguments).await,
        Command::Demo(_)
        | Command::Check(_)
        | Command::Account(_)
        | Command::Words(_)
        | Command::Doctor
        | Command::Province(_) => Ok(()),
    }
}
