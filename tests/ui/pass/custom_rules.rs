use validator::ValidationError;

fn even(number: &u32) -> Result<(), ValidationError> {
    number
        .is_multiple_of(2)
        .then_some(())
        .ok_or_else(|| ValidationError::new("even"))
}

mod rules {
    use super::ValidationError;

    pub(super) fn short<T: AsRef<str>>(text: &T) -> Result<(), ValidationError> {
        match text.as_ref().len() {
            0..9 => Ok(()),
            _ => Err(ValidationError::new("short")),
        }
    }

    pub(super) fn few(list: &[u8]) -> Result<(), ValidationError> {
        list.is_empty()
            .then_some(())
            .ok_or_else(|| ValidationError::new("few"))
    }
}

#[povery::route(GET, "/<id>?<limit>&<name>&<list>")]
async fn checked(
    #[validate(custom(function = even))] id: u32,
    #[validate(custom(function = "even", code = "pair", message = "in pairs"))] limit: Option<u32>,
    #[validate(custom(function = rules::short))] name: String,
    #[validate(custom(function = crate::custom_rules::rules::few), length(max = 3))] list: Vec<u8>,
) {
    let _ = (id, limit, name, list);
}

#[test]
fn holds() {
    let _ = povery::routes![checked];
}
