//! Redis as a source of messages, with somebody who counts what comes from there: the authority would feed a
//! verifier just as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokenward::{Audience, BackendError};
use tokenward_redis::RedisSource;
use tokenward_revocation::{Message, Source, Subscription};

/// How many frames came by Redis.
pub(super) type Count = Arc<AtomicUsize>;

#[derive(Debug)]
pub(super) struct Overheard {
    pub(super) source: RedisSource,
    pub(super) frames: Count,
}

impl Source for Overheard {
    fn subscribe(&self, audience: &Audience) -> Box<dyn Subscription> {
        let (messages, frames) = (self.source.subscribe(audience), Arc::clone(&self.frames));
        Box::new(Counted { messages, frames })
    }
}

#[derive(Debug)]
struct Counted {
    messages: Box<dyn Subscription>,
    frames: Count,
}

#[async_trait]
impl Subscription for Counted {
    async fn next(&mut self) -> Result<Vec<Message>, BackendError> {
        let messages = self.messages.next().await?;
        let frames = messages.iter().filter(|message| matches!(message, Message::Frame(_))).count();
        self.frames.fetch_add(frames, Ordering::SeqCst);
        Ok(messages)
    }
}
