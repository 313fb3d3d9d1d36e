#[povery::action]
async fn sum() {}

mod math {
    pub const ACTIONS: povery::ActionTable = povery::actions![];
}

fn main() {
    let _ = povery::actions![sum(), math::ACTIONS];
}
