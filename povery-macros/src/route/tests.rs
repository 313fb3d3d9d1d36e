//! Snapshots of what the three routes of the users application expand to.
