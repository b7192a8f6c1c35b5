//! The briefs of a workspace, each campaign once. Must not read what is inside one.

use super::documents::twice;
use super::{Brief, SourceKind, Sources, Unusable, Workspace, read_brief};
use crate::diag::{Code, Diagnostic, Diagnostics};

/// Reads every brief.
pub(super) fn read_briefs(
    workspace: &Workspace,
    sources: &Sources,
    unusable: &mut Unusable,
    diagnostics: &mut Diagnostics,
) -> Vec<Brief> {
    let mut briefs = Vec::new();
    for (id, file) in sources.of_kind(SourceKind::Brief) {
        let (stem, base) = (file.path.stem(), file.content_start());
        if !file.damaged {
            let read = read_brief(stem, &file.text, id, base, &workspace.zone, diagnostics);
            let Some(read) = read else {
                unusable.briefs = true;
                continue;
            };
            let mut earlier = briefs.iter();
            if let Some(first) = earlier.find(|one: &&Brief| one.id.value == read.id.value) {
                let name = read.id.value.as_str();
                diagnostics.push(twice("campaign", name, first.id.span, read.id.span));
                continue;
            }
            if let Some(first) =
                briefs.iter().find(|one: &&Brief| one.code.value == read.code.value)
            {
                let message = format!("the code `{}` belongs to two campaigns", read.code.value);
                diagnostics.push(
                    Diagnostic::error(Code::BadSetting, read.code.span, message)
                        .related(first.code.span, "the other campaign")
                        .help("give one of them another code, or their reports become one"),
                );
            }
            unusable.briefs |= !read.whole;
            briefs.push(read);
        }
        unusable.briefs |= file.damaged;
    }
    briefs
}
