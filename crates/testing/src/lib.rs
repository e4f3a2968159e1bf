//! Made-up songs, clips and faults for the tests.

pub mod clips;
pub mod song;
pub mod wav;
