//! Real renders, read back: what the film holds is what was asked for.

#[cfg(test)]
mod assembling;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod film;
#[cfg(test)]
mod odd_clips;
#[cfg(test)]
mod pictures;
