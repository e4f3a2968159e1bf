//! Made-up songs, clips and faults for the tests.

pub mod wav;
