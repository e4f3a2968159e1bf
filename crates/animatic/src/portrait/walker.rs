//! The random walker with priors: turns what each pixel's colour suggests into an outline along the picture's edges.
//!
//! Grady, "Multilabel random walker image segmentation using prior models" (CVPR 2005): the matte minimises
//! Σ λ(αᵢ − pᵢ)² + Σ wᵢⱼ(αᵢ − αⱼ)², with weights that fall where colours differ; solved by conjugate gradients.

use super::mixture::Color;

/// A field of values, one a pixel, rows from the top.
pub(super) struct Problem<'a> {
    pub(super) width: usize,
    pub(super) colors: &'a [Color],
    /// What each pixel's own evidence says, 0–1, and how much it counts.
    pub(super) prior: &'a [f32],
    pub(super) trust: &'a [f32],
}

const ROUNDS: usize = 160;

/// Solves for the matte, 0–1.
pub(super) fn solve(problem: &Problem<'_>) -> Vec<f32> {
    let Problem { width, colors, prior, trust } = *problem;
    let count = colors.len();
    // Differences are measured against what is usual in this picture.
    let difference =
        |a: usize, b: usize| -> f32 { colors[a].iter().zip(colors[b]).map(|(a, b)| (a - b) * (a - b)).sum() };
    let is_right = |at: usize| at % width + 1 < width;
    let (mut sum, mut pairs) = (0.0_f64, 0.0_f64);
    for at in (0..count).filter(|at| is_right(*at)) {
        sum += f64::from(difference(at, at + 1));
        pairs += 1.0;
    }
    let usual = ((sum / pairs.max(1.0)) as f32).max(1e-5);
    let weight = |a: usize, b: usize| {
        let edge = difference(a, b) / (2.0 * usual);
        0.02 + libm::expf(-edge)
    };
    let right: Vec<f32> = (0..count).map(|at| if is_right(at) { weight(at, at + 1) } else { 0.0 }).collect();
    let below: Vec<f32> =
        (0..count).map(|at| if at + width < count { weight(at, at + width) } else { 0.0 }).collect();
    let apply = |x: &[f32], out: &mut [f32]| {
        for (at, out) in out.iter_mut().enumerate() {
            let mut sum = trust[at] * x[at] + right[at] * (x[at] - x[(at + 1).min(count - 1)]);
            sum += below[at] * (x[at] - x[(at + width).min(count - 1)]);
            if at >= 1 {
                sum += right[at - 1] * (x[at] - x[at - 1]);
            }
            if at >= width {
                sum += below[at - width] * (x[at] - x[at - width]);
            }
            *out = sum;
        }
    };
    let dot =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let mut x = prior.to_vec();
    let mut product = vec![0.0; count];
    apply(&x, &mut product);
    let mut rest: Vec<f32> = (0..count).map(|at| trust[at] * prior[at] - product[at]).collect();
    let mut direction = rest.clone();
    let mut size = dot(&rest, &rest);
    let enough = size * 1e-8;
    for _ in 0..ROUNDS {
        if size <= enough || size == 0.0 {
            break;
        }
        apply(&direction, &mut product);
        let step = (size / dot(&direction, &product).max(1e-30)) as f32;
        for at in 0..count {
            x[at] += step * direction[at];
            rest[at] -= step * product[at];
        }
        let smaller = dot(&rest, &rest);
        let turn = (smaller / size) as f32;
        for at in 0..count {
            direction[at] = rest[at] + turn * direction[at];
        }
        size = smaller;
    }
    for value in &mut x {
        *value = value.clamp(0.0, 1.0);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_spreads_up_to_the_edge_of_a_colour() {
        let (width, height) = (24, 16);
        let dark = |at: usize| at % width < 12;
        let colors: Vec<Color> =
            (0..width * height).map(|at| [if dark(at) { 0.1 } else { 0.9 }; 3]).collect();
        // One column of evidence on either side; nothing is known in between.
        let prior: Vec<f32> = (0..width * height).map(|at| if at % width < 12 { 0.0 } else { 1.0 }).collect();
        let trust: Vec<f32> = (0..width * height)
            .map(|at| if [0, width - 1].contains(&(at % width)) { 1.0 } else { 0.0 })
            .collect();
        let unknown: Vec<f32> =
            prior.iter().zip(&trust).map(|(p, t)| if *t > 0.0 { *p } else { 0.5 }).collect();
        let matte = solve(&Problem { width, colors: &colors, prior: &unknown, trust: &trust });
        for (at, alpha) in matte.iter().enumerate() {
            assert!(if dark(at) { *alpha < 0.35 } else { *alpha > 0.65 }, "{at}: {alpha}");
        }
    }
}
