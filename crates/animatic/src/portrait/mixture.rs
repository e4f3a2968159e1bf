//! A mixture of Gaussians over colours: what the person's colours are, and what the background's.

/// A colour, 0–1 a channel.
pub(super) type Color = [f32; 3];

const COMPONENTS: usize = 5;

struct Component {
    weight: f64,
    mean: [f64; 3],
    /// Inverse covariance, and the logarithm of its determinant.
    inverse: [[f64; 3]; 3],
    log_determinant: f64,
}

pub(super) struct Mixture(Vec<Component>);

impl Mixture {
    /// Fits a mixture to weighted colours by k-means from evenly ranked seeds. `None` without any weight.
    pub(super) fn fit(samples: &[(Color, f32)]) -> Option<Self> {
        let total: f64 = samples.iter().map(|(_, weight)| f64::from(*weight)).sum();
        if total < 1.0 {
            return None;
        }
        let luma = |color: Color| 0.3 * color[0] + 0.6 * color[1] + 0.1 * color[2];
        let mut ranked: Vec<Color> =
            samples.iter().filter(|(_, weight)| *weight > 0.5).map(|(color, _)| *color).collect();
        if ranked.is_empty() {
            ranked = samples.iter().map(|(color, _)| *color).collect();
        }
        ranked.sort_by(|a, b| luma(*a).total_cmp(&luma(*b)));
        let seed = |n: usize| ranked[(ranked.len() - 1) * (2 * n + 1) / (2 * COMPONENTS)];
        let mut means: Vec<Color> = (0..COMPONENTS).map(seed).collect();
        let mut nearest = vec![0; samples.len()];
        for _ in 0..8 {
            for (nearest, (color, _)) in nearest.iter_mut().zip(samples) {
                let distance =
                    |mean: &Color| -> f32 { mean.iter().zip(color).map(|(a, b)| (a - b) * (a - b)).sum() };
                *nearest = (0..COMPONENTS)
                    .min_by(|a, b| distance(&means[*a]).total_cmp(&distance(&means[*b])))
                    .unwrap_or(0);
            }
            for (component, mean) in means.iter_mut().enumerate() {
                let mut sum = [0.0_f64; 4];
                for (_, (color, weight)) in nearest.iter().zip(samples).filter(|(n, _)| **n == component) {
                    let weight = f64::from(*weight);
                    for (sum, channel) in sum.iter_mut().zip(color) {
                        *sum += weight * f64::from(*channel);
                    }
                    sum[3] += weight;
                }
                if sum[3] > 0.0 {
                    *mean = [sum[0], sum[1], sum[2]].map(|channel| (channel / sum[3]) as f32);
                }
            }
        }
        let members = |component: usize| {
            let of = nearest.iter().zip(samples).filter(move |(nearest, _)| **nearest == component);
            of.map(|(_, sample)| sample)
        };
        let components = (0..COMPONENTS)
            .filter_map(|component| Component::fit(members(component), means[component], total))
            .collect();
        Some(Self(components))
    }

    /// Logarithm of the density at a colour.
    pub(super) fn log_density(&self, color: Color) -> f64 {
        let density: f64 = self.0.iter().map(|component| component.density(color)).sum();
        libm::log(density.max(1e-12))
    }
}

impl Component {
    fn fit<'a>(members: impl Iterator<Item = &'a (Color, f32)>, mean: Color, total: f64) -> Option<Self> {
        let mean = mean.map(f64::from);
        let mut weight = 0.0;
        let mut spread = [[0.0_f64; 3]; 3];
        for (color, share) in members {
            let share = f64::from(*share);
            let off = [0, 1, 2].map(|channel| f64::from(color[channel]) - mean[channel]);
            for (row, a) in spread.iter_mut().zip(off) {
                for (cell, b) in row.iter_mut().zip(off) {
                    *cell += share * a * b;
                }
            }
            weight += share;
        }
        if weight < 0.5 {
            return None;
        }
        for (at, row) in spread.iter_mut().enumerate() {
            for cell in row.iter_mut() {
                *cell /= weight;
            }
            // Camera noise: no colour is known more exactly than this.
            row[at] += 0.0006;
        }
        let (inverse, determinant) = invert(&spread);
        Some(Self {
            weight: weight / total,
            mean,
            inverse,
            log_determinant: libm::log(determinant.max(1e-30)),
        })
    }

    fn density(&self, color: Color) -> f64 {
        let off = [0, 1, 2].map(|channel| f64::from(color[channel]) - self.mean[channel]);
        let mut distance = 0.0;
        for (row, a) in self.inverse.iter().zip(off) {
            for (cell, b) in row.iter().zip(off) {
                distance += a * cell * b;
            }
        }
        self.weight * libm::exp(-0.5 * (distance + self.log_determinant))
    }
}

/// Inverse and determinant of a symmetric positive matrix.
fn invert(m: &[[f64; 3]; 3]) -> ([[f64; 3]; 3], f64) {
    let minor = |r: usize, c: usize| {
        let rows = [(r + 1) % 3, (r + 2) % 3];
        let columns = [(c + 1) % 3, (c + 2) % 3];
        m[rows[0]][columns[0]] * m[rows[1]][columns[1]] - m[rows[0]][columns[1]] * m[rows[1]][columns[0]]
    };
    let determinant = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
    let mut inverse = [[0.0; 3]; 3];
    for (r, row) in inverse.iter_mut().enumerate() {
        for (c, cell) in row.iter_mut().enumerate() {
            *cell = minor(c, r) / determinant;
        }
    }
    (inverse, determinant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_likelier_where_they_came_from() {
        let cloud = |center: Color| {
            (0..200).map(move |n| {
                let wobble = |k: u32| ((n * k % 17) as f32 / 17.0 - 0.5) * 0.1;
                ([center[0] + wobble(3), center[1] + wobble(5), center[2] + wobble(7)], 1.0)
            })
        };
        let skin = Mixture::fit(&cloud([0.8, 0.6, 0.5]).collect::<Vec<_>>()).unwrap();
        let wall = Mixture::fit(&cloud([0.3, 0.5, 0.8]).collect::<Vec<_>>()).unwrap();
        assert!(skin.log_density([0.79, 0.61, 0.5]) > wall.log_density([0.79, 0.61, 0.5]) + 2.0);
        assert!(Mixture::fit(&[]).is_none());
    }
}
