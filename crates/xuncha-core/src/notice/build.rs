//! 生成通报: template and inputs become a [`Notice`], or all the reasons why not.

use super::inputs::NoticeInputs;
use super::render::{self, Env};
use super::scope::Scope;
use super::template::{Line, LineKind, Template, place};
use super::{
    Annex, Block, ChartData, Notice, NoticeError, Span, annexes, charts, consistency, figures,
    plain,
};

/// Builds the notice. Nothing is handed out when a name does not exist or text, charts and annexes disagree.
pub fn build(inputs: &NoticeInputs, template: &Template) -> Result<Notice, Vec<NoticeError>> {
    let (scope, mut errors) = figures::scope(inputs);
    errors.extend(validate(template, &scope));
    if !errors.is_empty() {
        return Err(errors);
    }
    let notice = lay_out(inputs, template, &scope).map_err(|error| vec![error])?;
    let found = consistency::check(&notice);
    if found.is_empty() {
        Ok(notice)
    } else {
        Err(found)
    }
}

fn validate(template: &Template, scope: &Scope) -> Vec<NoticeError> {
    let mut errors = render::validate_nodes(&template.title, scope, "模板标题");
    errors.extend(render::validate_nodes(
        &template.recipients,
        scope,
        "模板主送",
    ));
    for line in &template.lines {
        errors.extend(render::validate(line, scope));
    }
    errors
}

fn lay_out(
    inputs: &NoticeInputs,
    template: &Template,
    scope: &Scope,
) -> Result<Notice, NoticeError> {
    let env = Env::new(scope);
    let mut layout = Layout {
        inputs,
        scope,
        blocks: Vec::new(),
        charts: Vec::new(),
        annexes: Vec::new(),
        clauses: Vec::new(),
    };
    for line in &template.lines {
        layout.line(line, env)?;
    }
    layout.end_clauses();
    let blocks = number_headings(drop_empty_sections(layout.blocks));
    let name = |key: &str| inputs.names.get(key).cloned().unwrap_or_default();
    Ok(Notice {
        form: template.form,
        title: plain(&render::nodes(&template.title, env)),
        issuer: name("issuer"),
        number: inputs.number.clone(),
        recipients: plain(&render::nodes(&template.recipients, env)),
        date: inputs.date,
        blocks,
        charts: layout.charts,
        annexes: layout.annexes,
        figures: scope.figures.clone(),
        // The layout sets the full stop.
        copies_to: name("copies_to").trim_end_matches('。').to_owned(),
        printed_by: name("printed_by"),
        tables: annexes::result_tables(inputs, scope),
    })
}

struct Layout<'a> {
    inputs: &'a NoticeInputs,
    scope: &'a Scope,
    blocks: Vec<Block>,
    charts: Vec<ChartData>,
    annexes: Vec<Annex>,
    clauses: Vec<Vec<Span>>,
}

impl Layout<'_> {
    fn line(&mut self, line: &Line, env: Env<'_>) -> Result<(), NoticeError> {
        if line.kind != LineKind::Clause {
            self.end_clauses();
        }
        if line
            .condition
            .as_ref()
            .is_some_and(|condition| !render::holds(condition, env))
        {
            return Ok(());
        }
        let spans = render::nodes(&line.nodes, env);
        let is_empty = plain(&spans).trim().is_empty();
        match &line.kind {
            LineKind::Blank => {}
            LineKind::Clause if !is_empty => self.clauses.push(spans),
            LineKind::Paragraph if !is_empty => self.blocks.push(Block::Paragraph(spans)),
            LineKind::Note if !is_empty => self.blocks.push(Block::Note(spans)),
            LineKind::Heading(level) => self.blocks.push(Block::Heading {
                level: *level,
                number: String::new(),
                text: spans,
            }),
            LineKind::Chart(id) => self.chart(id, plain(&spans), line)?,
            LineKind::Annex(id) => self.annex(id, plain(&spans), line)?,
            LineKind::Clause | LineKind::Paragraph | LineKind::Note => {}
        }
        Ok(())
    }

    fn chart(&mut self, id: &str, title: String, line: &Line) -> Result<(), NoticeError> {
        let number = self.charts.len() + 1;
        let chart = charts::chart(id, number, title, self.inputs, self.scope).ok_or_else(|| {
            NoticeError::new(
                place(line.number),
                format!(
                    "没有名为“{id}”的图；可用 level1、level2_weak、distribution、trend、regions"
                ),
            )
        })?;
        self.blocks.push(Block::Chart(self.charts.len()));
        self.charts.push(chart);
        Ok(())
    }

    /// An annex without rows is left out and the others move up.
    fn annex(&mut self, id: &str, title: String, line: &Line) -> Result<(), NoticeError> {
        let number = self.annexes.len() + 1;
        let annex = annexes::annex(id, number, title, self.inputs).ok_or_else(|| {
            NoticeError::new(
                place(line.number),
                format!("没有名为“{id}”的附件；可用 above_80、problem_accounts、reporting_names、unqualified_websites"),
            )
        })?;
        if !annex.rows.is_empty() {
            self.annexes.push(annex);
        }
        Ok(())
    }

    /// 一是……；二是……。 One clause alone has no number.
    fn end_clauses(&mut self) {
        let clauses = std::mem::take(&mut self.clauses);
        let count = clauses.len();
        if count == 0 {
            return;
        }
        let mut spans = Vec::new();
        for (index, clause) in clauses.into_iter().enumerate() {
            if count > 1 {
                spans.push(Span::Text(format!("{}是", chinese_number(index + 1))));
            }
            spans.extend(clause);
            spans.push(Span::Text(
                if index + 1 == count { "。" } else { "；" }.to_owned(),
            ));
        }
        self.blocks.push(Block::Paragraph(spans));
    }
}

/// A heading with nothing under it before the next one of its level or above is dropped.
fn drop_empty_sections(blocks: Vec<Block>) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::new();
    for block in blocks.into_iter().rev() {
        if let Block::Heading { level, .. } = &block {
            let has_content = match kept.last() {
                None => false,
                Some(Block::Heading { level: next, .. }) => next > level,
                Some(_) => true,
            };
            if !has_content {
                continue;
            }
        }
        kept.push(block);
    }
    kept.reverse();
    kept
}

fn number_headings(mut blocks: Vec<Block>) -> Vec<Block> {
    let mut counts = [0_usize; 3];
    for block in &mut blocks {
        if let Block::Heading { level, number, .. } = block {
            let index = usize::from(*level).clamp(1, 3) - 1;
            counts[index] += 1;
            counts
                .iter_mut()
                .skip(index + 1)
                .for_each(|count| *count = 0);
            let count = counts[index];
            *number = match index {
                0 => format!("{}、", chinese_number(count)),
                1 => format!("（{}）", chinese_number(count)),
                _ => format!("{count}."),
            };
        }
    }
    blocks
}

/// 一 to 九十九.
pub fn chinese_number(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (number / 10, number % 10);
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        _ => format!("{}十", DIGITS.get(tens).unwrap_or(&"")),
    };
    format!("{tens}{}", DIGITS[ones])
}
