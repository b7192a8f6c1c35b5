//! From `[redirects]` and the live links to the files of each server, with what is wrong in them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, BufWriter};

use super::generated::{FileWriter, GeneratedFile, Shelf};
use super::redirects::{
    Capacity, FaultKind, Publish, Redirect, RedirectFault, Site, Status, Target, TargetKind, Write,
    redirect_files,
};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Span;
use crate::source::{RedirectSetting, Workspace};

/// What the servers of a workspace get.
#[derive(Debug, Default)]
pub struct Redirects {
    /// The files of all servers.
    pub files: Vec<GeneratedFile>,
    /// How full each server is, by its kind.
    pub capacities: Vec<(&'static str, Capacity)>,
}

/// Makes the files of every server and puts them onto a shelf. `routes` are the paths of our pages.
/// What a server does not take is reported.
///
/// # Errors
/// Those of the shelf.
pub fn make_redirects(
    workspace: &Workspace,
    redirects: &[Redirect<'_>],
    routes: &[&str],
    shelf: &dyn Shelf,
    diagnostics: &mut Diagnostics,
) -> io::Result<Redirects> {
    let mut made = Redirects::default();
    let hosts = &workspace.hosts;
    // One host may serve both pages and codes.
    let pages = if hosts.site.value == hosts.links.value { routes } else { &[] };
    for setting in &workspace.redirects {
        let Some(target) = target(setting, diagnostics) else { continue };
        let site = Site { link_host: workspace.hosts.links.value.as_str(), pages };
        let onto = Onto { shelf, made: RefCell::default() };
        let found = redirect_files(redirects, &target, &site, &onto)?;
        made.capacities.push((target.kind.slug(), found.capacity));
        made.files.extend(onto.made.into_inner());
        for file in found.files {
            let Some(mut file) = GeneratedFile::at(&file.name, file.media_type, file.bytes) else {
                continue;
            };
            shelf.take(&mut file)?;
            made.files.push(file);
        }
        report(setting, target.kind, found.faults, diagnostics);
    }
    Ok(made)
}

/// Bytes that are handed to the shelf at once.
const AT_ONCE: usize = 64 << 10;

/// Data goes onto the shelf while it is made.
struct Onto<'s> {
    shelf: &'s dyn Shelf,
    made: RefCell<Vec<GeneratedFile>>,
}

impl Publish for Onto<'_> {
    fn put(&self, name: &str, media_type: &'static str, write: Write<'_>) -> io::Result<String> {
        let file = FileWriter::begin_own(self.shelf, name, media_type)?;
        let mut out = BufWriter::with_capacity(AT_ONCE, file);
        write(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
        let published = file.published().to_string();
        self.made.borrow_mut().push(file);
        Ok(published)
    }
}

fn target(setting: &RedirectSetting, diagnostics: &mut Diagnostics) -> Option<Target> {
    let name = &setting.kind;
    let Some(kind) = TargetKind::from_slug(&name.value) else {
        let known = TargetKind::ALL.iter().map(|kind| kind.slug());
        let message = format!("`{}` is no kind of server that redirects are made for", name.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, name.span, message)
                .maybe_help(did_you_mean(&name.value, known)),
        );
        return None;
    };
    let mut target = Target::new(kind);
    if let Some(written) = &setting.status {
        let status = u16::try_from(written.value).ok().and_then(Status::new);
        if status.is_none() {
            let message = format!("{} is not a status that redirects", written.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, written.span, message)
                    .help("write 302, 307, 301 or 308"),
            );
        }
        target.status = status?;
    }
    target.preserve_query = setting.preserve_query;
    target.limit = setting.limit.or(target.limit);
    Some(target)
}

/// One diagnostic for each kind of fault, with the number of the others.
fn report(
    setting: &RedirectSetting,
    kind: TargetKind,
    faults: Vec<RedirectFault>,
    diagnostics: &mut Diagnostics,
) {
    let mut kinds: BTreeMap<FaultKind, (RedirectFault, usize)> = BTreeMap::new();
    for fault in faults {
        kinds.entry(fault.kind).or_insert((fault, 0)).1 += 1;
    }
    for (fault, number) in kinds.into_values() {
        let span: Span = match (&setting.status, fault.kind) {
            (Some(status), FaultKind::PermanentStatus | FaultKind::UnsupportedStatus) => {
                status.span
            }
            _ => setting.kind.span,
        };
        let more =
            if number > 1 { format!("; {} more like it", number - 1) } else { String::new() };
        let message = format!("{}: {}{more}", kind.slug(), fault.message);
        let advice =
            matches!(fault.kind, FaultKind::PermanentStatus | FaultKind::ObjectsInsteadOfRules);
        let code = match fault.kind {
            FaultKind::OverLimit | FaultKind::TooLong => Code::RedirectLimit,
            _ => Code::BadRedirect,
        };
        let found = if advice {
            Diagnostic::warning(code, span, message)
        } else {
            Diagnostic::error(code, span, message)
        };
        diagnostics.push(found.help(fault.help.into_owned()));
    }
}
