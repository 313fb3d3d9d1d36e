use super::*;

const TYPE: &str = "multipart/form-data; boundary=X";

fn multipart(content_type: Option<&str>, body: &[u8]) -> Result<Multipart, PoveryError> {
    let mut headers = HeaderMap::new();
    if let Some(content_type) = content_type {
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    }
    Multipart::of(&Content::of(&headers), &Bytes::copy_from_slice(body))
}

#[tokio::test]
async fn fields_are_whole_and_own_their_data() {
    let body =
        b"--X\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\xC3\x89t\xC3\xA9\r\n\
        --X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\
        Content-Type: application/octet-stream\r\nX-Note: n\r\n\r\n\x00\xff\r\n\
        --X\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--X--\r\n";
    let mut form = multipart(Some(TYPE), body).unwrap();
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await.unwrap() {
        fields.push(field);
    }
    drop(form);
    let [title, file, empty] = fields.as_slice() else {
        panic!("{fields:?}")
    };
    assert_eq!(
        (title.name(), title.text().unwrap()),
        (Some("title"), "Été")
    );
    assert_eq!((title.file_name(), title.content_type()), (None, None));
    assert_eq!(
        (file.name(), file.file_name()),
        (Some("file"), Some("a.bin"))
    );
    assert_eq!(file.content_type(), Some("application/octet-stream"));
    assert_eq!(file.headers()["x-note"], "n");
    assert_eq!(file.bytes().as_ref(), b"\x00\xff");
    assert_eq!(file.text().unwrap_err().status(), 400);
    assert_eq!(empty.clone().into_bytes(), Bytes::new());
    assert_eq!(format!("{title:?}"), "Field { length: 5, .. }");
}

#[test]
fn the_content_type_must_be_a_form_with_a_boundary() {
    for (content_type, status) in [
        (None, 415),
        (Some("application/json"), 415),
        (Some("multipart/mixed; boundary=X"), 415),
        (Some("nonsense"), 415),
        (Some("multipart/form-data"), 400),
    ] {
        let error = multipart(content_type, b"").unwrap_err();
        assert_eq!(error.status(), status, "{content_type:?}");
    }
}

#[tokio::test]
async fn a_broken_body_is_a_400_that_repeats_nothing_of_it() {
    let field =
        b"--X\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\nsecret\r\n--X--\r\n";
    // Cut anywhere before the closing delimiter is complete.
    for end in 0..field.len() - 3 {
        let mut form = multipart(Some(TYPE), &field[..end]).unwrap();
        let error = loop {
            match form.next_field().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("{end} bytes are a whole form"),
                Err(error) => break error,
            }
        };
        assert_eq!(
            (error.status().as_u16(), error.code()),
            (400, "BAD_REQUEST")
        );
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    for body in [
        b"secret".as_slice(),
        b"--X\r\nsecret\r\n\r\n\r\n--X--\r\n",
        b"--X\r\nContent-Disposition: \xff\r\n\r\n",
        b"--X\r\nBad Name secret: 1\r\n\r\n1\r\n--X--\r\n",
    ] {
        let error = multipart(Some(TYPE), body).unwrap().next_field().await;
        let error = error.unwrap_err();
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
