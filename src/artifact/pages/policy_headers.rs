//! Headers of policies, each made once where pages have the same.

use super::{Forms, PagePolicy};

/// Headers that were made last. Most pages share a few policies, one for each form.
pub(super) struct PolicyHeaders<'p> {
    assets: &'p str,
    known: Vec<(Forms<'p>, String)>,
}

/// More are not looked for: they would hardly come again.
const MOST: usize = 8;

impl<'p> PolicyHeaders<'p> {
    pub(super) fn new(assets: &'p str) -> Self {
        Self { assets, known: Vec::new() }
    }

    /// The value of the header `Content-Security-Policy` that lets through what any of the forms
    /// needs.
    pub(super) fn of(&mut self, forms: Forms<'p>) -> &str {
        let policies = |forms: Forms<'p>| forms.iter().map(|page| &page.policy);
        let same = |known: Forms<'p>| policies(known).eq(policies(forms));
        let found = self.known.iter().position(|(known, _)| same(known));
        let at = found.unwrap_or_else(|| {
            if self.known.len() == MOST {
                self.known.remove(0);
            }
            let mut policy = PagePolicy::default();
            for page in forms {
                policy.join(&page.policy);
            }
            self.known.push((forms, policy.header(self.assets)));
            self.known.len() - 1
        });
        self.known.get(at).map_or("", |(_, header)| header)
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use crate::artifact::pages::PageFile;
    use crate::model::{ArtifactPath, Digest};
    use crate::source::PageForm;

    const ASSETS: &str = "https://a.example";

    fn page(html: &str) -> PageFile {
        PageFile {
            route: "/a".into(),
            url: "https://b.example/a".into(),
            form: PageForm::Live,
            place: ArtifactPath::new("landing/a.html").expect("a path").into(),
            sha256: Digest::of(html.as_bytes()),
            due: std::sync::Arc::default(),
            policy: PagePolicy::read(html).0,
        }
    }

    #[test]
    fn headers_are_those_of_the_policies() {
        for count in [1, 3, MOST, MOST + 1, 3 * MOST] {
            let html = |number: usize| format!("<style>p{{top:{}px}}</style>", number % count);
            let pages: Vec<PageFile> = (0..4 * count).map(|number| page(&html(number))).collect();
            let mut headers = PolicyHeaders::new(ASSETS);
            for page in &pages {
                assert_eq!(headers.of(slice::from_ref(page)), page.policy.header(ASSETS));
            }
            for forms in pages.chunks(3) {
                let mut all = PagePolicy::default();
                for page in forms {
                    all.join(&page.policy);
                }
                assert_eq!(headers.of(forms), all.header(ASSETS));
            }
            assert!(headers.known.len() <= MOST);
        }
    }
}
