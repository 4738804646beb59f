//! Charts: one drawing, painted as SVG and as PNG.
//!
//! A chart is laid out as plain shapes (`drawing`), so that what it shows can be tested without a picture;
//! `canvas` paints the shapes through plotters. Fonts come with the program, none is read from the system.

mod alarm;
mod axis;
mod canvas;
mod drawing;
pub mod fit;
mod font;
mod gantt;
mod label;
mod palette;
mod panel;
pub mod sweep;
mod tasks;
mod timeline;
mod traffic;

#[cfg(test)]
mod tests;

pub use timeline::{png, svg};
