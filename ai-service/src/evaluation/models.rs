//! Outside models on the test set, as the service would ask them: masked, within the budget, checked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use contracts::OfficeId;

use super::set::Item;
use super::understanding::{Counter, Figures};
use crate::providers::{Asker, ModelsConfig};
use crate::understanding::{Chain, Heard};

/// Measures one provider on the items, or on a sample of them.
pub fn measure(
    config: &ModelsConfig,
    name: &'static str,
    items: &[Item],
    sample: Option<usize>,
) -> anyhow::Result<Figures> {
    let models = Arc::new(config.alone(name).with_context(|| format!("{name} can't be asked"))?);
    let chain = Chain::new(models.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let every = items.len().div_ceil(sample.unwrap_or(items.len()).max(1));
    let mut counter = Counter::default();
    runtime.block_on(async {
        for item in items.iter().step_by(every.max(1)) {
            let asker = Asker { office: OfficeId::FIRST, budget: models.half_turn(Duration::from_mins(1)) };
            let started = Instant::now();
            let heard = Heard { asker: Some(asker), ..Heard::from(&item.text) };
            let understood = chain.understand(heard).await;
            counter.add(item, &understood, started.elapsed());
        }
    });
    Ok(counter.figures(name))
}
