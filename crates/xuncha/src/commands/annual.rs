//! 年度报表命令. The annual forms and the supervisor's self-assessment: what is known is filled in, the rest is asked for in a table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use xuncha_core::annual::{ANSWER_COLUMNS, FormKind, FormSpec, answers, assess, fill, filled_in};
use xuncha_core::notice::Notice;
use xuncha_core::sheet::write_csv;
use xuncha_report::{Fonts, docx, pdf};
use xuncha_store::annual as known;

use crate::cli::{AnnualArgs, AnnualCommand};
use crate::data::Data;
use crate::jobs::notice::font_folders;
use crate::rules::Rules;

const FORMS: &str = "annual-forms.toml";
const SUPERVISION: &str = "supervision-2019";
const ASSESSMENT: &str = "assessment";
/// Problems that are printed.
const SHOWN: usize = 20;

/// Runs one of the commands about a year.
pub async fn run(data: &Data, rules: &Rules, command: &AnnualCommand) -> Result<()> {
    match command {
        AnnualCommand::Work { site, asked } => {
            let spec = spec(rules, FormKind::Work)?;
            let known = known::of_site(&data.store, site).await?;
            form(data, &spec, &known, asked, &format!("work-{site}"))
        }
        AnnualCommand::Supervision { asked } => {
            let spec = spec(rules, FormKind::Supervision)?;
            let known = known::of_year(&data.store, asked.year).await?;
            tell_imported(data, asked.year).await?;
            form(data, &spec, &known, asked, "supervision")
        }
        AnnualCommand::Assess { asked } => self_assessment(data, rules, asked).await,
    }
}

fn spec(rules: &Rules, kind: FormKind) -> Result<FormSpec> {
    let text = rules.templates.get(FORMS);
    let text = text.with_context(|| format!("缺少 templates/{FORMS}"))?;
    FormSpec::parse(text, kind).map_err(|error| anyhow::anyhow!("templates/{FORMS}：{error}"))
}

fn read_answers(file: Option<&Path>, codes: &[&str]) -> Result<BTreeMap<String, String>> {
    let Some(file) = file else {
        return Ok(BTreeMap::new());
    };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} 读不了，应为 UTF-8 的 CSV", file.display()))?;
    let text = text.trim_start_matches('\u{feff}');
    answers(text, codes).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
        anyhow::anyhow!(
            "{} 有 {} 处错误：\n{}",
            file.display(),
            errors.len(),
            lines.join("\n")
        )
    })
}

fn form(
    data: &Data,
    spec: &FormSpec,
    known: &BTreeMap<String, String>,
    asked: &AnnualArgs,
    name: &str,
) -> Result<()> {
    let codes: Vec<&str> = spec.items.iter().map(|item| item.key.as_str()).collect();
    let said = read_answers(asked.answers.as_deref(), &codes)?;
    let form = fill(spec, asked.year, known, &said);
    let problems = form.problems(known);
    let row = |row: &xuncha_core::annual::Filled| {
        let item = &row.item;
        let own = item.from.as_ref().and_then(|name| known.get(name));
        let own = own.cloned().unwrap_or_default();
        [&item.key, &item.section, &item.title, &row.value, &own].map(Clone::clone)
    };
    let table = Table::of(&asked.out, name, form.rows.iter().map(row).collect())?;
    let today = super::now().date();
    write(data, &asked.out, name, &form.document(today, &problems))?;
    table.write()?;
    for problem in problems.iter().take(SHOWN) {
        println!("需要核对：{problem}");
    }
    if problems.len() > SHOWN {
        println!("另有 {} 处需要核对，见报表。", problems.len() - SHOWN);
    }
    let missing = form.missing().count();
    let due = spec.due_in(asked.year).map_err(anyhow::Error::msg)?;
    println!(
        "{}（{}年度）：共 {} 项，待填 {missing} 项，需要核对 {} 处；应于 {due} 前公开。",
        spec.title,
        asked.year,
        form.rows.len(),
        problems.len()
    );
    if missing > 0 {
        println!(
            "待填的项目在 {} 里填好“内容”一列，再用 --answers 指定它重新生成。",
            table.path.display()
        );
    }
    Ok(())
}

/// Says which quarters only an imported result speaks of: it need not hold every site that was drawn, so nothing is counted from it.
async fn tell_imported(data: &Data, year: i16) -> Result<()> {
    for (quarter, round) in known::imported(&data.store, year).await? {
        println!(
            "第{quarter}季度只有导入的往期结果（{round}），不知道是不是全部抽查网站，请按当时的通报填报。"
        );
    }
    Ok(())
}

async fn self_assessment(data: &Data, rules: &Rules, asked: &AnnualArgs) -> Result<()> {
    let set = rules.set(SUPERVISION)?;
    tell_imported(data, asked.year).await?;
    let mut counts = known::of_supervisor(&data.store, asked.year).await?;
    let recorded = counts.clone();
    let blank = assess(&set, &counts).map_err(anyhow::Error::msg)?;
    let codes: Vec<&str> = blank.rows.iter().map(|row| row.question.as_str()).collect();
    for (code, said) in read_answers(asked.answers.as_deref(), &codes)? {
        if said.is_empty() {
            continue;
        }
        let Ok(count) = said.parse() else {
            bail!("{code} 填的是“{said}”，应为非负整数");
        };
        if let Some(own) = counts
            .insert(code.clone(), count)
            .filter(|own| *own != count)
        {
            println!("需要核对：{code} 填的是 {count}，系统记录为 {own}");
        }
    }
    let assessed = assess(&set, &counts).map_err(anyhow::Error::msg)?;
    let row = |row: &xuncha_core::annual::AssessedRow| {
        let text = |count: Option<u32>| count.map_or_else(String::new, |count| count.to_string());
        [
            row.question.clone(),
            row.name.clone(),
            row.prompt.clone(),
            text(row.answer),
            text(recorded.get(&row.question).copied()),
        ]
    };
    let table = Table::of(
        &asked.out,
        ASSESSMENT,
        assessed.rows.iter().map(row).collect(),
    )?;
    let today = super::now().date();
    let document = assessed.document(&set, asked.year, today);
    write(data, &asked.out, ASSESSMENT, &document)?;
    table.write()?;
    let open = assessed
        .rows
        .iter()
        .filter(|row| row.answer.is_none())
        .count();
    println!(
        "{}待填 {open} 项。",
        document.plain_text().lines().nth(1).unwrap_or_default()
    );
    Ok(())
}

/// The table of all items of a form: what is known stands there, the rest is to be filled in.
struct Table {
    path: PathBuf,
    rows: Vec<[String; 5]>,
}

impl Table {
    /// The table beside the form of the same name. Refused where it would write over what somebody filled in, before anything is written.
    fn of(out: &Path, name: &str, rows: Vec<[String; 5]>) -> Result<Table> {
        let path = out.join(format!("{name}.csv"));
        if !path.exists() {
            return Ok(Table { path, rows });
        }
        let said = std::fs::read_to_string(&path).ok();
        let said = said.and_then(|text| filled_in(text.trim_start_matches('\u{feff}')).ok());
        let Some(said) = said else {
            bail!(
                "{} 不是本程序写的表，或者不是 UTF-8，为免覆盖没有生成；请移走它，或另选 --out 目录",
                path.display()
            );
        };
        let is_kept =
            |code: &str, value: &str| rows.iter().any(|row| row[0] == code && row[3] == value);
        let lost: Vec<&str> = said
            .iter()
            .filter(|(code, value)| !is_kept(code, value))
            .map(|(code, _)| code.as_str())
            .collect();
        if !lost.is_empty() {
            bail!(
                "{0} 里填好的 {1} 项会被覆盖（{2}），没有生成；要用填好的内容，加 --answers {0} 重新生成，或另选 --out 目录",
                path.display(),
                lost.len(),
                lost.join("、")
            );
        }
        Ok(Table { path, rows })
    }

    fn write(&self) -> Result<()> {
        let mut all = vec![ANSWER_COLUMNS.map(str::to_owned)];
        all.extend(self.rows.iter().cloned());
        // Excel takes a CSV file for UTF-8 only by this mark.
        let text = format!("\u{feff}{}", write_csv(&all));
        std::fs::write(&self.path, text)
            .with_context(|| format!("无法写入 {}", self.path.display()))?;
        println!("已写出 {}", self.path.display());
        Ok(())
    }
}

fn write(data: &Data, out: &Path, name: &str, document: &Notice) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("无法建立目录 {}", out.display()))?;
    let fonts = Fonts::find(&font_folders(&data.folder))?;
    for (ending, bytes) in [
        ("docx", docx::docx(document, &fonts)?),
        ("pdf", pdf::pdf(document, &fonts)?),
    ] {
        let path = out.join(format!("{name}.{ending}"));
        std::fs::write(&path, bytes).with_context(|| format!("无法写入 {}", path.display()))?;
        println!("已写出 {}", path.display());
    }
    Ok(())
}
