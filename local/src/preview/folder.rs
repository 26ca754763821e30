//! The folder of a preview.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::index::{Index, TITLE};
use super::{PAGE, PreviewError};
use crate::scheme::Scheme;

const INDEX: &str = "index.html";

#[derive(Debug)]
pub(super) struct PreviewFolder(PathBuf);

impl PreviewFolder {
    /// Overwrites nothing but an earlier preview.
    pub(super) fn prepare(dir: &Path) -> Result<Self, PreviewError> {
        let folder = Self(dir.to_owned());
        if !folder.is_own().map_err(|error| folder.failed(error))? {
            return Err(PreviewError::ForeignFolder(folder.0));
        }
        // First, so that the folder of a preview that was stopped is known as one.
        folder.write_index(&Index::default())?;
        // The earlier one may have other states.
        match fs::remove_dir_all(folder.0.join(PAGE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(folder.failed(error)),
            _ => Ok(folder),
        }
    }

    /// Whether it is missing, empty, or an earlier preview.
    fn is_own(&self) -> io::Result<bool> {
        let mut files = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            files => files?,
        };
        if files.next().is_none() {
            return Ok(true);
        }
        match fs::read(self.0.join(INDEX)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            index => Ok(String::from_utf8_lossy(&index?).contains(TITLE)),
        }
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), PreviewError> {
        let file = self.0.join(name);
        let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
        let written = folder.and_then(|()| fs::write(&file, text));
        written.map_err(|error| self.failed(error))
    }

    /// As it is, and in light and in dark colours, whatever the browser prefers.
    pub(super) fn write_schemes(&self, name: &str, html: &str) -> Result<(), PreviewError> {
        self.write(&format!("{name}.html"), html)?;
        for scheme in Scheme::ALL {
            let file = format!("{name}.{}.html", scheme.name());
            self.write(&file, &scheme.apply(html))?;
        }
        Ok(())
    }

    /// Returns its path.
    pub(super) fn write_index(&self, index: &Index) -> Result<PathBuf, PreviewError> {
        let html = index.html().map_err(|error| self.failed(error.into()))?;
        self.write(INDEX, &html)?;
        Ok(self.0.join(INDEX))
    }

    fn failed(&self, source: io::Error) -> PreviewError {
        PreviewError::Write {
            folder: self.0.clone(),
            source,
        }
    }
}
