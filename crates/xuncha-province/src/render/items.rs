//! The items of a list, in every form that sites have.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::shell::{href, href_from};
use crate::content::look::ListForm;
use crate::content::skin::{ListDate, list_date};
use crate::content::{Article, Site};

/// A list to be written: the page it stands on, its form, how it gives dates.
struct List<'a> {
    site: &'a Site,
    from: &'a str,
    date: ListDate,
}

/// The items of a list on the page at `from`.
pub fn items(site: &Site, from: &str, articles: &[usize], month_day: bool, out: &mut String) {
    write(site, from, articles, month_day, site.skin.look.list, out);
}

/// The same in the form that the home page and groups have.
pub fn box_items(site: &Site, from: &str, articles: &[usize], month_day: bool, out: &mut String) {
    write(
        site,
        from,
        articles,
        month_day,
        site.skin.look.home_list,
        out,
    );
}

fn write(
    site: &Site,
    from: &str,
    articles: &[usize],
    month_day: bool,
    form: ListForm,
    out: &mut String,
) {
    let date = if month_day {
        ListDate::BracketMonthDay
    } else {
        site.skin.list_date
    };
    let list = List { site, from, date };
    let all: Vec<&Article> = articles.iter().map(|&a| &site.articles[a]).collect();
    match form {
        ListForm::Ul => list.ul(&all, out),
        ListForm::Table => list.table(&all, out),
        ListForm::Tables => list.tables(&all, out),
        ListForm::Pairs => list.pairs(&all, out),
        ListForm::Dd => list.each(&all, "dl", "dd", out),
        ListForm::Paragraphs => list.each(&all, "div", "p", out),
        ListForm::Divs => list.divs(&all, out),
        ListForm::Breaks => list.breaks(&all, out),
        // Two boxes hold a whole date; a day without its year stands in a list of years, or as a list has it.
        ListForm::Cards if !has_year(date) => list.ul(&all, out),
        ListForm::Cards => list.cards(&all, out),
        ListForm::Years => list.years(&all, out),
        ListForm::Rows => list.rows(&all, out),
        ListForm::Summaries => list.summaries(&all, out),
    }
}

const fn has_year(date: ListDate) -> bool {
    !matches!(
        date,
        ListDate::Hidden
            | ListDate::MonthDay
            | ListDate::BracketMonthDay
            | ListDate::ParensMonthDay
            | ListDate::ChineseMonthDay
            | ListDate::SlashMonthDay
    )
}

impl List<'_> {
    fn date(&self, t: DateTime) -> String {
        list_date(self.date, t)
    }

    /// The link with its title, cut short on some sites with the whole of it as a hint.
    fn link(&self, a: &Article, out: &mut String) {
        let look = &self.site.skin.look;
        let count = a.title.chars().count();
        let cut = look.strength >= 2 && look.stream("cut titles").percent(25) && count > 24;
        let shown: String = if cut {
            a.title.chars().take(22).chain("…".chars()).collect()
        } else {
            a.title.clone()
        };
        let hint = if cut || look.stream("hints").percent(60) {
            format!(" title=\"{}\"", a.title)
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "<a href=\"{}\"{hint}>{shown}</a>",
            href_from(self.site, self.from, &a.address)
        );
    }

    fn ul(&self, all: &[&Article], out: &mut String) {
        out.push_str("<ul>");
        for a in all {
            let date = self.date(a.published);
            out.push_str("<li>");
            if self.site.skin.date_first {
                let _ = write!(out, "<span class=\"f\">{date}</span>");
                self.link(a, out);
            } else {
                self.link(a, out);
                let _ = write!(out, "<span>{date}</span>");
            }
            out.push_str("</li>");
        }
        out.push_str("</ul>");
    }

    fn table(&self, all: &[&Article], out: &mut String) {
        out.push_str("<table width=\"100%\">");
        for a in all {
            let date = self.date(a.published);
            if self.site.skin.date_first {
                let _ = write!(out, "<tr><td>{date}</td><td>·");
                self.link(a, out);
                out.push_str("</td></tr>");
            } else {
                out.push_str("<tr><td>·");
                self.link(a, out);
                let _ = write!(out, "</td><td align=\"right\">{date}</td></tr>");
            }
        }
        out.push_str("</table>");
    }

    fn tables(&self, all: &[&Article], out: &mut String) {
        let bullet = href(self.site, "/images/mark1.png");
        for a in all {
            let _ = write!(
                out,
                "<table width=\"98%\" border=\"0\" cellspacing=\"0\" cellpadding=\"2\"><tr><td width=\"16\"><img src=\"{bullet}\" width=\"5\" height=\"5\"></td><td>"
            );
            self.link(a, out);
            let _ = write!(
                out,
                "</td><td width=\"120\" align=\"right\"><font color=\"#999999\">{}</font></td></tr></table>",
                self.date(a.published)
            );
        }
    }

    fn pairs(&self, all: &[&Article], out: &mut String) {
        out.push_str("<dl>");
        for a in all {
            out.push_str("<dt>");
            self.link(a, out);
            let _ = write!(out, "</dt><dd>{}</dd>", self.date(a.published));
        }
        out.push_str("</dl>");
    }

    fn each(&self, all: &[&Article], outer: &str, inner: &str, out: &mut String) {
        let _ = write!(out, "<{outer} class=\"{}\">", self.site.skin.class(28));
        for a in all {
            let _ = write!(out, "<{inner}>");
            self.link(a, out);
            let _ = write!(out, " <span>{}</span></{inner}>", self.date(a.published));
        }
        let _ = write!(out, "</{outer}>");
    }

    fn divs(&self, all: &[&Article], out: &mut String) {
        let s = &self.site.skin;
        let _ = write!(out, "<div class=\"{}\">", s.class(28));
        for a in all {
            let _ = write!(
                out,
                "<div class=\"item\"><div class=\"{}\"><div>",
                s.class(29)
            );
            self.link(a, out);
            let _ = write!(
                out,
                "</div></div><div class=\"{}\">{}</div></div>",
                s.class(30),
                self.date(a.published)
            );
        }
        out.push_str("</div>");
    }

    fn breaks(&self, all: &[&Article], out: &mut String) {
        let _ = write!(out, "<div class=\"{}\">", self.site.skin.class(28));
        for a in all {
            let date = self.date(a.published);
            if self.site.skin.date_first {
                let _ = write!(out, "{date}&nbsp;");
                self.link(a, out);
            } else {
                out.push_str("· ");
                self.link(a, out);
                let _ = write!(out, "&nbsp;&nbsp;{date}");
            }
            out.push_str("<br>");
        }
        out.push_str("</div>");
    }

    fn cards(&self, all: &[&Article], out: &mut String) {
        let s = &self.site.skin;
        let form = s.look.stream("cards").below(4);
        out.push_str("<div class=\"row\">");
        for a in all {
            let t = a.published;
            let (y, m, d) = (t.year(), t.month(), t.day());
            let (first, second) = match form {
                0 => (format!("{d:02}"), format!("{y}-{m:02}")),
                1 => (format!("{d:02}"), format!("{y}.{m:02}")),
                2 => (format!("{m:02}-{d:02}"), y.to_string()),
                _ => (format!("{d:02}"), format!("{y}年{m:02}月")),
            };
            let _ = write!(
                out,
                "<div class=\"item\"><div class=\"day\"><b>{first}</b><i>{second}</i></div><div class=\"txt\"><h4>"
            );
            self.link(a, out);
            out.push_str("</h4></div></div>");
        }
        out.push_str("</div>");
    }

    fn years(&self, all: &[&Article], out: &mut String) {
        if self.date == ListDate::Hidden {
            return self.ul(all, out);
        }
        let mut year = 0;
        for a in all {
            let t = a.published;
            if t.year() != year {
                if year != 0 {
                    out.push_str("</ul>");
                }
                year = t.year();
                let _ = write!(out, "<h4>{year}年</h4><ul>");
            }
            out.push_str("<li>");
            self.link(a, out);
            let _ = write!(out, " ({:02}-{:02})</li>", t.month(), t.day());
        }
        if year != 0 {
            out.push_str("</ul>");
        }
    }

    fn rows(&self, all: &[&Article], out: &mut String) {
        let s = &self.site.skin;
        let _ = write!(out, "<div class=\"{}\">", s.class(28));
        for a in all {
            let _ = write!(
                out,
                "<a class=\"item\" href=\"{}\"><span class=\"{}\">{}</span><em>{}</em></a>",
                href_from(self.site, self.from, &a.address),
                s.class(29),
                a.title,
                self.date(a.published)
            );
        }
        out.push_str("</div>");
    }

    fn summaries(&self, all: &[&Article], out: &mut String) {
        let s = &self.site.skin;
        let sentence = s.look.say(
            &["为进一步规范工作，根据2019年5月1日起施行的有关条例，现就相关事项予以发布。"],
            &[
                "相关工作自2021-06-01启动以来进展顺利，有关情况现予公布。",
                "请有关单位认真阅读，按要求做好贯彻落实。",
            ],
        );
        let _ = write!(out, "<div class=\"{}\">", s.class(28));
        for a in all {
            out.push_str("<div class=\"item\"><h4>");
            self.link(a, out);
            let date = self.date(a.published);
            let word = if has_year(self.date) && self.date != ListDate::Worded {
                s.say(&["时间：", "发布时间："], &["发布日期：", "日期：", ""])
            } else {
                ""
            };
            let _ = write!(
                out,
                "</h4><p>{sentence}</p><div class=\"{}\"><span>来源：{}</span> <span>{word}{date}</span> <span>浏览：{}</span></div></div>",
                s.class(29),
                a.source,
                20 + a.title.len() * 7 % 500
            );
        }
        out.push_str("</div>");
    }
}
