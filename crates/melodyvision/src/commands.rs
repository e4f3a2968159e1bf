//! One file a command.

pub(crate) mod admin;
pub(crate) mod analyze;
pub(crate) mod calls;
pub(crate) mod demo;
pub(crate) mod direction;
pub(crate) mod doctor;
pub(crate) mod make;
pub(crate) mod manual;
pub(crate) mod migrate;
pub(crate) mod models;
pub(crate) mod plan;
pub(crate) mod serve;
pub(crate) mod templates;
pub(crate) mod worker;
