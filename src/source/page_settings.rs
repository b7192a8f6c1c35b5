//! What a recipe says about its pages: which forms they have, what the pending one may show, and
//! what becomes of their address in the end.

use super::toml::Section;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Spanned;

/// One page at three times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageForm {
    /// Before the page opens.
    Pending,
    /// While it is open.
    Live,
    /// After it has closed.
    Ended,
}

impl PageForm {
    /// Every form, in the order of time.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Live, Self::Ended];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Live => "live",
            Self::Ended => "ended",
        }
    }

    /// What stands in a file's name before its extension.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Pending => ".pending",
            Self::Live => "",
            Self::Ended => ".ended",
        }
    }
}

/// How a recipe's pages come and go.
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// The forms that are built, in the order of time; `live` is always one of them.
    pub forms: Vec<PageForm>,
    /// Fields that the pending form may show: `partner.name`.
    pub pending_shows: Vec<Spanned<String>>,
    /// Search engines may list the live form.
    pub index: bool,
    /// Days that the ended form stands; for ever where nothing is said.
    pub ended_days: Option<u32>,
    /// Name of the declared address that the route leads to afterwards.
    pub redirect_to: Option<Spanned<String>>,
}

impl Default for PageSettings {
    fn default() -> Self {
        Self {
            forms: vec![PageForm::Live],
            pending_shows: Vec::new(),
            index: true,
            ended_days: None,
            redirect_to: None,
        }
    }
}

/// A page that nobody looks at for ten years is not coming back.
const MAX_ENDED_DAYS: usize = 3_650;

pub(super) fn read_page_settings(
    section: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> PageSettings {
    let forms = section.entry("forms").map(|entry| (entry.span(), entry.texts(diagnostics)));
    let mut settings = PageSettings::default();
    if let Some((span, names)) = forms {
        settings.forms = read_forms(&names, diagnostics);
        if !settings.forms.contains(&PageForm::Live) {
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, span, "a page without its live form is none")
                    .help("add `live` to `forms`"),
            );
        }
    }
    settings.pending_shows = section.texts("pending_shows", diagnostics);
    settings.index = section.entry("index").and_then(|one| one.flag(diagnostics)).unwrap_or(true);
    let days = section.entry("ended_days").and_then(|entry| entry.number(diagnostics));
    settings.redirect_to = section.maybe_text("redirect_to", diagnostics);
    let mut fail = |span, message: &str, help: &str| {
        diagnostics.push(Diagnostic::error(Code::BadSetting, span, message).help(help));
    };
    match (&days, &settings.redirect_to) {
        (Some(days), None) => fail(
            days.span,
            "`ended_days` says until when the page stands, and nothing says what comes then",
            "add `redirect_to` with the name of an address in [declared]",
        ),
        (None, Some(to)) => fail(
            to.span,
            "`redirect_to` says where the route leads then, and nothing says when",
            "add `ended_days`; 0 redirects at once",
        ),
        _ => {}
    }
    if let Some(days) = days {
        if days.value > MAX_ENDED_DAYS {
            let message = format!("a page does not stand for {} days after its end", days.value);
            fail(days.span, &message, "write at most 3650, or leave both keys out");
        }
        settings.ended_days = u32::try_from(days.value).ok();
    }
    if let Some(first) = settings.pending_shows.first()
        && !settings.forms.contains(&PageForm::Pending)
    {
        fail(
            first.span,
            "`pending_shows` is about a form that is not built",
            "add `pending` to `forms`, or remove the key",
        );
    }
    settings
}

fn read_forms(names: &[Spanned<String>], diagnostics: &mut Diagnostics) -> Vec<PageForm> {
    let mut forms = Vec::new();
    for name in names {
        match PageForm::ALL.into_iter().find(|form| form.name() == name.value) {
            Some(form) => forms.push(form),
            None => diagnostics.push(
                Diagnostic::error(
                    Code::BadSetting,
                    name.span,
                    format!("`{}` is not a form of a page", name.value),
                )
                .maybe_help(did_you_mean(&name.value, PageForm::ALL.map(PageForm::name)))
                .help_if_none("use `pending`, `live` and `ended`"),
            ),
        }
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}
