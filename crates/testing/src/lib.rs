//! Made-up songs, clips and faults, and real servers, for the tests.

pub mod clips;
#[cfg(feature = "servers")]
pub mod postgres;
pub mod song;
pub mod wav;
