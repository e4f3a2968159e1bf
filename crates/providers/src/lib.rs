//! What an AI service can do, and the adapters that speak to them.
