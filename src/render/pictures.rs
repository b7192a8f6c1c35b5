//! Image recipes: an SVG template for each size, drawn and written in each format.

use super::ghosts::check_rendered;
use super::picture_functions::{overflowing_text, read_inner_address};
use super::{Engine, Stage, fault};
use crate::artifact::{AssetUrls, MadePicture, PictureSubject};
use crate::diag::{Code, Diagnostic};
use crate::graph::{Form, Job, Part};
use crate::model::{Digest, PublishedPath, Span};
use crate::picture::{Canvas, Fault, PixelSize, Pixels, draw, encode_png, encode_webp};
use crate::resolve::Scene;
use crate::source::{PictureSettings, Recipe};

/// One finished picture, beside the part that it is.
pub(super) type Drawn<'j> = (&'j Part, Vec<u8>);

/// Draws every picture of a job, or says what is wrong with them.
pub(super) fn draw_pictures<'j>(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    scene: &Scene<'_>,
    job: &'j Job,
) -> Result<Vec<Drawn<'j>>, Vec<Diagnostic>> {
    let recipe = scene.channel.recipes.get(job.recipe);
    let Some((recipe, settings)) = recipe.and_then(|one| Some((one, one.picture.as_ref()?))) else {
        return Err(Vec::new());
    };
    let painter = Painter { stage, engine, scene, job, recipe, settings };
    let mut drawn = Vec::with_capacity(job.parts.len());
    let mut faults = Vec::new();
    for (size, parts) in settings.sizes.iter().zip(job.parts.chunks(settings.formats.len())) {
        match painter.svg(*size) {
            Ok(svg) => {
                for part in parts.iter().take(1) {
                    check_rendered(
                        stage,
                        engine,
                        (scene, job, part),
                        (Form::Svg, &svg),
                        &mut faults,
                    );
                }
                let files = painter.files(&svg, *size, parts);
                for (part, file) in parts.iter().zip(files) {
                    match file {
                        Ok(bytes) => drawn.push((part, bytes)),
                        Err(fault) => faults.push(fault),
                    }
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(drawn) } else { Err(faults) }
}

struct Painter<'a> {
    stage: &'a Stage<'a>,
    engine: &'a Engine<'a>,
    scene: &'a Scene<'a>,
    job: &'a Job,
    recipe: &'a Recipe,
    settings: &'a PictureSettings,
}

impl Painter<'_> {
    fn svg(&self, size: PixelSize) -> Result<String, Diagnostic> {
        let Self { stage, engine, job, .. } = *self;
        let name = self.recipe.template.as_ref().map_or("", |name| name.value.as_str());
        let broken = || {
            let message = format!("`{name}` cannot be drawn");
            Diagnostic::error(Code::BadPicture, self.place(), message)
        };
        let tera = engine.of(self.scene).get(Form::Svg, name).ok_or_else(broken)?;
        let mut context = stage.context(job);
        context.insert("width", &size.width);
        context.insert("height", &size.height);
        context.insert("size", &size.to_string());
        tera.render(name, &context).map_err(|error| self.rendering(name, &error))
    }

    /// The file of each part. What an earlier build drew from the same text is not drawn again.
    fn files(
        &self,
        svg: &str,
        size: PixelSize,
        parts: &[Part],
    ) -> Vec<Result<Vec<u8>, Diagnostic>> {
        let canvas = Canvas { size, scale: self.settings.scale };
        let shape = [size.width, size.height, canvas.scale].map(u32::to_le_bytes).concat();
        // Once for all formats, and only where one of them is not remembered.
        let mut pixels: Option<Pixels> = None;
        let mut file = |part: &Part| {
            let parts = [part.form.media_type().as_bytes(), &shape, svg.as_bytes()];
            let bytes = self.engine.assets().images().remembered(&parts, || {
                let drawn = match pixels.take() {
                    Some(drawn) => drawn,
                    None => self.pixels(svg, canvas)?,
                };
                self.encoded(part, pixels.insert(drawn))
            })?;
            self.within_weight(part, bytes)
        };
        parts.iter().map(&mut file).collect()
    }

    fn pixels(&self, svg: &str, canvas: Canvas) -> Result<Pixels, Diagnostic> {
        let images = self.engine.assets().images();
        let picture = |address: &str| {
            let (path, width) = read_inner_address(address)?;
            images.bytes(path, width)
        };
        draw(svg, canvas, images.fonts(), &picture).map_err(|fault| {
            let message = format!("{}: {}", canvas.size, fault.message());
            let code = match fault {
                Fault::NoGlyph { .. } => Code::MissingGlyph,
                _ => Code::BadPicture,
            };
            self.about(&fault, Diagnostic::error(code, self.place(), message).help(fault.help()))
        })
    }

    fn encoded(&self, part: &Part, pixels: &Pixels) -> Result<Vec<u8>, Diagnostic> {
        let written = match part.form {
            Form::Webp => encode_webp(pixels),
            _ => encode_png(pixels),
        };
        written.map_err(|fault| {
            let message = format!("`{}`: {}", part.path, fault.message());
            Diagnostic::error(Code::BadPicture, self.place(), message).help(fault.help())
        })
    }

    fn within_weight(&self, part: &Part, bytes: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
        let limit = &self.settings.max_bytes;
        if bytes.len() > limit.value {
            let message =
                format!("`{}` is {} bytes, {} may be", part.path, bytes.len(), limit.value);
            return Err(self.for_row(
                Diagnostic::error(Code::PictureTooHeavy, self.place(), message)
                    .related(limit.span, "the limit is here")
                    .help("use fewer colours and no photograph, or a smaller scale"),
            ));
        }
        Ok(bytes)
    }

    /// The template, where there is one.
    fn place(&self) -> Span {
        let name = self.recipe.template.as_ref();
        let template = name.and_then(|name| self.engine.of(self.scene).template(&name.value));
        template.map_or(self.recipe.span, |one| fault::place(one, &(0..0)))
    }

    fn rendering(&self, name: &str, error: &tera::Error) -> Diagnostic {
        let Self { engine, scene, job, .. } = *self;
        let found = fault::diagnose(engine, name, scene, job, error);
        if let Some(text) = overflowing_text(&found.message) {
            let template = found.primary;
            let cell = self.cell_of(text).unwrap_or(template);
            return self.for_row(
                Diagnostic::error(Code::TextOverflow, cell, found.message.clone())
                    .related(template, "it has to fit here")
                    .help("shorten it, or give the field a value for the channel"),
            );
        }
        if found.message.contains("no font has `") {
            return Diagnostic { code: Code::MissingGlyph, ..found };
        }
        found
    }

    fn about(&self, fault: &Fault, found: Diagnostic) -> Diagnostic {
        match fault {
            Fault::NoGlyph { text, .. } => match self.cell_of(text) {
                Some(cell) => found.related(cell, "the text stands here"),
                None => self.for_row(found),
            },
            _ => self.for_row(found),
        }
    }

    fn for_row(&self, found: Diagnostic) -> Diagnostic {
        let key = self.scene.documents.tables.get("offers").and_then(|one| one.column("offer_id"));
        match (self.scene.offer(), key) {
            (Some(offer), Some(at)) if self.job.per_placement => {
                found.related(offer.span(at), format!("drawn for the offer `{}`", offer.text(at)))
            }
            _ => found,
        }
    }

    /// The cell whose text is in a text: the longest, for texts are put together from cells.
    fn cell_of(&self, text: &str) -> Option<Span> {
        let scopes = self.scene.scopes();
        let tables = [("offers", self.scene.offer()), ("partners", self.scene.partner())];
        let mut best: Option<(usize, Span)> = None;
        for (name, record) in tables {
            let (Some(table), Some(record)) = (self.scene.documents.tables.get(name), record)
            else {
                continue;
            };
            for at in 0..table.contract.columns.len() {
                let (value, span) = record.value_in(at, &scopes);
                let shown = value.display();
                let length = shown.len();
                if length > 1 && text.contains(&shown) && best.is_none_or(|(most, _)| length > most)
                {
                    best = Some((length, span));
                }
            }
        }
        best.map(|(_, span)| span)
    }
}

/// Notes finished pictures for the templates that name them.
pub(super) fn note_made(assets: &AssetUrls, scene: &Scene<'_>, job: &Job, drawn: &[Drawn<'_>]) {
    let settings = scene.channel.recipes.get(job.recipe).and_then(|recipe| recipe.picture.as_ref());
    let Some((settings, name)) = settings.and_then(|one| Some((one, one.name.as_ref()?))) else {
        return;
    };
    let made = settings.files().zip(drawn).map(|((size, _), (part, bytes))| {
        let place = PublishedPath::new(&part.path, &Digest::of(bytes));
        let media_type = part.form.media_type();
        (place, MadePicture { url: String::new(), size, media_type, bytes: bytes.len() })
    });
    assets.images().add_made(&subject_of(scene), &name.value, made);
}

fn subject_of(scene: &Scene<'_>) -> PictureSubject {
    PictureSubject {
        campaign: scene.brief.id.value.to_string(),
        asset: scene.asset.id.value.to_string(),
        placement: scene.placement.map(|one| one.id.to_string()).unwrap_or_default(),
    }
}
