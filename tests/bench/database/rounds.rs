//! Peers that have their turn in every round, in an order that changes.

use std::time::Duration;

use crate::host::HostError;
use crate::statistics::{Sequence, median, percentile};

/// How often each peer has its turn.
pub(crate) const ROUNDS: usize = 40;

/// What is measured beside others.
pub(crate) trait Peer {
    /// Does it so often, and says how many microseconds each took.
    async fn turn(&mut self, count: usize) -> Result<Vec<f64>, HostError>;
}

/// What a peer took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    all: Vec<f64>,
    /// The median of each round.
    rounds: Vec<f64>,
}

impl Times {
    pub(crate) fn add(&mut self, round: Vec<f64>) {
        self.rounds.push(median(&round).unwrap_or(f64::NAN));
        self.all.extend(round);
    }

    pub(crate) fn median(&self) -> f64 {
        median(&self.all).unwrap_or(f64::NAN)
    }

    /// So many of 100 take no longer.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        percentile(&self.all, percent).unwrap_or(f64::NAN)
    }

    /// This one beside another: the median over the rounds of their ratios. A virtual machine is faster
    /// in some rounds than in others, for all who have their turn in them.
    pub(crate) fn beside(&self, other: &Self) -> f64 {
        let rounds = self.rounds.iter().zip(&other.rounds);
        let ratios: Vec<f64> = rounds.map(|(our, their)| our / their).collect();
        median(&ratios).unwrap_or(f64::NAN)
    }
}

/// Measures all of them, each `count` times.
pub(crate) async fn measure<P: Peer>(
    peers: &mut [P],
    count: usize,
) -> Result<Vec<Times>, HostError> {
    for peer in &mut *peers {
        // The warm-up is not kept.
        peer.turn(count.div_ceil(10)).await?;
    }
    let mut times = vec![Times::default(); peers.len()];
    let mut sequence = Sequence::new(4);
    for _ in 0..ROUNDS {
        for index in sequence.order(peers.len()) {
            if let (Some(peer), Some(times)) = (peers.get_mut(index), times.get_mut(index)) {
                times.add(peer.turn(count.div_ceil(ROUNDS)).await?);
            }
        }
    }
    Ok(times)
}

/// A time in microseconds.
pub(crate) fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
