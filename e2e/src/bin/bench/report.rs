//! The figures, as a table for people and as JSON for scripts.

use std::fmt;

use serde_json::{Value, json};

/// What a figure must keep.
#[derive(Debug, Clone, Copy)]
pub enum Budget {
    AtLeast(f64),
    AtMost(f64),
}

impl Budget {
    fn is_kept(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

#[derive(Debug)]
struct Figure {
    name: &'static str,
    unit: &'static str,
    value: f64,
    budget: Option<Budget>,
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Report(Vec<Figure>);

impl Report {
    pub fn add(&mut self, name: &'static str, unit: &'static str, value: f64, budget: Option<Budget>) {
        self.0.push(Figure { name, unit, value, budget });
    }

    /// Whether a budget was missed.
    pub fn misses(&self) -> bool {
        self.0.iter().any(|figure| figure.budget.is_some_and(|budget| !budget.is_kept(figure.value)))
    }

    pub fn json(&self) -> String {
        let figures: Vec<Value> = self
            .0
            .iter()
            .map(|figure| {
                let (least, most, kept) = match figure.budget {
                    None => (None, None, None),
                    Some(Budget::AtLeast(least)) => (Some(least), None, Some(figure.value >= least)),
                    Some(Budget::AtMost(most)) => (None, Some(most), Some(figure.value <= most)),
                };
                json!({"name": figure.name, "unit": figure.unit, "value": figure.value, "at_least": least, "at_most": most, "kept": kept})
            })
            .collect();
        json!({ "figures": figures }).to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Figure { name, unit, value, budget } in &self.0 {
            write!(f, "{name:<44} {value:>10.2} {unit:<4}")?;
            match budget {
                None => writeln!(f)?,
                Some(budget) => {
                    let wanted = match budget {
                        Budget::AtLeast(least) => format!("at least {least}"),
                        Budget::AtMost(most) => format!("at most {most}"),
                    };
                    writeln!(f, "  {} ({wanted})", if budget.is_kept(*value) { "kept" } else { "MISSED" })?;
                }
            }
        }
        Ok(())
    }
}
