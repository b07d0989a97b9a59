//! Metrics: one registry per process, typed structs per service, no office label.

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// The process's registry and the metrics that every service has.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    /// Requests answered, by route and status class.
    pub http_requests: IntCounterVec,
    /// Seconds until a request was answered.
    pub http_seconds: Histogram,
    /// Deliveries by queue and verdict.
    pub deliveries: IntCounterVec,
    /// Events that wait in the outbox.
    pub outbox_waiting: IntGauge,
    /// Events published from the outbox.
    pub outbox_published: IntCounter,
    /// Dead letters that wait for a person.
    pub dead_letters: IntGauge,
    /// 1 while the dependency answers.
    pub dependency_up: IntGaugeVec,
}

/// Seconds, from a quick answer to a lost one.
const LATENCY_BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

impl Metrics {
    /// A registry with the common metrics in it.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(Self {
            http_requests: counter_vec(
                &registry,
                "gc_http_requests_total",
                "Requests answered.",
                &["route", "status"],
            )?,
            http_seconds: histogram(&registry, "gc_http_seconds", "Seconds until a request was answered.")?,
            deliveries: counter_vec(
                &registry,
                "gc_bus_deliveries_total",
                "Deliveries handled.",
                &["queue", "verdict"],
            )?,
            outbox_waiting: gauge(&registry, "gc_outbox_waiting", "Events that wait in the outbox.")?,
            outbox_published: counter(&registry, "gc_outbox_published_total", "Events published from the outbox.")?,
            dead_letters: gauge(&registry, "gc_dead_letters", "Dead letters that wait for a person.")?,
            dependency_up: {
                let vec = IntGaugeVec::new(
                    Opts::new("gc_dependency_up", "1 while the dependency answers."),
                    &["dependency"],
                )?;
                registry.register(Box::new(vec.clone()))?;
                vec
            },
            registry,
        })
    }

    /// Where a service registers its own.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The text that Prometheus reads.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        prometheus::TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// Registers a counter.
pub fn counter(registry: &Registry, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
    let metric = IntCounter::new(name, help)?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Registers a counter with labels.
pub fn counter_vec(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    let metric = IntCounterVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Registers a gauge.
pub fn gauge(registry: &Registry, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
    let metric = IntGauge::new(name, help)?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Registers a histogram of seconds.
pub fn histogram(registry: &Registry, name: &str, help: &str) -> Result<Histogram, prometheus::Error> {
    let metric = Histogram::with_opts(HistogramOpts::new(name, help).buckets(LATENCY_BUCKETS.to_vec()))?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
