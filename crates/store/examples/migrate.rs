//! Brings the schema of a database up to date: `migrate postgres://…`.

use mv_store::StoreError;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("say which database: migrate postgres://…")?;
    mv_store::db::migrate::run(&address.parse()?).await.map_err(|error: StoreError| error.into())
}
