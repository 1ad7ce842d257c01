//! The addresses of each family. To add a family: a variant of [`Family`], its arms here, its arms in `render`.

use jiff::civil::DateTime;

use crate::model::Family;
use crate::rng::Rng;

/// Address of a column; `group` is the slug of its parent, empty for a first-level column.
#[must_use]
pub fn column(family: Family, id: usize, group: &str, slug: &str) -> String {
    let folder = if group.is_empty() {
        format!("/{slug}")
    } else {
        format!("/{group}/{slug}")
    };
    match family {
        Family::Jpage => format!("/col/col{}/index.html", 1200 + id),
        Family::Trs => format!("{folder}/"),
        Family::Kaipu => format!("{folder}/list.html"),
        Family::Aspx => format!("/NewsList.aspx?cid={}", id + 3),
        Family::Shtml => format!("{folder}/index.shtml"),
        Family::Boda => format!("{folder}.htm"),
        Family::Script => format!("/channel/{}.html", 300 + id),
        Family::Frames => format!("/list/{}.html", 10 + id),
        Family::Nested => format!("/list.asp?classid={}", id + 1),
        Family::Hashed => format!("/channel/{}", hex("column", id)),
        Family::Cards => format!("{folder}/index.html"),
        Family::Datastore => format!("/col/col{}/index.html", 58_000 + id),
    }
}

/// Address of the `page`-th page (from 1) of `pages` of a column at `first`.
#[must_use]
pub fn column_page(family: Family, first: &str, page: usize, pages: usize) -> String {
    if page <= 1 {
        return first.to_owned();
    }
    match family {
        Family::Jpage => first.replace("index.html", &format!("index_{page}.html")),
        Family::Trs => format!("{first}index_{}.html", page - 1),
        Family::Kaipu => format!("{first}?page={page}"),
        Family::Aspx => format!("{first}&page={page}"),
        Family::Shtml => first.replace("index.shtml", &format!("index_{page}.shtml")),
        Family::Boda => format!(
            "{}/{}.htm",
            first.trim_end_matches(".htm"),
            pages + 1 - page
        ),
        Family::Script | Family::Frames => first.replace(".html", &format!("_{page}.html")),
        Family::Nested => format!("{first}&page={page}"),
        Family::Hashed => format!("{first}?p={page}"),
        Family::Cards => first.replace("index.html", &format!("index_{page}.html")),
        Family::Datastore => format!("{first}?uid=87&pageNum={page}"),
    }
}

/// Address of an article.
#[must_use]
pub fn article(
    family: Family,
    column_address: &str,
    column_id: usize,
    id: usize,
    published: DateTime,
) -> String {
    let (y, m, d) = (published.year(), published.month(), published.day());
    let folder = column_address
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    match family {
        Family::Jpage => format!(
            "/art/{y}/{m}/{d}/art_{}_{}.html",
            1200 + column_id,
            20_000 + id
        ),
        Family::Trs => format!(
            "{folder}/{y}{m:02}/t{y}{m:02}{d:02}_{}.html",
            410_000 + id * 7
        ),
        Family::Kaipu => format!("{folder}/content_{}.html", 5000 + id),
        Family::Aspx => format!("/NewsShow.aspx?id={}", 700 + id),
        Family::Shtml => format!("/html/{y}/{m:02}{d:02}/{}.shtml", 3000 + id),
        Family::Boda => format!("/info/{}/{}.htm", 1000 + column_id, 1100 + id),
        Family::Script => format!("/article/{}.html", 90_000 + id),
        Family::Frames => format!("/show/{}.html", 100 + id),
        Family::Nested => format!("/shownews.asp?id={}", 300 + id),
        Family::Hashed => format!("/detail/{}", hex("article", id)),
        Family::Cards => format!("/c/{y}-{m:02}-{d:02}/{}.html", 510_000 + id * 3),
        Family::Datastore => format!(
            "/art/{y}/{m}/{d}/art_{}_{}.html",
            58_000 + column_id,
            880_000 + id
        ),
    }
}

/// A number as systems of our days write identifiers.
fn hex(what: &str, id: usize) -> String {
    format!("{:016x}", Rng::new(id as u64, what).next_u64())
}

/// Address of a page that is neither column nor article, such as the service directory; `name` is a plain word.
#[must_use]
pub fn special(family: Family, name: &str) -> String {
    match family {
        Family::Jpage | Family::Cards | Family::Datastore => format!("/{name}/index.html"),
        Family::Trs => format!("/{name}/"),
        Family::Nested => format!("/{name}.asp"),
        Family::Hashed => format!("/{name}"),
        Family::Kaipu | Family::Script | Family::Frames => format!("/{name}.html"),
        Family::Aspx => format!("/{name}.aspx"),
        Family::Shtml => format!("/{name}/index.shtml"),
        Family::Boda => format!("/{name}.htm"),
    }
}

/// Address of the `id`-th page below a special page, such as a service guide.
#[must_use]
pub fn below(family: Family, name: &str, id: usize) -> String {
    match family {
        Family::Aspx => format!("/{name}Show.aspx?id={id}"),
        Family::Nested => format!("/{name}_show.asp?id={id}"),
        Family::Hashed => format!("/{name}/{}", hex(name, id)),
        Family::Shtml => format!("/{name}/{id}.shtml"),
        Family::Boda => format!("/{name}/{id}.htm"),
        _ => format!("/{name}/{id}.html"),
    }
}
