//! Writes the OpenAPI document: `openapi docs/openapi.json`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("say where to: openapi docs/openapi.json")?;
    std::fs::write(path, mv_api::openapi()?)?;
    Ok(())
}
