//! Who is who: the pairing of people with faces whose distances sum to the least.

/// For each row of costs, which column it gets, each at most once; rows beyond the number of columns get none, those
/// whose place costs the others most. The Hungarian method with potentials (Kuhn 1955; Jonker & Volgenant 1987).
pub(crate) fn assign(costs: &[Vec<f64>]) -> Vec<Option<usize>> {
    let rows = costs.len();
    let columns = costs.first().map_or(0, Vec::len);
    if columns == 0 {
        return vec![None; rows];
    }
    // Spare columns that cost more than any face, so that nobody goes without while there is one.
    let spare = 1.0 + costs.iter().flatten().copied().fold(0.0, f64::max);
    let places = columns.max(rows);
    let cost = |row: usize, column: usize| if column < columns { costs[row][column] } else { spare };
    let (mut row_prices, mut column_prices) = (vec![0.0; rows + 1], vec![0.0; places + 1]);
    // Column 0 and row 0 stand for nobody; `holder[column]` is the row that has it.
    let mut holder = vec![0usize; places + 1];
    for row in 1..=rows {
        holder[0] = row;
        let mut at = 0;
        let (mut slack, mut from) = (vec![f64::INFINITY; places + 1], vec![0usize; places + 1]);
        let mut visited = vec![false; places + 1];
        while holder[at] != 0 {
            visited[at] = true;
            let here = holder[at];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for column in (1..=places).filter(|column| !visited[*column]) {
                let reduced = cost(here - 1, column - 1) - row_prices[here] - column_prices[column];
                if reduced < slack[column] {
                    slack[column] = reduced;
                    from[column] = at;
                }
                if slack[column] < step {
                    step = slack[column];
                    next = column;
                }
            }
            for column in 0..=places {
                if visited[column] {
                    row_prices[holder[column]] += step;
                    column_prices[column] -= step;
                } else {
                    slack[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            holder[at] = holder[from[at]];
            at = from[at];
        }
    }
    let mut assigned = vec![None; rows];
    for (column, holder) in holder.iter().enumerate().skip(1).take(columns) {
        if *holder != 0 {
            assigned[holder - 1] = Some(column - 1);
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The least sum over all pairings of as many rows as there are columns, by trying them.
    fn least(costs: &[Vec<f64>], taken: u32, row: usize, spare: usize) -> f64 {
        let Some(line) = costs.get(row) else { return 0.0 };
        let free = line.iter().enumerate().filter(|(column, _)| taken & (1 << column) == 0);
        let pairs = free.map(|(column, cost)| cost + least(costs, taken | 1 << column, row + 1, spare));
        let without = (spare > 0).then(|| least(costs, taken, row + 1, spare - 1));
        pairs.chain(without).fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #[test]
        fn no_pairing_is_cheaper(
            costs in (1usize..5, 1usize..5).prop_flat_map(|(rows, columns)| {
                prop::collection::vec(prop::collection::vec(0.0f64..2.0, columns), rows)
            })
        ) {
            let assigned = assign(&costs);
            let (rows, columns) = (costs.len(), costs[0].len());
            let mut used: Vec<usize> = assigned.iter().copied().flatten().collect();
            prop_assert_eq!(used.len(), rows.min(columns));
            let sum: f64 = assigned.iter().zip(&costs).filter_map(|(c, line)| Some(line[(*c)?])).sum();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), rows.min(columns));
            let best = least(&costs, 0, 0, rows.saturating_sub(columns));
            prop_assert!((sum - best).abs() < 1e-9, "{} {}", sum, best);
        }
    }

    #[test]
    fn without_faces_nobody_gets_one() {
        assert_eq!(assign(&[vec![], vec![]]), [None, None]);
        assert_eq!(assign(&[]), []);
    }
}
