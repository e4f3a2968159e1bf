//! Made-up songs, clips and faults, and real servers, for the tests.

#[cfg(feature = "servers")]
mod child;
pub mod clips;
#[cfg(feature = "servers")]
pub mod mail;
#[cfg(feature = "servers")]
pub mod postgres;
#[cfg(feature = "servers")]
pub mod redis;
#[cfg(feature = "servers")]
pub mod s3;
pub mod song;
#[cfg(feature = "vendors")]
pub mod stripe;
#[cfg(feature = "vendors")]
pub mod vendor;
pub mod wav;
