//! Reads the file of weights that `weights/pack.py` writes.

use std::collections::BTreeMap;

const MAGIC: &[u8] = b"MVEYE\x01";

/// Every tensor of the file, by name.
pub(crate) struct Weights<'a> {
    tensors: BTreeMap<&'a str, Tensor<'a>>,
}

struct Tensor<'a> {
    shape: Vec<usize>,
    numbers: Numbers<'a>,
}

enum Numbers<'a> {
    Exact(&'a [u8]),
    Quantised { scale: f64, least: f64, steps: &'a [u8] },
}

impl<'a> Weights<'a> {
    /// `None` where the bytes are not such a file.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut tensors = BTreeMap::new();
        while !rest.is_empty() {
            let length = usize::from(byte(&mut rest)?);
            let name = std::str::from_utf8(take(&mut rest, length)?).ok()?;
            let rank = byte(&mut rest)?;
            let sizes = (0..rank).map(|_| Some(u32::from_le_bytes(array(&mut rest)?) as usize));
            let shape: Vec<usize> = sizes.collect::<Option<_>>()?;
            let count: usize = shape.iter().product();
            let numbers = match byte(&mut rest)? {
                0 => Numbers::Exact(take(&mut rest, count * 4)?),
                1 => Numbers::Quantised {
                    scale: f64::from_le_bytes(array(&mut rest)?),
                    least: f64::from_le_bytes(array(&mut rest)?),
                    steps: take(&mut rest, count)?,
                },
                _ => return None,
            };
            tensors.insert(name, Tensor { shape, numbers });
        }
        Some(Self { tensors })
    }

    /// The numbers of a tensor, in C order, and its sizes.
    pub(crate) fn tensor(&self, name: &str) -> Option<(Vec<f32>, &[usize])> {
        let tensor = self.tensors.get(name)?;
        let numbers = match &tensor.numbers {
            Numbers::Exact(bytes) => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            Numbers::Quantised { scale, least, steps } => {
                steps.iter().map(|step| (f64::from(*step) * scale + least) as f32).collect()
            }
        };
        Some((numbers, &tensor.shape))
    }

    pub(crate) fn numbers(&self, name: &str) -> Option<Vec<f32>> {
        self.tensor(name).map(|(numbers, _)| numbers)
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    take(rest, 1)?.first().copied()
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    take(rest, N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(b"\x01a\x02\x01\x00\x00\x00\x02\x00\x00\x00\x00");
        bytes.extend([1.5f32, -2.0].into_iter().flat_map(f32::to_le_bytes));
        bytes.extend(b"\x01b\x01\x03\x00\x00\x00\x01");
        bytes.extend([0.5f64, -1.0].into_iter().flat_map(f64::to_le_bytes));
        bytes.extend([0, 1, 255]);
        bytes
    }

    #[test]
    fn exact_and_quantised_numbers_are_read() {
        let bytes = file();
        let weights = Weights::read(&bytes).unwrap();
        assert_eq!(weights.tensor("a").unwrap(), (vec![1.5, -2.0], &[1, 2][..]));
        assert_eq!(weights.tensor("b").unwrap(), (vec![-1.0, -0.5, 126.5], &[3][..]));
        assert!(weights.tensor("c").is_none());
    }

    #[test]
    fn a_cut_file_is_no_file() {
        let bytes = file();
        let whole: Vec<usize> =
            (0..bytes.len()).filter(|end| Weights::read(&bytes[..*end]).is_some()).collect();
        assert_eq!(whole, [MAGIC.len(), MAGIC.len() + 20], "only where a tensor ends");
    }
}
