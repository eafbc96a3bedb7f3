package dev.outbox.boot;

import dev.outbox.kafka.ConsumerLag;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/** Asks from time to time, in a thread of its own, how far consumer groups are behind. A group or partition of which nothing is known any more has no gauge until something is. */
final class ConsumerLagSampler implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(ConsumerLagSampler.class);

    private final Supplier<Collection<String>> groups;
    private final Supplier<ConsumerLag> connection;
    private final Duration interval;
    private final MultiGauge gauges;
    private final Set<String> unknown = new HashSet<>();
    private @Nullable ConsumerLag lag;
    private volatile @Nullable SimpleAsyncTaskScheduler scheduler;

    /**
     * @param groups asked for every time, because listeners may come later
     * @param connection made when there is a group to ask for
     */
    ConsumerLagSampler(
            Supplier<Collection<String>> groups,
            Supplier<ConsumerLag> connection,
            Duration interval,
            MeterRegistry registry) {
        this.groups = groups;
        this.connection = connection;
        this.interval = interval;
        this.gauges = MultiGauge.builder("outbox.kafka.consumer.lag")
                .description("Records that a consumer group has not read yet, by its committed offsets")
                .register(registry);
    }

    private synchronized void look() {
        if (!isRunning()) return;
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (String group : groups.get()) rows.addAll(rows(group));
        gauges.register(rows, true);
    }

    private List<MultiGauge.Row<?>> rows(String group) {
        try {
            if (lag == null) lag = connection.get();
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            for (ConsumerLag.Lag of : lag.of(group))
                rows.add(MultiGauge.Row.of(
                        Tags.of("group", group, "topic", of.topic(), "partition", String.valueOf(of.partition())),
                        of.records()));
            if (unknown.remove(group)) log.info("How far the consumer group '{}' is behind is known again.", group);
            return rows;
        } catch (KafkaException e) {
            if (isRunning() && unknown.add(group)) log.warn("{} Asking again every {}.", e.getMessage(), interval);
            return List.of();
        }
    }

    @Override
    public void start() {
        SimpleAsyncTaskScheduler started = new SimpleAsyncTaskScheduler();
        started.setThreadNamePrefix("outbox-consumer-lag-");
        scheduler = started;
        started.scheduleWithFixedDelay(this::look, interval);
    }

    @Override
    public void stop() {
        SimpleAsyncTaskScheduler running = scheduler;
        scheduler = null;
        if (running != null) running.close();
        disconnect();
    }

    private synchronized void disconnect() {
        if (lag != null) lag.close();
        lag = null;
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }
}
