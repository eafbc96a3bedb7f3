package dev.outbox.benchmarks;

import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.spi.EventSender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A relay that empties a table: from its start until the last event is marked as published, by the database's clock. */
final class Drain {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final EventSender sender;
    private final int workers;
    private final int batch;

    Drain(EventSender sender, int workers, int batch) {
        this.sender = sender;
        this.workers = workers;
        this.batch = batch;
    }

    /** Events a second. */
    double rate(Table table, int events) throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger(events);
        EventSender counting = event -> sender.send(event).thenApply(position -> {
            if (left.decrementAndGet() == 0) sent.countDown();
            return position;
        });
        Relay relay = relay(table, counting, workers, batch);
        long published = table.count("PUBLISHED");
        long start = table.now();
        relay.start();
        try {
            if (!sent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                throw new IllegalStateException(left + " events are left");
            while (table.count("PENDING") > 0) Thread.sleep(10);
        } finally {
            relay.stop();
        }
        if (left.get() != 0 || table.count("PUBLISHED") != published + events)
            throw new IllegalStateException("not every event was sent once");
        return events * 1e6 / (table.lastPublished() - start);
    }

    static Relay relay(Table table, EventSender sender, int workers, int batch) {
        RelaySettings defaults = RelaySettings.defaults();
        RelaySettings settings = new RelaySettings(
                workers,
                new RelaySettings.BatchLimits(
                        batch, defaults.batch().bytes(), defaults.batch().lanes()),
                defaults.polling(),
                defaults.outage(),
                defaults.timeouts(),
                defaults.retries());
        return new Relay(table.stores, sender, (event, error) -> {}, settings, "benchmark", new SimpleMeterRegistry());
    }
}
