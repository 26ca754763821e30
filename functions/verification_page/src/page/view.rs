//! The views of the page.

use shared::text::template::Text;

use crate::state::State;
use crate::texts::Texts;

/// Which parts a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// As it is opened, with a hidden section for each state that the script may show.
    Open,
    /// The same for a link that stops mail. Without the script, it says that nothing has changed.
    Stop,
    Stopped,
    AlreadyStopped,
    Allowed,
    Suppressed,
    Verified,
    AlreadyVerified,
    Expired,
    LinkRefused,
    Invalid,
    TooMany,
    BadRequest,
    NotFound,
    UserMissing,
    /// The form again, with the error.
    CodeMalformed,
    CodeWrong,
    CodeExpired,
    Unavailable,
}

impl View {
    pub(super) fn of(state: &State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Stop => Self::Stop,
            State::Stopped { .. } => Self::Stopped,
            State::AlreadyStopped { .. } => Self::AlreadyStopped,
            State::Allowed { .. } => Self::Allowed,
            State::Verified { .. } | State::Done { already: false } => Self::Verified,
            State::AlreadyVerified { .. } | State::Done { already: true } => Self::AlreadyVerified,
            State::Suppressed { .. } => Self::Suppressed,
            State::Expired => Self::Expired,
            State::LinkRefused { .. } => Self::LinkRefused,
            State::Invalid => Self::Invalid,
            State::UserMissing => Self::UserMissing,
            State::CodeMalformed => Self::CodeMalformed,
            State::CodeWrong => Self::CodeWrong,
            State::CodeExpired => Self::CodeExpired,
            State::TooManyAttempts { .. } | State::CodesLocked => Self::TooMany,
            State::Unavailable { .. } => Self::Unavailable,
            State::NotFound => Self::NotFound,
            State::CrossSite
            | State::NotReachable
            | State::MethodNotAllowed
            | State::Unreadable(_) => Self::BadRequest,
        }
    }

    /// The title: a screen reader says it first, and the browser's history shows it.
    pub(super) fn title(self, texts: &Texts) -> Text<'static, 0> {
        match self {
            Self::Open | Self::UserMissing => texts.heading(),
            Self::Stop => texts.not_stopped_heading(),
            Self::Stopped => texts.stopped_heading(),
            Self::AlreadyStopped => texts.already_stopped_heading(),
            Self::Allowed => texts.allowed_heading(),
            Self::Suppressed => texts.no_mail_heading(),
            Self::Verified => texts.verified_heading(),
            Self::AlreadyVerified => texts.already_heading(),
            Self::Expired => texts.expired_heading(),
            // Not found is most likely a link that was damaged beyond repair.
            Self::LinkRefused | Self::Invalid | Self::NotFound => texts.invalid_heading(),
            Self::TooMany => texts.too_many_heading(),
            Self::BadRequest => texts.bad_request_heading(),
            Self::CodeMalformed => texts.code_malformed(),
            Self::CodeWrong => texts.code_wrong(),
            Self::CodeExpired => texts.code_expired(),
            Self::Unavailable => texts.unavailable_heading(),
        }
    }

    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Stop)
    }

    /// Whether a section is part of the page, visible or not.
    pub(super) fn has(self, section: Self) -> bool {
        self == section || self.is_open()
    }

    /// Whether the form is the main part of the page.
    pub(super) fn is_form(self) -> bool {
        matches!(
            self,
            Self::Open
                | Self::Stop
                | Self::CodeMalformed
                | Self::CodeWrong
                | Self::CodeExpired
                | Self::Unavailable
        )
    }

    /// Whether the page asks for the code if it knows the user: also after a link that failed.
    pub(super) fn has_form(self) -> bool {
        self.is_form() || matches!(self, Self::Expired | Self::Invalid)
    }

    pub(super) fn code_is_wrong(self) -> bool {
        matches!(
            self,
            Self::CodeMalformed | Self::CodeWrong | Self::CodeExpired
        )
    }
}
