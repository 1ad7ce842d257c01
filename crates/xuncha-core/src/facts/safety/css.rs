//! 隐藏样式: what a style declares that takes its element out of a reader's sight.

use std::collections::BTreeMap;

/// How an element is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    DisplayNone,
    Visibility,
    Opacity,
    TextIndent,
    FontSize,
    Clip,
    OffScreen,
    Margin,
    NoHeight,
    NoWidth,
    Transform,
    Behind,
    Transparent,
    SameColour,
    Marquee,
    Letters,
    Content,
}

impl Way {
    /// Its name in facts and findings.
    pub fn name(self) -> &'static str {
        match self {
            Way::DisplayNone => "display_none",
            Way::Visibility => "visibility_hidden",
            Way::Opacity => "opacity",
            Way::TextIndent => "text_indent",
            Way::FontSize => "font_size",
            Way::Clip => "clip",
            Way::OffScreen => "off_screen",
            Way::Margin => "margin",
            Way::NoHeight => "no_height",
            Way::NoWidth => "no_width",
            Way::Transform => "transform",
            Way::Behind => "z_index",
            Way::Transparent => "transparent",
            Way::SameColour => "same_colour",
            Way::Marquee => "marquee",
            Way::Letters => "letter_spacing",
            Way::Content => "content_visibility",
        }
    }

    /// Whether pages hide so what they show later: menus, tabs, sliders.
    pub fn is_usual(self) -> bool {
        matches!(
            self,
            Way::DisplayNone
                | Way::Visibility
                | Way::Opacity
                | Way::Transform
                | Way::Content
                | Way::NoHeight
                | Way::NoWidth
                | Way::OffScreen
                | Way::Behind
        )
    }
}

/// What one style declares, as far as it bears on being seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// The ways by which it hides by itself.
    pub hides: Option<Way>,
    /// Colour of the text.
    pub colour: Option<[u8; 3]>,
    /// Colour behind it.
    pub background: Option<[u8; 3]>,
}

/// Lengths beyond this take an element off the screen.
const FAR_PX: f32 = 500.0;

/// Reads the declarations of a `style` attribute or of a rule's block.
pub(super) fn declared(style: &str) -> Style {
    let mut read = Style::default();
    let style = style.to_ascii_lowercase();
    let mut values: Vec<(&str, &str)> = Vec::new();
    for declaration in style.split(';').take(40) {
        if let Some((name, value)) = declaration.split_once(':') {
            let value = value.trim().trim_end_matches("!important");
            values.push((name.trim(), value.trim_end()));
        }
    }
    // What is declared last holds.
    let declared = |name: &str| values.iter().rev().find(|(known, _)| *known == name);
    let value = |name: &str| declared(name).map(|(_, value)| *value);
    let pixels = |name: &str| value(name).and_then(length);
    let is_cut = ["overflow", "overflow-x", "overflow-y"]
        .iter()
        .any(|name| matches!(value(name), Some("hidden" | "clip")));
    let is_placed = matches!(value("position"), Some("absolute" | "fixed" | "relative"));
    let small = |name: &str, most: f32| pixels(name).is_some_and(|px| px.abs() <= most);
    let far = |name: &str| pixels(name).is_some_and(|px| px <= -FAR_PX);
    // A share of what is left over, a least side, or room within: what begins with nothing is seen all the same. Texts that end in
    // dots stand in cells whose greatest width is nothing.
    let grows = |least: &str, room: &[&str]| {
        let share = |name: &str| {
            let share = value(name).and_then(|value| value.split_whitespace().next());
            share.is_some_and(|share| share == "auto" || length(share).is_some_and(|one| one > 0.0))
        };
        share("flex")
            || share("flex-grow")
            || pixels(least).is_some_and(|px| px > 1.0)
            || room
                .iter()
                .any(|side| pixels(side).is_some_and(|px| px > 1.0))
    };
    let way = if value("display") == Some("none") {
        Some(Way::DisplayNone)
    } else if matches!(value("visibility"), Some("hidden" | "collapse")) {
        Some(Way::Visibility)
    } else if value("content-visibility") == Some("hidden") {
        Some(Way::Content)
    } else if is_zero(value("opacity"))
        || value("filter").is_some_and(|filter| {
            let filter: String = filter.chars().filter(|c| !c.is_whitespace()).collect();
            filter.contains("opacity=0)") || filter.contains("opacity(0)")
        })
    {
        Some(Way::Opacity)
    } else if far("text-indent") {
        Some(Way::TextIndent)
    } else if small("font-size", 1.0) || value("font").is_some_and(|font| font.starts_with("0/")) {
        Some(Way::FontSize)
    } else if value("clip").is_some_and(is_nothing) || value("clip-path").is_some_and(is_nothing) {
        Some(Way::Clip)
    } else if is_placed
        && ["left", "top", "right", "bottom"]
            .iter()
            .any(|side| far(side))
    {
        Some(Way::OffScreen)
    } else if ["margin-left", "margin-top", "margin-right"]
        .iter()
        .any(|side| far(side))
        || value("margin").is_some_and(|margin| {
            margin
                .split_whitespace()
                .filter_map(length)
                .any(|px| px <= -FAR_PX)
        })
    {
        Some(Way::Margin)
    } else if is_cut
        && !grows("min-height", &["padding-top", "padding-bottom"])
        && (small("height", 1.0) || small("max-height", 1.0) || small("line-height", 0.5))
    {
        Some(Way::NoHeight)
    } else if is_cut
        && value("text-overflow").is_none()
        && !grows("min-width", &["padding-left", "padding-right"])
        && (small("width", 1.0) || small("max-width", 1.0))
    {
        Some(Way::NoWidth)
    } else if value("transform").is_some_and(|to| {
        let to: String = to.chars().filter(|c| !c.is_whitespace()).collect();
        ["scale(0)", "scale(0,0)", "scalex(0)", "scaley(0)"]
            .iter()
            .any(|zero| to.contains(zero))
            || to
                .split(['(', ','])
                .filter_map(|part| length(part.trim_end_matches(')')))
                .any(|px| px <= -FAR_PX)
    }) {
        Some(Way::Transform)
    } else if is_placed && pixels("z-index").is_some_and(|level| level < 0.0) {
        Some(Way::Behind)
    } else if pixels("letter-spacing").is_some_and(|px| px <= -20.0) {
        Some(Way::Letters)
    } else if value("color") == Some("transparent") || value("color").is_some_and(has_no_alpha) {
        Some(Way::Transparent)
    } else {
        None
    };
    read.hides = way;
    read.colour = value("color").and_then(colour);
    read.background = value("background-color").and_then(colour).or_else(|| {
        let background = value("background")?;
        background.split_whitespace().find_map(colour)
    });
    if read.hides.is_none() && read.colour.is_some() && read.colour == read.background {
        read.hides = Some(Way::SameColour);
    }
    read
}

fn is_zero(value: Option<&str>) -> bool {
    value
        .and_then(|value| value.trim_end_matches('%').parse::<f32>().ok())
        .is_some_and(|value| value <= 0.01)
}

/// A length in pixels, roughly.
fn length(value: &str) -> Option<f32> {
    let value = value.trim();
    let end = value
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(value.len());
    let number: f32 = value[..end].parse().ok()?;
    let unit = match &value[end..] {
        "em" | "rem" => 16.0,
        "pt" => 1.3,
        "%" | "vw" | "vh" => 10.0,
        _ => 1.0,
    };
    Some(number * unit)
}

/// Whether a clipping leaves nothing: `rect(0,0,0,0)`, `rect(1px 1px 1px 1px)`, `inset(50%)`, `circle(0)`.
fn is_nothing(clip: &str) -> bool {
    let inner = clip.split(['(', ')']).nth(1).unwrap_or_default();
    let sides: Vec<f32> = inner
        .split([',', ' '])
        .filter(|side| !side.is_empty())
        .filter_map(length)
        .collect();
    if clip.starts_with("rect") {
        return sides.len() == 4 && sides.iter().all(|side| side.abs() <= 1.0);
    }
    let is_inset = clip.starts_with("inset") && sides.first().is_some_and(|side| *side >= 500.0);
    is_inset || clip.starts_with("circle") && sides.first().is_some_and(|side| *side == 0.0)
}

fn has_no_alpha(colour: &str) -> bool {
    colour.starts_with("rgba")
        && colour
            .trim_end_matches(')')
            .rsplit([',', '/'])
            .next()
            .is_some_and(|alpha| is_zero(Some(alpha.trim())))
}

/// A colour by name, `#rgb`, `#rrggbb` or `rgb()`.
pub(super) fn colour(value: &str) -> Option<[u8; 3]> {
    let value = value.trim();
    if let Some(digits) = value.strip_prefix('#') {
        let wide: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let part = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok();
        return Some([part(0)?, part(2)?, part(4)?]);
    }
    if let Some(inner) = value.strip_prefix("rgb(") {
        let mut parts = inner
            .trim_end_matches(')')
            .split(',')
            .map(|part| part.trim().parse());
        let mut next = || parts.next()?.ok();
        return Some([next()?, next()?, next()?]);
    }
    let named = match value {
        "white" => [255, 255, 255],
        "black" => [0, 0, 0],
        "red" => [255, 0, 0],
        "blue" => [0, 0, 255],
        "green" => [0, 128, 0],
        "yellow" => [255, 255, 0],
        "gray" | "grey" => [128, 128, 128],
        _ => return None,
    };
    Some(named)
}

/// Names that are looked for in style sheets.
pub(super) struct Wanted<'a> {
    classes: Vec<&'a str>,
    ids: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Of the values of `class` and `id`, as often as they stand.
    pub fn new(classes: Vec<&'a str>, ids: Vec<&'a str>) -> Wanted<'a> {
        // Elements side by side have the same classes: whole values once, then names once.
        let classes = once(classes).into_iter();
        let classes = once(classes.flat_map(str::split_ascii_whitespace).collect());
        let ids = ids.into_iter().map(str::trim);
        let ids = once(ids.filter(|id| !id.is_empty()).collect());
        Wanted { classes, ids }
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty() && self.ids.is_empty()
    }

    fn has(&self, selector: &str) -> bool {
        match selector.split_at_checked(1) {
            Some((".", class)) => self.classes.binary_search(&class).is_ok(),
            Some(("#", id)) => self.ids.binary_search(&id).is_ok(),
            _ => false,
        }
    }
}

/// Names in order, each once.
fn once(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names.dedup();
    names
}

/// Classes and ids (with `.` and `#`) among the wanted ones that the rules of a style sheet hide. Only rules of one name are read: what
/// a rule of several hides depends on what stands around it. Rules for other screens do not count.
pub(super) fn hidden_names(css: &str, wanted: &Wanted, into: &mut BTreeMap<String, Way>) {
    const RULES_MAX: usize = 5000;
    let mut rest = css;
    for _ in 0..RULES_MAX {
        let Some(open) = memchr::memchr(b'{', rest.as_bytes()) else {
            return;
        };
        let selectors = rest[..open]
            .rsplit([';', '/'])
            .next()
            .unwrap_or_default()
            .trim();
        let is_conditional = rest[..open].contains('@');
        let inner = &rest[open + 1..];
        let end = match is_conditional {
            true => end_of_nested(inner),
            false => memchr::memchr(b'}', inner.as_bytes()),
        };
        let Some(end) = end else {
            return;
        };
        rest = &inner[end + 1..];
        if is_conditional {
            continue;
        }
        let named = selectors.split(',').map(str::trim);
        let hit = |selector: &&str| wanted.has(selector);
        let mut named = named.filter(hit).peekable();
        if named.peek().is_none() {
            continue;
        }
        if let Some(way) = declared(&inner[..end]).hides {
            into.extend(named.map(|name| (name.to_owned(), way)));
        }
    }
}

/// Where a block that holds blocks ends.
fn end_of_nested(css: &str) -> Option<usize> {
    let mut depth = 0;
    memchr::memchr2_iter(b'{', b'}', css.as_bytes()).find(|at| match css.as_bytes()[*at] {
        b'{' => {
            depth += 1;
            false
        }
        _ if depth == 0 => true,
        _ => {
            depth -= 1;
            false
        }
    })
}
