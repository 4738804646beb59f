//! Traffic as lines: request rate and failed share of each side, in pieces long enough to mean something.
//!
//! Pieces end where minutes end and where the weights change, so that a shift is seen at its instant.

use crate::analysis::series::Series;
use crate::analysis::side::Side;
use crate::analysis::traffic::Minute;
use crate::engine::time::SimTime;
use crate::report::chart::panel::Stretch;

/// At most about so many pieces a line: more cannot be told apart.
const PIECES_MAX: usize = 300;

/// One piece of time with its traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    traffic: Minute,
    /// Pieces of one span of minutes belong together, unless the weights change between them.
    span: usize,
    /// How often the weights had changed before.
    shift: usize,
}

/// The traffic of a run in pieces.
pub fn pieces(series: &Series) -> Vec<Piece> {
    let together = series.minutes.len().div_ceil(PIECES_MAX).max(1);
    let shifts: Vec<SimTime> = series.weight_in_force.changes().skip(1).map(|(at, _)| at).collect();
    let mut cuts: Vec<SimTime> = series.minutes.iter().map(|minute| minute.from).collect();
    cuts.extend(&shifts);
    cuts.push(series.end);
    cuts.sort_unstable();
    cuts.dedup();
    let mut pieces: Vec<Piece> = Vec::new();
    for cut in cuts.windows(2) {
        let (from, to) = (cut[0], cut[1]);
        let minute = series.minutes.partition_point(|minute| minute.from <= from) - 1;
        let shift = shifts.partition_point(|&at| at <= from);
        let traffic = Minute { from, to, sides: series.traffic_between(from, to) };
        let piece = Piece { traffic, span: minute / together, shift };
        match pieces.last_mut() {
            Some(last) if (last.span, last.shift) == (piece.span, piece.shift) => last.join(&piece),
            _ => pieces.push(piece),
        }
    }
    pieces
}

impl Piece {
    fn join(&mut self, next: &Piece) {
        self.traffic.to = next.traffic.to;
        self.traffic.sides.original += next.traffic.sides.original;
        self.traffic.sides.replacement += next.traffic.sides.replacement;
    }
}

/// Requests per second of a side, from its first request on; it rises from zero.
pub fn rates(pieces: &[Piece], side: Side) -> Vec<Stretch> {
    // A remainder of a second or two would show chance as a spike.
    let told = whole(pieces, |piece, next| piece.shift == next.shift);
    let stretches = told.into_iter().map(|Piece { traffic, .. }| {
        let milliseconds = traffic.to.since(traffic.from).as_millis().max(1);
        let requests = traffic.sides[side].requests();
        (traffic.from, traffic.to, requests as f64 * 1000.0 / milliseconds as f64)
    });
    from_zero(stretches)
}

/// Failed requests of a side in percent of its requests, minute by minute, where it had any.
pub fn failed_percent(pieces: &[Piece], side: Side) -> Vec<Stretch> {
    let with_requests =
        pieces.iter().filter(|piece| piece.traffic.sides[side].requests() > 0).copied();
    let with_requests: Vec<Piece> = with_requests.collect();
    let told = whole(&with_requests, |piece, next| {
        piece.traffic.to == next.traffic.from && piece.span == next.span
            || piece.shift == next.shift
    });
    let percent = |Piece { traffic, .. }: Piece| {
        let tally = traffic.sides[side];
        let percent = tally.failed_requests() as f64 * 100.0 / tally.requests() as f64;
        (traffic.from, traffic.to, percent)
    };
    told.into_iter().map(percent).collect()
}

/// Pieces of less than this are joined to the one before, where that is allowed.
const PIECE_MIN_MS: u64 = 15_000;

/// Joins pieces that are too short with their neighbour, if `may_join` allows it.
fn whole(pieces: &[Piece], may_join: impl Fn(&Piece, &Piece) -> bool) -> Vec<Piece> {
    let mut told: Vec<Piece> = Vec::new();
    for piece in pieces {
        match told.last_mut() {
            Some(last) if (is_short(last) || is_short(piece)) && may_join(last, piece) => {
                last.join(piece);
            }
            _ => told.push(*piece),
        }
    }
    told
}

fn is_short(piece: &Piece) -> bool {
    piece.traffic.to.since(piece.traffic.from).as_millis() < PIECE_MIN_MS
}

/// The stretches from the first value above zero on, which it reaches from zero.
fn from_zero(stretches: impl Iterator<Item = Stretch>) -> Vec<Stretch> {
    let mut begun: Vec<Stretch> = stretches.skip_while(|stretch| stretch.2 == 0.0).collect();
    if let Some(&(from, _, _)) = begun.first().filter(|stretch| stretch.0 > SimTime::ZERO) {
        begun.insert(0, (from, from, 0.0));
    }
    begun
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;

    #[test]
    fn a_shift_is_seen_at_its_instant() {
        let series = example::canary().series();
        let rates = rates(&pieces(&series), Side::Replacement);
        assert_eq!(rates[0].0, SimTime::from_millis(92_000));
        assert!(rates[1].2 > 4.0 && rates[1].2 < 6.0, "a tenth of 50/s");
        let full = rates.iter().find(|stretch| stretch.2 > 40.0).expect("all traffic moves");
        assert_eq!(full.0, SimTime::from_millis(392_000));
    }

    #[test]
    fn a_long_run_has_no_more_pieces_than_can_be_seen() {
        let series = example::three_days().series();
        assert!(pieces(&series).len() <= PIECES_MAX + 2);
    }

    #[test]
    fn there_is_no_failed_share_without_requests() {
        let series = example::canary().series();
        let failed = failed_percent(&pieces(&series), Side::Original);
        let last = failed.last().expect("the original had requests");
        assert_eq!(last.1, SimTime::from_millis(392_000));
    }
}
