//! The folder that keeps the table and the API key from one session to the next.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use shared::domain::api_key::ApiKeySecret;
use thiserror::Error;

/// The text is for the person who gave the folder.
#[derive(Debug, Error)]
pub enum DataError {
    #[error("another session uses {}; end it, or choose another folder with --data", .0.display())]
    InUse(PathBuf),
    #[error("choose another folder with --data; {} cannot be used", folder.display())]
    Unusable { folder: PathBuf, source: io::Error },
}

/// The folder of one session.
#[derive(Debug)]
pub(super) struct DataFolder {
    path: PathBuf,
    /// The operating system unlocks it when the process ends, however it ends.
    lock: File,
}

impl Drop for DataFolder {
    /// To close the file is not enough: a child process that is just being started has it too.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

impl DataFolder {
    /// Two sessions with one table would publish each event twice.
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        let unusable = |source| DataError::Unusable {
            folder: path.to_owned(),
            source,
        };
        fs::create_dir_all(path).map_err(unusable)?;
        let lock = File::create(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse(path.to_owned())),
            // Some network file systems have no locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        Ok(Self {
            path: path.to_owned(),
            lock,
        })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    /// The API key of the earlier sessions, or else `new`, which later ones will have: a backend
    /// that knows the key can be used again, and the table gets no further key.
    pub(super) fn api_key(&self, new: ApiKeySecret) -> Result<ApiKeySecret, DataError> {
        self.read_or_write_key(new)
            .map_err(|source| DataError::Unusable {
                folder: self.path.clone(),
                source,
            })
    }

    fn read_or_write_key(&self, new: ApiKeySecret) -> io::Result<ApiKeySecret> {
        let file = self.path.join("api_key");
        match fs::read_to_string(&file) {
            Ok(text) if !text.trim().is_empty() => return Ok(ApiKeySecret::presented(text.trim())),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&file)?
            .write_all(new.expose_secret().as_bytes())?;
        Ok(new)
    }
}
