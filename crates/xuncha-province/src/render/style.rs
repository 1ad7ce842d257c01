//! The style sheet.

use crate::content::Site;

/// The style sheet: enough for a page to look like one of its kind.
pub fn style(site: &Site) -> String {
    let s = &site.skin;
    let (colour, accent) = (s.colour, s.accent);
    let sheet = format!(
        "body{{margin:0;font:14px/1.9 \"Microsoft YaHei\",\"Noto Sans CJK SC\",SimSun,sans-serif;color:#333;background:#f5f5f5}}\
         a{{color:#333;text-decoration:none}}a:hover{{color:{colour}}}ul{{list-style:none;margin:0;padding:0}}\
         .w{{max-width:1100px;margin:0 auto;overflow:visible}}.r{{float:right}}\
         .{top}{{background:#fff}}.{strip}{{font-size:12px;color:#777}}\
         .banner{{background:linear-gradient(120deg,{accent},#fff 45%,{accent});padding:20px 0;border-top:4px solid {colour}}}\
         .banner img{{vertical-align:middle;margin-right:18px}}.banner h1{{display:inline-block;vertical-align:middle;margin:0;font-size:36px;color:{colour};letter-spacing:3px}}\
         .nav{{background:{colour};min-height:44px}}.nav ul{{display:flex}}.nav li,.nav td{{flex:1;text-align:center;position:relative;line-height:44px}}\
         .nav a{{color:#fff;font-size:16px}}.nav .sub{{display:none;position:absolute;background:#fff;border:1px solid {colour};z-index:9;width:150px}}\
         .nav li:hover .sub,.nav td:hover .sub{{display:block}}.nav .sub a{{display:block;color:#333;font-size:14px;line-height:32px}}\
         .find{{text-align:right;padding:6px 0;max-width:1100px;margin:0 auto}}.find input{{padding:3px 6px}}\
         .crumb{{border-bottom:1px solid #ddd;padding:8px 0;color:#777}}\
         .box{{background:#fff;border:1px solid #e3e3e3;border-top:2px solid {colour};margin:10px 0;padding:6px 14px}}\
         .box h3{{margin:0 0 6px;color:{colour};border-bottom:1px solid #eee;font-size:17px}}.box h3 a.more{{float:right;font-size:12px;color:#999}}\
         .row{{display:flex;gap:14px}}.row>*{{flex:1;min-width:0}}.box li{{border-bottom:1px dashed #eee;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}}\
         .box li span{{color:#999;float:right}}.box li span.f{{float:none;margin-right:8px}}.pic img{{width:100%;height:270px;object-fit:cover}}\
         .icons{{display:flex;flex-wrap:wrap;gap:10px}}.icons a{{flex:0 0 23%;background:{accent};padding:12px 0;text-align:center;border-radius:4px}}\
         .art h2{{text-align:center;font-size:24px}}.art .i{{text-align:center;color:#888;border-bottom:1px solid #eee;padding-bottom:8px}}.art p{{text-indent:2em;font-size:16px}}\
         table.g{{border-collapse:collapse;width:100%}}table.g td,table.g th{{border:1px solid #ccc;padding:6px 10px}}table.g th{{background:{accent};width:140px}}\
         dl.g dt{{font-weight:bold;color:{colour}}}.tabs a{{display:inline-block;padding:2px 14px;background:{accent};margin-right:6px}}\
         .foot{{background:{colour};color:#fff;text-align:center;padding:14px 0;font-size:13px;line-height:1.7}}.foot a{{color:#fff}}.foot p{{margin:4px 0}}.foot img{{vertical-align:middle}}\
         .pages{{text-align:center;padding:12px}}.pages a{{border:1px solid #ddd;padding:2px 9px;margin:0 3px;background:#fff}}\
         @media (max-width:600px){{.nav ul,.row,.icons{{flex-wrap:wrap}}.nav li{{flex:0 0 25%}}.row>*{{flex:1 1 100%;box-sizing:border-box}}.banner h1{{font-size:20px;letter-spacing:0}}\
         img{{max-width:100%}}td,th,p,li,dd{{word-break:break-all}}.find input{{max-width:55%}}}}",
        top = s.class(0),
        strip = s.class(1),
    );
    with_own_names(site, &sheet)
}

/// The site's own names in place of the templates' roles.
fn with_own_names(site: &Site, sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len() + 200);
    for (nth, part) in sheet.split('.').enumerate() {
        if nth > 0 {
            out.push('.');
        }
        let end = part
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(part.len());
        match site.skin.role(&part[..end]) {
            Some(own) if nth > 0 => {
                out.push_str(own);
                out.push_str(&part[end..]);
            }
            _ => out.push_str(part),
        }
    }
    out
}
