use tokenward::{ContentType, Decrypter};

fn main() {}

fn decrypter(text: ContentType) -> Decrypter {
    Decrypter::builder().content_type(text).build()
}
