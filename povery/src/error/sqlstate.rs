//! SQLSTATE → HTTP status: one table, after PostgREST's, from which it differs where our statements
//! are the program's and not the caller's (28, 42) and where a code says "try again" (25006, 40, 55P03).

use http::StatusCode;

/// The longest prefix of a SQLSTATE wins; anything else is 500.
const TABLE: [(&str, StatusCode); 17] = [
    ("08", StatusCode::SERVICE_UNAVAILABLE),
    ("22", StatusCode::BAD_REQUEST),
    ("23502", StatusCode::UNPROCESSABLE_ENTITY),
    ("23503", StatusCode::CONFLICT),
    ("23505", StatusCode::CONFLICT),
    ("23514", StatusCode::UNPROCESSABLE_ENTITY),
    ("23P01", StatusCode::CONFLICT),
    ("25006", StatusCode::SERVICE_UNAVAILABLE),
    ("28", StatusCode::SERVICE_UNAVAILABLE),
    ("40", StatusCode::SERVICE_UNAVAILABLE),
    ("42", StatusCode::INTERNAL_SERVER_ERROR),
    ("53", StatusCode::SERVICE_UNAVAILABLE),
    ("54", StatusCode::INTERNAL_SERVER_ERROR),
    ("55P03", StatusCode::SERVICE_UNAVAILABLE),
    ("57", StatusCode::SERVICE_UNAVAILABLE),
    ("57014", StatusCode::GATEWAY_TIMEOUT),
    // The database of the configuration does not exist (3D000): ours to mend, like a bad password.
    ("3D000", StatusCode::SERVICE_UNAVAILABLE),
];

/// The status that answers an error of the server with this SQLSTATE.
pub(crate) fn status(sqlstate: &str) -> StatusCode {
    TABLE
        .iter()
        .filter(|(prefix, _)| sqlstate.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map_or(StatusCode::INTERNAL_SERVER_ERROR, |(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn every_row_of_the_documented_table() {
        let rows = [
            (
                503,
                "08000 08006 25006 28P01 28000 40001 40P01 53300 53100 55P03 57P01 57P03 3D000",
            ),
            (400, "22001 22021 22P02"),
            (409, "23505 23503 23P01"),
            (422, "23502 23514"),
            (504, "57014"),
            (500, "42501 42P01 54000 P0001 XX000 0A000"),
        ];
        for (expected, codes) in rows {
            for code in codes.split(' ') {
                assert_eq!(status(code), expected, "{code}");
            }
        }
    }
}
