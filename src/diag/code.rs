//! The closed list of codes. A code is never renumbered and never reused.

/// How much of a build an error takes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everything: nothing is written.
    Build,
    /// The row it stands in and the placements of that row.
    Row,
    /// The artifact it was found in.
    Artifact,
}

macro_rules! codes {
    ($($variant:ident = $number:literal $name:literal $reach:ident: $why:literal => $fix:literal;)*) => {
        /// A kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is documented by its `why` and `fix` texts")]
        pub enum Code { $($variant,)* }

        impl Code {
            /// Every code, in numeric order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// `TL0312`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => concat!("TL", $number),)* }
            }

            /// `typed-parameter`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How much of a build an error of this kind takes with it.
            pub fn reach(self) -> Reach {
                match self { $(Self::$variant => Reach::$reach,)* }
            }

            /// Why the rule exists.
            pub fn why(self) -> &'static str {
                match self { $(Self::$variant => $why,)* }
            }

            /// How it is put right.
            pub fn fix(self) -> &'static str {
                match self { $(Self::$variant => $fix,)* }
            }
        }
    };
}

impl Code {
    /// How it is put right, as a help line begins and ends.
    pub fn action(self) -> String {
        let mut letters = self.fix().trim_end_matches('.').chars();
        let first = letters.next().map(|first| first.to_lowercase().to_string());
        first.unwrap_or_default() + letters.as_str()
    }
}

codes! {
    Unreadable = "0101" "unreadable-file" Build: "A file that cannot be read would leave its facts out without a word." => "Check that it is an ordinary file, below the size limit, that you may read.";
    NotUtf8 = "0102" "not-utf8" Build: "A file in another encoding, or a binary one, shows wrong letters to customers." => "Save the file as UTF-8.";
    MissingFile = "0103" "missing-file" Build: "A build without this file would not be the promotion that was agreed." => "Add the file, or take out what refers to it.";
    EmptyFile = "0104" "empty-file" Build: "An empty table looks like a promotion with no partners." => "Put the header and the rows back, or delete the file.";
    TomlSyntax = "0105" "toml-syntax" Build: "The file is not TOML, so nothing in it can be trusted." => "Correct the syntax at the place shown.";
    FrontMatter = "0106" "front-matter" Build: "A brief and a legal text begin with facts between two lines of `+++`." => "Begin the file with `+++`, the facts as TOML, and a second `+++`.";
    UnknownKey = "0107" "unknown-key" Build: "A misspelt key would be ignored, and the default would apply in silence." => "Correct the key, or remove it.";
    MissingKey = "0108" "missing-key" Build: "The file lacks something that has no safe default." => "Add the key.";
    WrongType = "0109" "wrong-type" Build: "The value has another type than the key takes." => "Write the value in the type named.";
    UnclosedQuote = "0110" "unclosed-quote" Row: "One stray quote makes CSV readers swallow the rest of the file as one cell: half a promotion is missing and nothing fails." => "Close the quote, or double it where it belongs to the text.";
    StrayQuote = "0111" "stray-quote" Row: "Text next to a closing quote is read differently by every program." => "Quote the whole cell and double the quotes inside it.";
    RaggedRow = "0112" "ragged-row" Row: "A row with more or fewer cells than the header has its values in the wrong columns." => "Quote the cell that holds a comma, or add the missing cells.";
    ControlCharacter = "0113" "control-character" Row: "Control and invisible characters survive copy and paste, and break links, ids and searches." => "Delete the character.";
    DuplicateHeader = "0114" "duplicate-header" Build: "With two columns of one name, each program keeps another one." => "Rename or remove one of the two.";
    UnknownColumn = "0115" "unknown-column" Build: "A renamed column would silently empty its field." => "Correct the header, or declare the column or an alias in throughline.toml.";
    MissingColumn = "0116" "missing-column" Build: "A required column is not there, so no row can be complete." => "Add the column.";
    BadSetting = "0117" "bad-setting" Build: "A setting has a value that cannot work." => "Correct it as the message says.";
    BadLock = "0118" "bad-lock" Build: "throughline.lock records ids that are printed and mailed. A damaged record could give one to another link." => "Run `throughline lock --repair` after a merge, or restore the line from version control.";

    UnmatchedFile = "0119" "unmatched-file" Row: "A table that no pattern matches is left out, with all its offers." => "Rename the file, or let the `files` of a table match it.";
    WrongFileType = "0120" "wrong-file-type" Build: "A workbook, a web page or a pointer saved under the name of a CSV has no rows that can be read, and readers that try find rubbish." => "Save the table as CSV UTF-8, or send the workbook under its own name.";
    MixedEncodings = "0121" "mixed-encodings" Build: "Two files in two encodings, pasted into one, cannot both be read: one of them shows wrong letters to customers." => "Save the file again in one encoding, best as CSV UTF-8.";
    GarbledText = "0122" "garbled-text" Row: "Letters were lost when the file was saved in a code page without them, or decoded twice: `Müller` goes out as `MÃ¼ller` or `M?ller`." => "Write the text as it should be, and save the file as CSV UTF-8.";
    NoRows = "0123" "no-rows" Build: "A filter that was left on, or a failed export, gives a table with a header and no rows: a promotion without partners." => "Put the rows back, or say `allow_empty = true` for the table.";
    HeaderNotFirst = "0124" "header-not-first" Build: "Titles and notes above the header are for people; read as the header, they would empty every column." => "Delete the lines above the header.";
    SecondHeader = "0125" "second-header" Build: "Two tables on one sheet, or a file pasted behind another: the rows below belong to other columns." => "Keep one table in a file.";
    TotalRow = "0126" "total-row" Row: "A line of totals is no offer and no partner; read as one, it becomes a broken row or worse." => "Delete the line.";
    LineBreak = "0127" "line-break" Row: "A line break in a name, an id or a link breaks subject lines, file names and URLs, and is often a sign of an unclosed quote." => "Write the text in one line, or let the column hold `lines = true`.";
    BareQuote = "0128" "bare-quote" Row: "A quote inside an unquoted cell is read differently by other programs, and one more of them would swallow the rest of the file." => "Quote the whole cell and double the quotes inside it.";
    Normalised = "0129" "normalised" Row: "What was read in another form than it was written in is recorded, so that nothing changes in silence." => "Nothing has to be done; clean the source if the note comes every week.";
    LegacyEncoding = "0130" "legacy-encoding" Row: "A legacy encoding cannot be told from another by looking at the bytes: the declaration is believed, and a wrong one shows wrong letters." => "Ask for the file as CSV UTF-8, and take the declaration out.";
    ConflictMarker = "0131" "conflict-marker" Build: "Version control left two versions of the same rows in the file; both would go out." => "Keep one of the two versions and delete the marker lines.";
    OverLimit = "0132" "over-limit" Row: "Files, rows and cells beyond the limits are a broken export or an attack, and would take all the memory there is." => "Send less, in several files.";
    WrongDelimiter = "0133" "wrong-delimiter" Build: "A file with semicolons read with commas is one column of nonsense, and many readers accept it." => "Save the file with commas, or declare `delimiter` for the table.";
    BadWorkbook = "0134" "bad-workbook" Build: "A workbook that is protected, broken or without the sheet that is meant cannot be read without guessing." => "Save it again without a password, and name its sheet with `sheet` in throughline.toml.";
    HiddenCells = "0135" "hidden-cells" Row: "Hidden and filtered rows are read too: what its author does not see may go out to customers." => "Show all rows and columns, take merged cells apart, and look at them.";
    Formula = "0136" "formula" Row: "A formula's value is what it was when the workbook was last saved, and other data may have changed since." => "Paste the values over the formulas.";
    ErrorCell = "0137" "error-cell" Row: "`#N/A` and its kind are no values: a lookup has failed." => "Correct the formula, or write the value.";

    BadSlug = "0201" "bad-id" Row: "Ids reach file names, URLs and analytics, so they are lower-case letters, digits and dashes." => "Write the id as a slug.";
    RequiredCell = "0202" "required-cell" Row: "The contract of the table requires this cell." => "Fill it in.";
    BadNumber = "0203" "bad-number" Row: "Money and percentages are plain decimals, so that `20`, `20%` and `0.2` never mean the same in silence." => "Write digits with a point, without signs, spaces or separators.";
    BadDatetime = "0204" "bad-datetime" Row: "A date in another form can be read as another day." => "Write `2026-11-27T05:00`, which is local to the workspace's zone, or add an offset.";
    BadUrl = "0205" "bad-url" Row: "Links are built from https URLs with a plain host, and from nothing else." => "Write an https URL without user, port or fragment.";
    BadHost = "0206" "bad-host" Row: "A host is a DNS name such as `shop.example`." => "Write host names only, with `;` between them.";
    BadCell = "0207" "bad-cell" Row: "The cell does not have the type its column declares." => "Write the value in the type named.";
    NotAllowed = "0208" "not-allowed" Row: "The column takes one of a closed list of values." => "Use one of the values listed.";
    DuplicateKey = "0209" "duplicate-key" Row: "Two rows with one id: which of them is true?" => "Give one of the rows another id, or delete it.";
    CaseCollision = "0210" "case-collision" Row: "Two ids that differ only in case become one on half of all systems." => "Use one spelling.";
    UnknownReference = "0211" "unknown-reference" Row: "The row points at something that does not exist." => "Correct the id, or add the row it names.";
    CrossField = "0212" "cross-field" Row: "Two cells of the row do not go together." => "Correct the one that is wrong.";
    MissingAsset = "0213" "missing-asset" Row: "A picture that is not in assets/ would be a broken image in every client." => "Add the file under assets/, or correct the path.";
    HostNotPermitted = "0214" "host-not-permitted" Row: "A partner's links may only go to the domains agreed with the partner." => "Correct the URL, or have the domain added to `permitted_domains`.";
    BadBundle = "0215" "bad-bundle" Row: "A bundle has exactly one lead, whose page its links go to, and each member once." => "Mark exactly one row of the bundle `lead`.";
    MangledId = "0216" "mangled-id" Row: "Spreadsheets turn ids into numbers and dates: `00123` into `123`, `123456789012` into `1.23457E+11`, `MAR1` into `1-Mar`. The digits are gone for good." => "Format the column as text, and enter the ids again from their source.";
    AmbiguousDate = "0217" "ambiguous-date" Row: "03/04/2026 is the third of April in Europe and March the fourth in America: an offer that opens a month early is honoured or broken in public." => "Write `2026-04-03T05:00`, or declare the order with `dates` for the table.";
    AmbiguousPercent = "0218" "ambiguous-percent" Row: "A spreadsheet keeps 20 % as 0.2: read as it stands, the offer would be a fifth of a percent." => "Write `20` or `20%`.";
    Placeholder = "0219" "placeholder" Row: "`TBD`, `N/A` and `lorem ipsum` were meant to be replaced, and have been mailed to customers as they stood." => "Write the value, or leave the cell empty.";
    TooWide = "0220" "too-wide" Row: "The contract of the table limits how long the cell may be, because what shows it cannot hold more." => "Shorten the text.";
    PatternMismatch = "0221" "pattern-mismatch" Row: "The contract of the table says what a value of this column looks like." => "Write the value in that form.";
    ConfusableHost = "0222" "confusable-host" Row: "A host with letters of another script looks like the partner's own and belongs to somebody else." => "Write the host with plain letters, as the partner's site shows it.";
    NotUnique = "0223" "not-unique" Row: "The contract of the table says that no two rows have the same value here." => "Give one of the rows another value.";
    UnusualCharacter = "0224" "unusual-character" Row: "Invisible characters, marks that turn the order of letters around and curly quotes in codes survive copy and paste, and break searches and codes that customers type." => "Delete the character, or write the plain one.";

    UnknownTerm = "0301" "unknown-term" Build: "Reports split when a word is outside the agreed vocabulary." => "Use a word of rules/taxonomy.toml, or have it added there.";
    AliasUsed = "0302" "alias-used" Row: "`Email`, `e-mail` and `email` are three rows in every report." => "Write the canonical word.";
    BadParameterValue = "0303" "bad-parameter-value" Build: "A tracking value outside the agreed characters or length is cut or split by analytics." => "Change the fact that the value is made from.";
    UnknownParameter = "0304" "unknown-parameter" Build: "Analytics ignores parameters it does not know, so a misspelt one loses the data." => "Use one of the standard parameters.";
    BadPattern = "0305" "bad-pattern" Build: "A pattern holds literal text and `{field}` parts." => "Correct the braces or the field.";
    UnknownField = "0306" "unknown-field" Build: "The pattern, pick or rule reads a field that does not exist." => "Correct the field's name.";
    EmptyField = "0307" "empty-field" Row: "A parameter made from an empty cell would be empty in every report." => "Fill the cell in, or take the field out of the pattern.";
    NoLandingPage = "0308" "no-landing-page" Build: "A link to a landing page that no asset builds would be dead on arrival." => "Add an asset that builds the page, or send the link to `partner`.";
    NoDestination = "0309" "no-destination" Row: "The partner has no landing base, so the link has nowhere to go." => "Fill in `landing_base`.";
    LockNeedsUpdate = "0310" "lock-needs-update" Row: "With --locked no new id is given out: a nightly job must not mint. Nothing is written then, or, where rows in quarantine are the cause, what needs an id is held back." => "Run `throughline build` once, look at throughline.lock and commit it.";
    MeaningChanged = "0311" "meaning-changed" Build: "An id that is out in the world keeps its campaign, channel and partner for ever, or history is rewritten." => "Give the placement a new id.";
    TypedParameter = "0312" "typed-parameter" Row: "A tracking parameter typed by hand will differ from the generated one somewhere." => "Remove it: links are tagged by the build.";
    UrlTooLong = "0313" "url-too-long" Row: "Analytics cuts a page address after 1,000 characters and some mail clients break longer links." => "Shorten the base URL or the facts in its parameters.";
    IndistinctLinks = "0314" "indistinct-links" Build: "Two placements with the same URL cannot be told apart in any report." => "Add a field that differs, such as {slot}, to the channel's parameters.";
    RouteCollision = "0315" "route-collision" Build: "Two pages cannot have one address." => "Add a field that differs to the route.";
    TypedParameterInSource = "0316" "typed-parameter-in-source" Build: "A tracking parameter typed into a brief, a rule or a template will differ from the generated one somewhere." => "Remove it: links are tagged by the build.";
    WrongGa4Channel = "0317" "wrong-ga4-channel" Build: "GA4 sorts visits by source, medium and campaign name, first rule first: a mail for `spring-shop-event` is reported as shopping, and nobody finds it under email." => "Change the word that GA4 trips over, or say which channel is expected.";
    ForeignMacro = "0318" "foreign-macro" Build: "A macro that the platform does not know is sent as it stands: the parameter holds `{{ad.id}}` for ever, and the link may not open." => "Use the macros of the channel's dialect, or declare the right dialect.";
    BadWrapper = "0319" "bad-wrapper" Build: "A wrapper profile says how a network writes its links. One that is wrong sends every click astray." => "Correct the profile as the message says.";
    WrapperField = "0320" "wrapper-field" Row: "A network pays for a click by the ids in its link; without them, or with wrong ones, the sale belongs to nobody." => "Fill in the id that the network gave for this partner.";
    BadTerm = "0321" "bad-term" Build: "A word of the vocabulary reaches URLs, file names, spreadsheets and reports, and each of them spoils another kind of word." => "Choose another word, or an alias for it.";
    RedirectLimit = "0322" "redirect-limit" Artifact: "Servers limit how many redirects there are and how long they may be, and some drop the rest in silence." => "Choose another kind of server, or declare the limit of your plan.";
    BadRedirect = "0323" "bad-redirect" Artifact: "A short link that loops, shadows a page or is kept for ever by browsers cannot be put right after a late swap." => "Correct the setting as the message says.";
    BadSeparator = "0324" "bad-separator" Build: "A value made of several facts is taken apart again in reports, by the separator that was agreed." => "Put the agreed separator between the fields, and nowhere else.";
    BadQr = "0326" "bad-qr" Artifact: "A code that cannot be read is found out after it was printed." => "Shorten the link, or make the picture larger.";
    UnclassifiableValue = "0328" "unclassifiable-value" Artifact: "Adobe Analytics takes no name over 255 bytes, none of zeros alone and no tab: one of them spoils the upload of all." => "Write another name; until then it stays out of the Adobe file.";
    MeaningNotRecorded = "0325" "meaning-not-recorded" Row: "What a link means has changed since it was recorded; reports need the old meaning for the clicks before." => "Run `throughline build` without `--locked`, and commit throughline.lock.";
    PersonalMacro = "0329" "personal-macro" Row: "A merge tag in a partner's address sends what it stands for to the partner: with it, each click would hand over a customer's name or address." => "Take the merge tag out of the address; what partners may know is agreed and sent in another way.";
    ShortLinkWithMacro = "0330" "short-link-with-macro" Row: "Platforms fill in macros where they show the whole URL. Behind a short link stands a server that cannot, so the page would get the macro itself." => "Use the whole URL there, or take the macros out of the channel's links.";
    LockNotAppendOnly = "0327" "lock-not-append-only" Build: "A link that was built is in mails and on paper. Without its row, its code could be given to another link, and what it meant is forgotten." => "Restore throughline.lock from version control.";

    VariedNeverField = "0401" "varied-never-field" Row: "This field must be the same in every channel: customers compare." => "Remove the channel's value, or have the rule changed in rules/fields.toml.";
    VariedElsewhere = "0402" "varied-elsewhere" Row: "The field may vary, but not in this channel." => "Remove the value, or have the channel added in rules/fields.toml.";
    TypedGeneratedField = "0403" "typed-generated-field" Build: "This field is generated. A typed one would be a second truth." => "Remove the column.";
    CopyHoldsUrl = "0405" "copy-holds-url" Build: "A URL in copy is not tracked and does not change with its offer." => "Remove it: templates place the minted link.";
    CopyHoldsCode = "0406" "copy-holds-code" Build: "A promotion code in copy stays when the offer is swapped." => "Remove it: templates show the offer's own code.";
    UnsplitRenditions = "0407" "unsplit-renditions" Build: "Variants and locales that no parameter tells apart end in one row of every report: a test has no result, and nobody knows which language was read." => "Add {variant} or {locale} to a parameter of the channel.";
    UnknownLocale = "0408" "unknown-locale" Build: "How a locale writes dates and amounts is data of this program. A guess would send out a wrong date." => "Use a locale of the list.";
    MissingTranslation = "0412" "missing-translation" Artifact: "A text that a template shows is not there in the language of the mail or page, and nothing goes out half in another language without a word." => "Write it in that locale, or say `copy_fallback = true` in the asset.";
    UntranslatedCell = "0413" "untranslated-cell" Row: "The row has no text in a language in which it is shown, so its readers see the one that everybody sees." => "Fill in the column of that locale.";
    StaleTranslation = "0414" "stale-translation" Build: "A legal text was changed and its translation was not: what was agreed in one language is not what is promised in the other." => "Translate what has changed, and write the same `version`.";
    NotShown = "0410" "not-shown" Artifact: "A mail without the code, or a page without its end date, is an offer that nobody can use or that nobody can hold us to." => "Print the fact in the template, as the record has it.";
    ShownDifferently = "0411" "shown-differently" Artifact: "A text that says 25% where the record says 30% is a promise that somebody has to break." => "Correct the text, or the record.";
    ReplacedValue = "0415" "replaced-value" Artifact: "A value that was swapped and still stands in one template goes out beside the new one: two prices, or a code that no till takes." => "Let the template print the fact, or correct the text.";

    TemplateSyntax = "0501" "template-syntax" Build: "The template cannot be parsed." => "Correct the syntax at the place shown.";
    UndefinedVariable = "0502" "undefined-variable" Artifact: "A blank where a fact should be is worse than no mail." => "Guard optional facts with `{% if … %}`, or fill the cell in.";
    MissingTemplate = "0503" "missing-template" Build: "A recipe or a template names a template that is not in templates/." => "Add it, or correct the name.";
    UnknownName = "0504" "unknown-name" Build: "The template calls a filter, a function, a test or a component that does not exist." => "Use one of those listed in the documentation.";
    UnsafeFilter = "0505" "unsafe-filter" Build: "`safe` switches escaping off: a partner's cell could put its own tags into the page." => "Remove it, or use `markdown` for texts.";
    UnknownTemplateField = "0506" "unknown-template-field" Build: "The template reads a field that no row can have. Inside `{% if %}` that is silently false." => "Correct the name, or declare the column.";
    UnsafePlace = "0507" "unsafe-place" Build: "Data inside a script, a style sheet, a comment or an unquoted attribute cannot be escaped for where it stands." => "Move it into text or a quoted attribute.";
    RenderFailed = "0508" "render-failed" Artifact: "The template failed while it was rendered." => "Correct the expression at the place shown.";
    MissingSubject = "0509" "missing-subject" Artifact: "A mail without a subject looks like spam, and most senders refuse it." => "Add `# subject` to the brief, or a block `subject` to the template.";
    SubjectInLines = "0510" "subject-in-lines" Artifact: "A subject and a preheader are one line: what follows a line break is lost, or read as another header." => "Write it in one line.";
    UnknownMergeTag = "0511" "unknown-merge-tag" Artifact: "A merge tag that the sender does not know arrives as it stands: `Dear *|FIRSTNAM|*`." => "Use a name that is known, or add the sender's own to [esp] of the channel.";
    NoSender = "0512" "no-sender" Artifact: "How a merge tag is written depends on who sends the mail." => "Add `dialect = …` to the channel.";
    BadMergeTag = "0513" "bad-merge-tag" Artifact: "A merge tag of another sender, one half of one, or one with a quote in its default is not filled in: recipients see its code." => "Correct it as the message says, or let `esp(…)` write it.";
    UnknownTheme = "0515" "unknown-theme" Build: "A brand whose folder of templates is not there would go out looking like another." => "Correct the name, or add templates/brands/<theme>/.";
    UnusedTheme = "0516" "unused-theme" Build: "Templates of a brand that no asset names are in no mail: a name is misspelt, or nobody needs them." => "Name the theme in an asset or a channel, or delete the folder.";
    MergeTagInData = "0514" "merge-tag-in-data" Artifact: "Whoever sends the mail would run a merge tag that stands in a cell or in copy, whoever wrote it." => "Take it out of the data; templates write merge tags with `esp(…)`.";

    UndeclaredLink = "0601" "undeclared-link" Artifact: "Every link and picture in an artifact is minted, hashed or declared; anything else is a link nobody checks." => "Use `links.…`, `asset_url(…)` or a value of [declared].";
    TooLong = "0602" "too-long" Artifact: "The channel cuts or refuses longer texts." => "Shorten the text, or give the field a value for the channel.";
    PathCollision = "0603" "path-collision" Build: "Two artifacts cannot have one path." => "Add a field that differs to the recipe's path.";
    BadJson = "0604" "bad-json" Artifact: "The rendered file is not JSON." => "Correct the template; strings are escaped for you.";
    BadPath = "0605" "bad-path" Build: "An output path must be safe on every system." => "Use slugs in the path pattern.";
    UnusedLink = "0606" "unused-link" Artifact: "A link that was minted but appears nowhere is promised and not delivered." => "Place it in the template, or remove the role from the channel.";
    TooLarge = "0607" "too-large" Artifact: "An artifact of this size is a template that ran away." => "Shorten what the template repeats.";
    PictureTooHeavy = "0608" "picture-too-heavy" Artifact: "Ad servers refuse a banner over their limit, and a page waits for it." => "Use fewer colours and no photograph, or a smaller scale.";
    TextOverflow = "0609" "text-overflow" Artifact: "The text would run out of its place in the picture, and nobody looks at every banner." => "Shorten the text, or give the field a value for the channel.";
    IncompleteHead = "0690" "incomplete-head" Artifact: "Without a canonical address every tracked visit is a page of its own to search engines, and without a title and a picture a shared page is a bare link." => "Add what is missing to the head of the template.";
    WrongHead = "0691" "wrong-head" Artifact: "A canonical address with tracking in it, or a page that search engines list before it opens, stays in their results for weeks." => "Use `page.url` and `page.robots`.";
    SameForms = "0692" "same-forms" Artifact: "A page that looks the same before, during and after its window shows an offer that cannot be had." => "Let the template ask for `form`, or take the form out of `forms`.";
    RefusedScript = "0693" "refused-script" Artifact: "Pages are sent with a policy that lets nothing run but what the build has seen; a script in an attribute is not, and browsers drop it in silence." => "Remove the attribute, or put the script into a file of assets/.";
    BadPicture = "0695" "bad-picture" Artifact: "The SVG of a picture cannot be drawn, would take too long to draw, or shows what is not of the workspace." => "Correct the template.";
    MissingGlyph = "0696" "missing-glyph" Artifact: "No font has a letter of the text: a box would stand in its place." => "Add a font that has it below assets/fonts, or write it otherwise.";
    BadFont = "0697" "bad-font" Build: "A file below assets/fonts is no font: texts would be drawn with another." => "Put an OpenType font in its place.";

    NotAscii = "0611" "not-ascii" Artifact: "Mail is ASCII, so that no sender and no server can spoil it. Text and attributes are written as entities and style sheets as escapes for you; names of tags and attributes cannot be." => "Use plain letters there.";
    GmailClipping = "0620" "gmail-clipping" Artifact: "Gmail cuts a mail off behind 102 KB of HTML; what stands below, often the unsubscribe link, is not shown. Senders add bytes of their own, so the room ends earlier." => "Shorten the mail: fewer offers, fewer nested tables, styles in classes.";
    StyleTooLarge = "0621" "style-too-large" Artifact: "Gmail reads 16 KB of style sheets and drops the rest, which is mostly the part for phones." => "Shorten the style sheets.";
    NestedAtRule = "0622" "nested-at-rule" Artifact: "Gmail drops a whole style sheet that nests one at-rule in another." => "Write the inner rule on its own.";
    EscapedSelector = "0623" "escaped-selector" Artifact: "Gmail drops a whole style sheet in which a selector holds a backslash." => "Rename the class so that its selector needs no backslash.";
    LongLine = "0624" "long-line" Artifact: "Mail servers cut or refuse lines of more than 998 bytes; lines of plain text are read best below 78." => "Break the line.";
    C1Control = "0626" "c1-control" Artifact: "A control character between U+0080 and U+009F is a letter of a legacy code page that was read wrongly; Gmail cuts mails off at one." => "Write the letter that was meant.";
    MsoUnbalanced = "0627" "mso-unbalanced" Artifact: "Outlook hides everything behind a conditional comment that is not closed." => "Close what is opened, in the same kind of comment.";
    DeepNesting = "0628" "deep-nesting" Artifact: "Outlook shows deeply nested tables slowly or not at all." => "Take a layer of tables out.";
    MissingCharset = "0629" "missing-charset" Artifact: "Without a declared charset a program guesses, and shows wrong letters." => "Begin the head with `<meta charset=\"utf-8\">`.";
    ImageWeight = "0630" "image-weight" Artifact: "Pictures above 200 KB, or 800 KB together, are not there yet when the mail is read." => "Save the picture smaller, or show fewer.";
    ImageHeight = "0631" "image-height" Artifact: "Outlook for Windows cuts pictures off behind 1728 pixels." => "Cut the picture into two.";
    MissingWidth = "0632" "missing-width" Artifact: "Outlook for Windows knows no `max-width` and shows a picture without a `width` attribute in its own size." => "Add `width`, in pixels.";
    MissingAlt = "0633" "missing-alt" Artifact: "Many see a mail without its pictures or have it read to them; a picture without `alt` is then a file name." => "Add `alt`: what the picture says, or `alt=\"\"` for an ornament.";
    GenericAlt = "0634" "generic-alt" Artifact: "A picture called image or logo.png says nothing to those who do not see it." => "Write what the picture says.";
    ImageFormat = "0635" "image-format" Artifact: "Mail clients do not show pictures of this format." => "Save it as PNG, JPEG or GIF.";
    DataUri = "0636" "data-uri" Artifact: "Gmail and Outlook do not show pictures that are written into the mail." => "Put the picture into assets/ and use `asset_url`.";
    GifFirstFrame = "0637" "gif-first-frame" Artifact: "Outlook for Windows shows only the first picture of an animation." => "See that the first picture holds the offer, and waive this.";
    TableHeight = "0638" "table-height" Artifact: "Outlook for Windows puts a gap into a table that is taller than 1790 pixels." => "Divide the table.";
    InsecureLink = "0639" "insecure-link" Artifact: "An address without https is marked as unsafe, and can be changed on its way." => "Write `https:`.";
    EmptyLink = "0640" "empty-link" Artifact: "A link that leads nowhere is a promise that is not kept." => "Give it an address, or take the tag out.";
    HashLink = "0641" "hash-link" Artifact: "A link to `#` was meant to get an address later." => "Give it the address.";
    LocalLink = "0642" "local-link" Artifact: "The address works on one machine, or for one team, and for no customer." => "Use the public address.";
    LongUrl = "0643" "long-url" Artifact: "Outlook cuts links off, and senders make them longer still." => "Shorten the parameters.";
    EntityParameter = "0644" "entity-parameter" Artifact: "Browsers read `&copy=` in HTML as the sign of copyright: the parameter is lost." => "Write `&amp;` for `&`, or rename the parameter.";
    DoubleEncoded = "0645" "double-encoded" Artifact: "What is encoded twice arrives with an escape in it." => "Encode it once.";
    Shortener = "0646" "shortener" Artifact: "Addresses of public shorteners are filtered as spam, and hide where they lead." => "Use the address itself, or a short address of ours.";
    GenericLinkText = "0647" "generic-link-text" Artifact: "Read out in a list of links, `click here` says nothing." => "Say where the link leads.";
    UnnamedLink = "0648" "unnamed-link" Artifact: "A link without text or picture text cannot be seen, or cannot be read out." => "Give it a text, or its picture an `alt`.";
    TextLinksDiffer = "0649" "text-links-differ" Artifact: "Who reads the plain text gets other links than who reads the HTML." => "Show the link in both.";
    UnbalancedMergeTag = "0651" "unbalanced-merge-tag" Artifact: "A condition that is not closed takes the rest of the mail with it, or stops the sending." => "Close it, or take it out.";
    TagWithoutFallback = "0652" "tag-without-fallback" Artifact: "Where nothing is known of a person, the mail greets nobody: `Hi ,`." => "Add a default.";
    TagBetweenRows = "0653" "tag-between-rows" Artifact: "A loop between rows moves out of its table in programs that put the missing `<tbody>` in." => "Write `<tbody>` round the rows.";
    Leftover = "0654" "leftover" Artifact: "Filler text and notes to oneself reach customers." => "Write the text that is meant.";
    SubjectTooLong = "0657" "subject-too-long" Artifact: "Phones show 40 to 60 characters of a subject, and none may have more than 998 bytes." => "Shorten it.";
    PreheaderMissing = "0659" "preheader-missing" Artifact: "Without a preheader, mailboxes show whatever comes first, such as `View in browser`." => "Write one of 40 to 100 characters.";
    PreheaderRepeats = "0660" "preheader-repeats" Artifact: "A preheader that repeats the subject wastes the second line that everybody reads." => "Say something more.";
    PreheaderLength = "0661" "preheader-length" Artifact: "Mailboxes cut preheaders off behind 100 characters, and fill short ones up with what comes next." => "Write 40 to 100 characters.";
    MissingAddress = "0662" "missing-address" Artifact: "The law of the market asks for the sender's postal address in every mail." => "Show the address.";
    MissingUnsubscribe = "0663" "missing-unsubscribe" Artifact: "The law of every market asks for a way out in every mail, and so do Gmail and Yahoo." => "Show a link to unsubscribe.";
    MissingSender = "0664" "missing-sender" Artifact: "The law of the market asks that a mail names who sends it, and on whose behalf." => "Name them.";
    UndeclaredMarket = "0665" "undeclared-market" Artifact: "What the law asks for depends on where the mail is read." => "Declare `markets` in [mail].";
    MissingLang = "0667" "missing-lang" Artifact: "Without a language, or with another than its own, a mail is read out in the wrong one." => "Write `lang=\"{{ locale.lang }}\"` into `<html>`.";
    MissingDir = "0668" "missing-dir" Artifact: "Some clients show the mail in the reader's own direction of writing." => "Write `dir=\"{{ locale.dir }}\"` into `<html>`.";
    LayoutTableRole = "0669" "layout-table-role" Artifact: "A table for layout is read out as a table of data, cell by cell." => "Add `role=\"presentation\"`, or `<th>` if it holds data.";
    LowContrast = "0670" "low-contrast" Artifact: "Text with less contrast than 4.5:1 cannot be read by many, nor by anybody in the sun." => "Choose a darker or a lighter colour.";
    HeadingOrder = "0671" "heading-order" Artifact: "Who moves by headings loses the way where a level is left out." => "Use the next level.";
    OneH1 = "0672" "one-h1" Artifact: "One first heading says what the whole is about." => "Keep one `<h1>`.";
    LinkByColour = "0673" "link-by-colour" Artifact: "A link in running text that differs by colour alone is not seen by everybody." => "Underline it.";
    ClientSupport = "0674" "client-support" Artifact: "A mail client of the channel's list does not support this, and the mail is read there too." => "Do it in another way, or take the client out of `clients`.";
    BadJsonLd = "0675" "bad-json-ld" Artifact: "Search engines and Gmail drop structured data that is not right, without a word." => "Correct it.";
    JsonLdDiffers = "0676" "json-ld-differs" Artifact: "Structured data that says another thing than the visible text is a broken promise, and penalised." => "Make both from the same field.";
    DateOutsideWindow = "0677" "date-outside-window" Artifact: "A date that the window does not hold was copied from another promotion." => "Correct the date, or the window.";
    MissingTitle = "0678" "missing-title" Artifact: "Without a title a page has no name in results, tabs and readers." => "Add `<title>`.";
    DuplicateId = "0683" "duplicate-id" Artifact: "Links and labels find only the first element of an id." => "Give one of the two another id.";
    BrokenFragment = "0684" "broken-fragment" Artifact: "A link within the page leads to an id that is not there." => "Correct the fragment, or add the id.";

    BadWindow = "0701" "bad-window" Build: "A window freezes, locks, opens and closes, in this order." => "Correct the times.";
    NoWindow = "0702" "no-window" Build: "An asset whose channel is in no window can never go live." => "Add the channel to one of the brief's windows.";
    AmbiguousWindow = "0703" "ambiguous-window" Build: "The channel is in several windows, so the asset must say which one is meant." => "Add `window = \"…\"` to the asset.";
    EndsBeforeWindow = "0704" "ends-before-window" Row: "Customers would see an offer that has ended." => "Extend the offer, or take it out of the window.";
    StartsAfterWindow = "0705" "starts-after-window" Row: "Customers would see an offer that has not begun." => "Start the offer earlier, or open the window later.";
    Embargoed = "0706" "embargoed" Row: "The partner must not be shown before the embargo ends." => "Move the window, or agree on an earlier end with the partner.";
    DuplicateSlot = "0707" "duplicate-slot" Row: "Two placements in one slot: which is shown?" => "Move one of the two to another slot.";
    UnfilledSlots = "0708" "unfilled-slots" Row: "The asset has more slots than there are offers to fill them." => "Widen the pick, raise `per_partner`, or lower `slots`.";
    BadSlot = "0709" "bad-slot" Row: "The asset has no such slot." => "Use s01, s02 … up to the number of slots.";
    InactiveOffer = "0710" "inactive-offer" Row: "A draft, withdrawn or expired offer never reaches output." => "Choose another offer, or name a fallback.";
    HeldBack = "0711" "held-back" Row: "An artifact that would lose a committed placement is held back whole." => "Repair the placement.";
    NothingPicked = "0712" "nothing-picked" Row: "The asset picks no offer at all." => "Widen the pick.";
    ShownTooEarly = "0713" "shown-too-early" Artifact: "The pending form of a page is public from the day of its build: what it shows is known before the partner has agreed." => "Take it out of the pending form.";
    BadSwap = "0730" "bad-swap" Build: "A late change that is not understood, or that is about something that is not there, would be missing without a word." => "Correct the swap as the message says, before it is committed.";
    StaleSwap = "0731" "stale-swap" Build: "The swap was decided on a value that is not there any more. Nobody has decided on the value that is there now." => "Look at what changed; then end the swap with `throughline swap revert`, and record the new decision.";
    SwapConflict = "0732" "swap-conflict" Build: "Two people have decided two things about one fact, and a build cannot know which of them counts." => "End one of the two with `throughline swap revert`.";
    SwapTooLate = "0733" "swap-too-late" Build: "Customers have seen the promotion. From the opening of its window on, only its end may change; everything else would make them find other than what they were promised." => "End the offer, or change it for a window that has not opened.";
    SwapAfterLock = "0734" "swap-after-lock" Build: "When a window locks, what it holds is on its way to print, to senders and to partners." => "Move the lock of the window before it passes, or leave it as it is until the window has closed.";
    SwapWithoutEffect = "0735" "swap-without-effect" Row: "A swap that changes nothing any more hides the ones that do." => "End it with `throughline swap revert`.";

    BadWaiver = "0801" "bad-waiver" Build: "A decision that cannot be read binds nobody, and is not dropped in silence." => "Correct the file.";
    NotWaivable = "0802" "not-waivable" Build: "What keeps links, ids and merge tags whole cannot be waived: nobody can answer for it." => "Repair what the rule found, and take the waiver out.";
    UnusedWaiver = "0803" "unused-waiver" Artifact: "A waiver that nothing needs would hide the next fault of its kind." => "Take it out of force: let it end, or correct its `rule` or `subject`.";
    BadGate = "0810" "bad-gate" Build: "A gate that is misunderstood lets something through that nobody has approved." => "Correct the gate as the message says.";
    BadSigner = "0811" "bad-signer" Artifact: "A key that is read otherwise here than by OpenSSH is a key that two programs disagree about." => "Correct the line as the message says.";
    BadApproval = "0812" "bad-approval" Artifact: "A decision that cannot be read, or whose signature does not hold, counts for nothing. It is told, because somebody believes that it does." => "Restore the file from version control, or have the decision made again with `throughline approve`.";
    IdleGate = "0813" "idle-gate" Artifact: "A gate that watches nothing of what is built is never closed: a misspelt field, block or path would let everything through." => "Correct what it watches, or take it out.";
}
