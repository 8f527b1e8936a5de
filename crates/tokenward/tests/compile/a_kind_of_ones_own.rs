use tokenward::profile::Sealed;

fn main() {}

struct AnyToken;

impl Sealed for AnyToken {}
