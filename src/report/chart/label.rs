//! Where labels stand, so that none covers another and none is cut off.

/// Moves labels along one direction until each has `distance` to the next, within `from` and `to`.
///
/// The order by place stays; labels that would leave at the end push the others back.
pub fn spread(wanted: &[f64], distance: f64, from: f64, to: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));
    let mut places = wanted.to_vec();
    let mut least = from;
    for &index in &order {
        places[index] = places[index].max(least);
        least = places[index] + distance;
    }
    let mut most = to;
    for &index in order.iter().rev() {
        places[index] = places[index].min(most);
        most = places[index] - distance;
    }
    places
}

/// Where the label of a bar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// On the bar, in its middle.
    Inside,
    /// After its end.
    Right,
    /// Before its beginning.
    Left,
}

/// The place of a label of this width for a bar from `left` to `right` on a chart that ends at `edge`.
pub fn beside(left: f64, right: f64, width: f64, gap: f64, edge: f64) -> Beside {
    if right - left >= width + 2.0 * gap {
        Beside::Inside
    } else if right + gap + width <= edge {
        Beside::Right
    } else {
        Beside::Left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_meet_are_moved_apart_and_stay_on_the_paper() {
        assert_eq!(spread(&[50.0, 52.0], 14.0, 0.0, 100.0), [50.0, 64.0]);
        assert_eq!(spread(&[99.0, 98.0], 14.0, 0.0, 100.0), [100.0, 86.0]);
        assert_eq!(spread(&[10.0, 80.0], 14.0, 0.0, 100.0), [10.0, 80.0]);
    }

    #[test]
    fn the_label_of_a_short_bar_stands_beside_it() {
        assert_eq!(beside(0.0, 100.0, 30.0, 4.0, 500.0), Beside::Inside);
        assert_eq!(beside(0.0, 10.0, 30.0, 4.0, 500.0), Beside::Right);
        assert_eq!(beside(480.0, 490.0, 30.0, 4.0, 500.0), Beside::Left);
    }
}
