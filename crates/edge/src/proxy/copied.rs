//! A copy of a request, as a proxy in front of the API sends it: read, acknowledged, judged, learnt from, and sent
//! nowhere.
//!
//! Reads    the whole body, so that the sender finds its connection usable; what is beyond the limit of examination
//!          is counted and let go.
//! Writes   204 without fields, before the body is walked: nobody waits for what is made of a copy.
//! Memory   that of a held body, within the budget of all.
//! Misses   the answer, whether the original was let through at all, and how its client connected.

use super::exchange::{Downlink, Ended, Exchange, Uplink, read};
use bartizan_engine::step::{BodyPlan, Cause, Input, Reply, Rest, Side, Step};
use bartizan_model::head::{Framing, HeadWriter};

/// How the sender of a copy was told that it came.
pub(super) type Told = Result<(), Cause>;

/// Tells it.
pub(super) async fn acknowledge(down: &mut impl Downlink) -> Told {
    down.begin(&HeadWriter::new().response(204, Framing::None)).await?;
    down.flush().await
}

/// Ends the exchange of a copy that was admitted; `told` if its sender was told already.
pub(super) async fn take_in(
    exchange: &Exchange,
    plan: &BodyPlan,
    told: Option<Told>,
    up: &mut impl Uplink,
    down: &mut impl Downlink,
) -> Ended {
    let mut step = match plan.rest {
        Rest::Stream => exchange.feed(Side::Request, Input::Written),
        Rest::NoBody | Rest::End => Some(Step::Yield),
    };
    loop {
        step = match step {
            Some(Step::Read { max }) => match read(up, down, max).await {
                Ok((bytes, end)) => {
                    exchange.feed(Side::Request, Input::Data { bytes: &bytes, end })
                }
                Err(cause) => return exchange.client_failed(cause, down).await,
            },
            Some(Step::Write(_)) => exchange.feed(Side::Request, Input::Written),
            Some(Step::Yield) => break,
            Some(Step::Reply(Reply::Own(reply))) => {
                down.close_after();
                return exchange.reply(&reply, down).await;
            }
            Some(
                Step::Reply(Reply::Relay(_) | Reply::Interim(_))
                | Step::Ask { .. }
                | Step::Commit(_)
                | Step::Forward(..)
                | Step::Tunnel(_)
                | Step::Close
                | Step::Cut
                | Step::Finished(..),
            )
            | None => return exchange.ended(),
        };
    }
    let told = match told {
        Some(told) => told,
        None => acknowledge(down).await,
    };
    exchange.feed(Side::Response, Input::AnsweredElsewhere);
    if told.is_ok() { exchange.ended() } else { Ended::Cut }
}
