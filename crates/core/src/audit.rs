//! What is noted in the audit log.

use serde::{Deserialize, Serialize};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// A kind of entry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Event {
            $($(#[$doc])* $name),+
        }

        impl Event {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }
        }
    };
}

events! {
    SignIn = "sign_in",
    /// A wrong password or second factor.
    SignInFailed = "sign_in_failed",
    SignOut = "sign_out",
    SignUp = "sign_up",
    EmailVerified = "email_verified",
    EmailChanged = "email_changed",
    PasswordChanged = "password_changed",
    PasswordResetRequested = "password_reset_requested",
    /// A session was ended from another device.
    SessionRevoked = "session_revoked",
    /// A refresh token was used twice: somebody else has it.
    RefreshReused = "refresh_reused",
    MfaEnabled = "mfa_enabled",
    MfaDisabled = "mfa_disabled",
    RecoveryCodeUsed = "recovery_code_used",
    AccountLinked = "account_linked",
    AccountUnlinked = "account_unlinked",
    ApiKeyCreated = "api_key_created",
    ApiKeyRevoked = "api_key_revoked",
    ProviderKeyChanged = "provider_key_changed",
    /// Where somebody's own programs are told, or how that is signed.
    WebhookEndpointChanged = "webhook_endpoint_changed",
    ProfileChanged = "profile_changed",
    /// Somebody refused a service, or let it have their things again.
    PrivacyChanged = "privacy_changed",
    /// Somebody said what became of a paid call whose answer was lost.
    CallResolved = "call_resolved",
    DataExportRequested = "data_export_requested",
    DeletionScheduled = "deletion_scheduled",
    /// The person signed in again during the grace period.
    AccountRestored = "account_restored",

    ProjectCreated = "project_created",
    ProjectUpdated = "project_updated",
    ProjectDeleted = "project_deleted",
    VideoGenerated = "video_generated",

    CharacterCreated = "character_created",
    CharacterUpdated = "character_updated",
    CharacterDeleted = "character_deleted",

    SubscriptionCreated = "subscription_created",
    SubscriptionUpdated = "subscription_updated",
    SubscriptionCanceled = "subscription_canceled",
    PaymentSucceeded = "payment_succeeded",
    PaymentFailed = "payment_failed",
    /// A payment went back, and with it the credits that it had brought; or a dispute was won, and they came again.
    CreditsTakenBack = "credits_taken_back",

    RateLimitExceeded = "rate_limit_exceeded",
    UnauthorizedAccess = "unauthorized_access",
    PermissionDenied = "permission_denied",

    /// An admin changed somebody's plan, role or standing.
    UserChangedByAdmin = "user_changed_by_admin",
    /// An admin gave somebody credits, or took some away.
    CreditsChangedByAdmin = "credits_changed_by_admin",
    /// An admin took a job off the queue, or put one on again.
    QueueChangedByAdmin = "queue_changed_by_admin",
}
