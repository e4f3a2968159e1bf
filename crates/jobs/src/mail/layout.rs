//! How a mail looks: one column, the words large enough to read on a phone, light and dark, and the same as plain text.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::fmt::Write;

/// A written mail, before it has a shape.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    /// The language's tag.
    pub(super) language: &'static str,
    pub(super) subject: &'a str,
    pub(super) greeting: &'a str,
    pub(super) paragraphs: &'a [String],
    /// What the film's poster shows, where it goes along.
    pub(super) poster: Option<&'a str>,
    /// Names and values.
    pub(super) facts: &'a [(&'static str, String)],
    pub(super) button: Option<&'a (&'static str, String)>,
    /// Said below the button, in a lower voice.
    pub(super) note: Option<&'a str>,
    /// Where the studio is.
    pub(super) home: &'a str,
    /// Why the mail came.
    pub(super) because: &'a str,
    /// What stops mails of this topic, and where.
    pub(super) unsubscribe: Option<&'a (&'static str, String)>,
}

/// Programs that know of these take them; the others keep what is written at each element, which is light.
const STYLE: &str = "\
    @media (max-width:480px){.pad{padding-left:20px!important;padding-right:20px!important}\
    .edge{padding:12px 8px 24px!important}.press{display:block!important;text-align:center}}\
    @media (prefers-color-scheme:dark){.page{background:#131217!important}.card{background:#1e1d24!important}\
    .ink{color:#f1f0f5!important}.soft{color:#a9a7b4!important}.brand{color:#ff9d73!important}\
    .rule{border-color:#35333f!important}}";
const FONT: &str =
    "font-family:Pretendard,-apple-system,'Segoe UI','Apple SD Gothic Neo','Malgun Gothic',sans-serif";
/// Korean breaks between words, and an address that is too long breaks anywhere.
const BREAKS: &str = "word-break:keep-all;overflow-wrap:anywhere;";

pub(super) fn html(page: &Page<'_>) -> String {
    let document = html! {
        (DOCTYPE)
        html lang=(page.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                title { (page.subject) }
                style { (PreEscaped(STYLE)) }
            }
            body class="page" style="margin:0;padding:0;background:#f4f3f7" {
                // Shown beside the subject in lists of mails, and nowhere else.
                div style="display:none;max-height:0;overflow:hidden" {
                    (page.paragraphs.first().map_or("", String::as_str))
                }
                table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" {
                    tr { td class="edge" align="center" style="padding:32px 12px" { (card(page)) } }
                }
            }
        }
    };
    document.into_string()
}

fn card(page: &Page<'_>) -> Markup {
    html! {
        table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
            style="max-width:560px;background:#ffffff;border-radius:16px" {
            tr { td class="pad" style="padding:28px 32px 0" {
                a class="brand" href=(page.home) style={
                    "color:#b8441a;font-size:15px;line-height:20px;font-weight:700;letter-spacing:-0.01em;"
                    "text-decoration:none;" (FONT)
                } { "MelodyVision" }
            } }
            tr { td class="pad" style="padding:20px 32px 0" {
                h1 class="ink" style={
                    "margin:0;color:#1c1b22;font-size:23px;line-height:31px;font-weight:700;letter-spacing:-0.015em;"
                    (BREAKS) (FONT)
                } { (page.subject) }
            } }
            @if let Some(title) = page.poster {
                tr { td class="pad" style="padding:20px 32px 0" { (poster(title, page.button)) } }
            }
            tr { td class="pad" style="padding:20px 32px 0" {
                @for text in std::iter::once(page.greeting).chain(page.paragraphs.iter().map(String::as_str)) {
                    p class="ink" style={
                        "margin:0 0 12px;color:#1c1b22;font-size:16px;line-height:26px;white-space:pre-line;"
                        (BREAKS) (FONT)
                    } { (text) }
                }
            } }
            @if !page.facts.is_empty() {
                tr { td class="pad" style="padding:8px 32px 0" { (facts(page.facts)) } }
            }
            @if let Some((label, link)) = page.button {
                tr { td class="pad" style="padding:20px 32px 0" { (button(label, link)) } }
            }
            @if let Some(note) = page.note {
                tr { td class="pad" style="padding:16px 32px 0" { (quiet(note)) } }
            }
            tr { td class="pad" style="padding:28px 32px 28px" { (footer(page)) } }
        }
    }
}

fn poster(title: &str, button: Option<&(&'static str, String)>) -> Markup {
    let picture = html! {
        img src="cid:poster" alt=(title) width="496"
            style="display:block;width:100%;height:auto;border:0;border-radius:12px";
    };
    match button {
        Some((_, link)) => html! { a href=(link) style="text-decoration:none" { (picture) } },
        None => picture,
    }
}

fn facts(facts: &[(&'static str, String)]) -> Markup {
    html! {
        table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" {
            @for (name, value) in facts {
                tr {
                    td class="soft rule" valign="top" style={
                        "padding:10px 16px 10px 0;border-top:1px solid #e6e4ec;color:#65636f;font-size:14px;"
                        "line-height:20px;white-space:nowrap;" (FONT)
                    } { (name) }
                    td class="ink rule" align="right" style={
                        "padding:10px 0;border-top:1px solid #e6e4ec;color:#1c1b22;font-size:14px;line-height:20px;"
                        "font-weight:600;font-variant-numeric:tabular-nums;" (BREAKS) (FONT)
                    } { (value) }
                }
            }
        }
    }
}

fn button(label: &str, link: &str) -> Markup {
    html! {
        a class="press" href=(link) style={
            "display:inline-block;background:#ff8959;color:#1c1b22;padding:14px 26px;border-radius:10px;"
            "font-size:16px;line-height:20px;font-weight:700;text-decoration:none;" (FONT)
        } { (label) }
    }
}

fn quiet(text: &str) -> Markup {
    html! {
        p class="soft" style={
            "margin:0;color:#65636f;font-size:13px;line-height:20px;" (BREAKS) (FONT)
        } { (text) }
    }
}

fn footer(page: &Page<'_>) -> Markup {
    let korean = page.language == "ko";
    html! {
        div class="rule" style="border-top:1px solid #e6e4ec;padding-top:16px" {
            @if let Some((_, link)) = page.button {
                (quiet(if korean { "버튼이 눌리지 않으면 이 주소를 열어 주세요." } else { "If the button does not work, open this address:" }))
                p style="margin:2px 0 14px" {
                    a class="soft" href=(link) style={
                        "color:#65636f;font-size:13px;line-height:20px;word-break:break-all;" (FONT)
                    } { (link) }
                }
            }
            (quiet(page.because))
            @if let Some((label, link)) = page.unsubscribe {
                p style="margin:4px 0 0" {
                    a class="soft" href=(link) style={ "color:#65636f;font-size:13px;line-height:20px;" (FONT) } {
                        (label)
                    }
                }
            }
        }
    }
}

pub(super) fn text(page: &Page<'_>) -> String {
    let mut text = format!("{}\n", page.greeting);
    for paragraph in page.paragraphs {
        let _ = writeln!(text, "\n{paragraph}");
    }
    if !page.facts.is_empty() {
        text.push('\n');
    }
    for (name, value) in page.facts {
        let _ = writeln!(text, "{name}: {value}");
    }
    if let Some((label, link)) = page.button {
        let _ = writeln!(text, "\n{label}:\n{link}");
    }
    if let Some(note) = page.note {
        let _ = writeln!(text, "\n{note}");
    }
    // What programs know as the line above a signature ends in a space.
    let _ = writeln!(text, "\n-- \nMelodyVision\n{}", page.because);
    if let Some((label, link)) = page.unsubscribe {
        let _ = writeln!(text, "{label}: {link}");
    }
    text
}
