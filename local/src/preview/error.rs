//! Why there is no preview.

use std::io;
use std::path::PathBuf;

use mail::SendError;
use shared::runtime::settings::SettingError;
use shared::telemetry::Source;
use thiserror::Error;

use super::sample::MalformedSample;

#[derive(Debug, Error)]
pub enum PreviewError {
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Sample(#[from] MalformedSample),
    #[error("an email could not be rendered")]
    Mail(#[from] SendError),
    #[error("the page could not be rendered")]
    Page(#[source] Source),
    #[error("choose an empty folder; {} has files that are not of a preview", .0.display())]
    ForeignFolder(PathBuf),
    #[error("choose another folder; nothing can be written into {}", .folder.display())]
    Write { folder: PathBuf, source: io::Error },
}
