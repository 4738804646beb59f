//! What share of all requests one target of each group got, and since when.
//!
//! Only for whoever asks how long requests have been open (`wiring::open_requests`).

use crate::aws::id::TargetGroupId;
use crate::engine::time::SimTime;

/// A stretch of time in which a target of a group got the same share of all requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Since when; nothing if it has always been so.
    pub from: Option<SimTime>,
    /// Until when.
    pub until: SimTime,
    /// The share that one target got.
    pub share: f64,
}

/// So many stretches are remembered for each group: more than a shift has increments.
const PIECES_MAX: usize = 128;

/// The shares of both groups.
#[derive(Clone, Debug, Default)]
pub struct History([Vec<(SimTime, f64)>; 2]);

impl History {
    /// Forgets everything. Keeps its memory.
    pub fn reset(&mut self) {
        self.0.iter_mut().for_each(Vec::clear);
    }

    /// From now on each group gets its share of all requests, and these targets of it serve them alike.
    pub fn remember(&mut self, now: SimTime, shares: [f64; 2], serving: [u32; 2]) {
        for (pieces, (share, serving)) in self.0.iter_mut().zip(shares.into_iter().zip(serving)) {
            let share = if serving == 0 { 0.0 } else { share / f64::from(serving) };
            match pieces.last_mut() {
                Some((_, last)) if *last == share => {}
                Some((since, last)) if *since == now => *last = share,
                _ => {
                    if pieces.len() == PIECES_MAX {
                        pieces.remove(0);
                    }
                    pieces.push((now, share));
                }
            }
        }
    }

    /// What a target got that served from one instant to another; one that was there at instant zero always has.
    pub fn pieces(
        &self,
        group: TargetGroupId,
        from: SimTime,
        until: SimTime,
    ) -> impl Iterator<Item = Piece> + '_ {
        let shares = &self.0[group.index()];
        let ends = shares.iter().skip(1).map(|(since, _)| *since).chain([SimTime::MAX]);
        shares.iter().zip(ends).filter_map(move |(&(since, share), end)| {
            let always = since == SimTime::ZERO && from == SimTime::ZERO;
            let (since, end) = (since.max(from), end.min(until));
            let piece = Piece { from: (!always).then_some(since), until: end, share };
            (share > 0.0 && (since < end || always)).then_some(piece)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_remembers_its_shares_while_it_served() {
        let at = |seconds: u64| SimTime::from_millis(seconds * 1000);
        let mut history = History::default();
        history.remember(at(0), [1.0, 0.0], [4, 0]);
        history.remember(at(100), [0.9, 0.1], [4, 2]);
        history.remember(at(100), [0.8, 0.2], [4, 2]);
        history.remember(at(200), [0.0, 1.0], [4, 2]);
        let pieces = |group, from, until| -> Vec<_> {
            history.pieces(TargetGroupId(group), at(from), at(until)).collect()
        };
        let piece = |from, until, share| Piece { from, until: at(until), share };
        assert_eq!(
            pieces(0, 0, 300),
            [piece(None, 100, 0.25), piece(Some(at(100)), 200, 0.2)],
            "it had a quarter of everything, for ever"
        );
        assert_eq!(
            pieces(1, 150, 250),
            [piece(Some(at(150)), 200, 0.1), piece(Some(at(200)), 250, 0.5)]
        );
    }
}
