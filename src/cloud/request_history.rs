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
pub struct History {
    /// Since when a target of each group has got which share; nothing for what has always been so.
    pieces: [Vec<(Option<SimTime>, f64)>; 2],
    has_begun: bool,
}

impl History {
    /// Forgets everything. Keeps its memory.
    pub fn reset(&mut self) {
        self.pieces.iter_mut().for_each(Vec::clear);
        self.has_begun = false;
    }

    /// Instant zero: what is so now has always been so.
    pub const fn begin(&mut self) {
        self.has_begun = true;
    }

    /// From now on each group gets its share of all requests, and these targets of it serve them alike.
    pub fn remember(&mut self, now: SimTime, shares: [f64; 2], serving: [u32; 2]) {
        let since = self.has_begun.then_some(now);
        for (pieces, (share, serving)) in
            self.pieces.iter_mut().zip(shares.into_iter().zip(serving))
        {
            let share = if serving == 0 { 0.0 } else { share / f64::from(serving) };
            match pieces.last_mut() {
                Some((_, last)) if *last == share => {}
                Some((before, last)) if *before == since => *last = share,
                _ => {
                    if pieces.len() == PIECES_MAX {
                        pieces.remove(0);
                    }
                    pieces.push((since, share));
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
        let pieces = &self.pieces[group.index()];
        let ends = pieces.iter().skip(1).map(|(since, _)| since.unwrap_or(SimTime::ZERO));
        pieces.iter().zip(ends.chain([SimTime::MAX])).filter_map(move |(&(since, share), end)| {
            let always = since.is_none() && from == SimTime::ZERO;
            let (since, end) = (since.unwrap_or(SimTime::ZERO).max(from), end.min(until));
            let piece = Piece { from: (!always).then_some(since), until: end, share };
            (share > 0.0 && (since < end || always)).then_some(piece)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T89 (ECS-EXT-36): 20 % of the traffic on one task beside 80 % on ten.
    #[test]
    fn a_canary_of_one_task_gets_its_whole_share() {
        let mut history = History::default();
        history.remember(SimTime::ZERO, [0.8, 0.2], [10, 1]);
        let share = |group| {
            let mut pieces =
                history.pieces(TargetGroupId(group), SimTime::ZERO, SimTime::from_millis(1));
            pieces.next().map(|piece| piece.share)
        };
        assert_eq!([share(0), share(1)], [Some(0.08), Some(0.2)]);
    }

    #[test]
    fn a_target_remembers_its_shares_while_it_served() {
        let at = |seconds: u64| SimTime::from_millis(seconds * 1000);
        let mut history = History::default();
        history.remember(at(0), [1.0, 0.0], [4, 0]);
        history.begin();
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
