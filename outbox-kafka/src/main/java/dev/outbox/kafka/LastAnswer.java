package dev.outbox.kafka;

import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;

/**
 * When a broker was last heard of: it acknowledged something, or told about the cluster, which a producer asks again and again while a partition has no
 * leader. Safe for use by many threads.
 */
final class LastAnswer {
    private static final Duration METADATA = Duration.ofMillis(1_500);

    private volatile long acknowledged = System.nanoTime() - Duration.ofDays(1).toNanos();

    void acknowledged() {
        acknowledged = System.nanoTime();
    }

    /**
     * Whether somebody has answered in the second half of a wait that ends now. A broker that has died with the awaited answer may have answered shortly before.
     * Short waits count as a whole, as metadata are asked for no more often than {@code retry.backoff.max.ms}, one second by default.
     */
    boolean lateIn(Duration wait, Producer<?, ?> producer) {
        long half = Math.max(wait.toNanos() / 2, METADATA.toNanos());
        return System.nanoTime() - acknowledged < half || ageOfMetadata(producer) * 1e9 < half;
    }

    /** In seconds. */
    private static double ageOfMetadata(Producer<?, ?> producer) {
        return producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("metadata-age"))
                .mapToDouble(metric -> ((Number) metric.getValue().metricValue()).doubleValue())
                .min()
                .orElse(Double.MAX_VALUE);
    }
}
