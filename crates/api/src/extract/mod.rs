//! What handlers take from a request, checked before they see it.

mod body;
mod client;
mod conditional;
mod page;
mod path;
mod signed_in;

pub use body::ValidJson;
pub(crate) use body::field_errors;
pub use client::{Client, client_address};
pub use conditional::{IfMatch, etag};
pub use page::{Listing, Page};
pub use path::{ApiPath, ApiQuery};
pub use signed_in::{Person, SignedIn};
