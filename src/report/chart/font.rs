//! The one font of all charts and how wide text is in it.

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::sync::Once;

/// The family by which SVG readers find a font: ours, the most alike, any.
pub const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// Height of a line of DejaVu Sans from its tables, in parts of its size: (ascent + descent) / em.
///
/// The font library takes this height where everybody else takes the em.
pub const LINE_HEIGHT: f64 = 2384.0 / 2048.0;

/// Sizes at which widths are measured are this much larger, as the library rounds to whole pixels.
const PRECISION: f64 = 16.0;

static REGISTERED: Once = Once::new();

/// The font in this size, in pixels of an em.
pub fn font(size: f64, bold: bool) -> FontDesc<'static> {
    REGISTERED.call_once(|| {
        let fonts =
            [(FontStyle::Normal, dejavu::sans::regular()), (FontStyle::Bold, dejavu::sans::bold())];
        for (style, bytes) in fonts {
            let registered = register_font(FAMILY, style, bytes);
            assert!(registered.is_ok(), "the font that comes with the program is a font");
        }
    });
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    FontDesc::new(FontFamily::Name(FAMILY), size, style)
}

/// How wide a text is in this size.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let measured = font(size * LINE_HEIGHT * PRECISION, bold).box_size(text);
    f64::from(measured.expect("the font is registered").0) / PRECISION
}
