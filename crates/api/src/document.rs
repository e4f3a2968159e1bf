//! The OpenAPI document: what the routes say, completed with what holds for all of them, and the page that shows it.

use crate::error::Problem;
use crate::state::ApiState;
use axum::Router;
use std::collections::BTreeSet;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi, PartialSchema, ToSchema};
use utoipa_swagger_ui::SwaggerUi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "MelodyVision",
        description = "A song and photos of a character in, a finished music video out. Refusals are problem documents \
            (RFC 9457) with a `code` for programs and a `hint` for people. Lists answer `data`, `total`, `limit` and \
            `offset`. Unsafe calls take `Idempotency-Key`; edits take `If-Match`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "auth", description = "Signing up, in and out"),
        (name = "users", description = "One's own account"),
        (name = "keys", description = "API keys for programs"),
        (name = "uploads", description = "Sending files, resumably (tus 1.0)"),
        (name = "characters", description = "Who is in the films"),
        (name = "projects", description = "A song and what becomes of it"),
        (name = "scenes", description = "The storyboard, scene by scene and whole"),
        (name = "video", description = "Quotes, orders and their progress"),
        (name = "calls", description = "Paid calls of outside services, and what to do about a lost one"),
        (name = "billing", description = "Plans, payments, credits and what moved them"),
        (name = "webhooks", description = "Where one's own programs are told, and where outside services call back"),
        (name = "sharing", description = "Links, comments and downloads"),
        (name = "catalogue", description = "Templates and models"),
        (name = "files", description = "Files behind signed addresses"),
        (name = "admin", description = "For whoever runs the server"),
        (name = "operations", description = "Health and numbers")
    )
)]
struct Base;

/// The document before the routes are added.
pub(crate) fn base() -> Document {
    Base::openapi()
}

/// Where the cookie's and the key's schemes are named in the routes' `security(...)`.
pub const SECURITY_SESSION: &str = "session";
pub const SECURITY_API_KEY: &str = "api_key";

/// Adds what holds for all routes: the ways to sign in and the refusals that the frame itself makes.
pub fn complete(mut document: Document) -> Document {
    let components = document.components.get_or_insert_default();
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    let mut nested = Vec::new();
    Problem::schemas(&mut nested);
    components.schemas.extend(nested);
    components.security_schemes.insert(
        SECURITY_SESSION.to_owned(),
        RefOr::T(SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-mv_session")))),
    );
    components.security_schemes.insert(
        SECURITY_API_KEY.to_owned(),
        RefOr::T(SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build())),
    );
    for (path, item) in &mut document.paths.paths {
        for (is_safe, operation) in operations(item) {
            for status in implied(path, is_safe, operation) {
                let response = RefOr::T(refusal(status));
                operation.responses.responses.entry(status.to_string()).or_insert(response);
            }
        }
    }
    // The router's mark of a parameter that takes slashes is not OpenAPI's.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    name_operations(&mut document);
    document
}

/// Names every operation by its method and path, `get_projects_id_scenes`: a handler's own name says enough in its file,
/// and is that of others elsewhere.
fn name_operations(document: &mut Document) {
    for (path, item) in &mut document.paths.paths {
        let place: String = path.trim_start_matches("/api").chars().filter(|c| !"{}".contains(*c)).collect();
        let place = place.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let methods = [
            ("get", item.get.as_mut()),
            ("head", item.head.as_mut()),
            ("options", item.options.as_mut()),
            ("post", item.post.as_mut()),
            ("put", item.put.as_mut()),
            ("patch", item.patch.as_mut()),
            ("delete", item.delete.as_mut()),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}{place}"));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    [
        (true, item.get.as_mut()),
        (true, item.head.as_mut()),
        (true, item.options.as_mut()),
        (false, item.post.as_mut()),
        (false, item.put.as_mut()),
        (false, item.patch.as_mut()),
        (false, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(is_safe, operation)| Some((is_safe, operation?)))
}

/// The refusals that the frame makes for an operation of this shape.
fn implied(path: &str, is_safe: bool, operation: &Operation) -> BTreeSet<u16> {
    let mut statuses = BTreeSet::from([500, 503]);
    if path.starts_with("/api/") {
        statuses.insert(429);
    }
    if operation.security.as_ref().is_some_and(|ways| !ways.is_empty()) {
        statuses.extend([401, 403]);
    }
    if !is_safe {
        // 403: a page of another site; 400, 409 and 422: what is wrong with `Idempotency-Key`.
        statuses.extend([400, 403, 409, 422]);
    }
    if operation.request_body.is_some() {
        statuses.extend([400, 413, 415, 422]);
    }
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    for parameter in parameters {
        let RefOr::T(parameter) = parameter else { continue };
        match parameter.parameter_in {
            ParameterIn::Path => statuses.insert(404),
            ParameterIn::Query | ParameterIn::QueryString => statuses.insert(422),
            ParameterIn::Header | ParameterIn::Cookie => statuses.insert(400),
        };
    }
    statuses
}

fn refusal(status: u16) -> utoipa::openapi::Response {
    let words = match status {
        400 => "The request cannot be read",
        401 => "Nobody is signed in",
        403 => "You may not do this",
        404 => "There is no such thing, or it is not yours",
        409 => "It does not fit what is there",
        413 => "The body is too large",
        415 => "The body is of a type that is not taken here",
        422 => "Something in the request is wrong; `errors` says where",
        429 => "Too often; `Retry-After` says when to try again",
        503 => "The server cannot answer just now",
        _ => "Something went wrong on our side",
    };
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name().into_owned()))).build();
    ResponseBuilder::new().description(words).content("application/problem+json", content).build()
}

/// `/api/docs`, and the document itself at `/api/openapi.json`.
pub(crate) fn pages(document: Document) -> Router<ApiState> {
    SwaggerUi::new("/api/docs").url("/api/openapi.json", document).into()
}
