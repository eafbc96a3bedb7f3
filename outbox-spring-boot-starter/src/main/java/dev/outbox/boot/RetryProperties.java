package dev.outbox.boot;

import dev.outbox.relay.RetryPolicy;
import dev.outbox.relay.RetryRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What becomes of events whose send has failed.
 *
 * @param maxAttempts how many failures of its own send an event to quarantine
 * @param everyFailureCounts whether failures of the topic and the broker count towards quarantine as well
 * @param topicDelay how long events of a topic that cannot be written to wait before they are tried again
 * @param eventTypes other ladders, by event type; what is not given is that of all events
 */
@ConfigurationProperties("outbox.retry")
record RetryProperties(
        @DefaultValue("10") int maxAttempts,
        @DefaultValue Exponential exponential,
        @DefaultValue("false") boolean everyFailureCounts,
        @DefaultValue("5s") Duration topicDelay,
        @DefaultValue Map<String, EventType> eventTypes) {
    /**
     * The ladder of delays.
     *
     * @param initialDelay the delay after the first failure
     * @param multiplier what each delay is of the one before
     * @param maxDelay the longest delay, before jitter
     * @param jitter how much a delay may differ, as a part of it from 0 to 1
     */
    record Exponential(
            @DefaultValue("1s") Duration initialDelay,
            @DefaultValue("2") double multiplier,
            @DefaultValue("5m") Duration maxDelay,
            @DefaultValue("0.1") double jitter) {}

    /**
     * The ladder of one event type.
     *
     * @param maxAttempts how many failures of its own send an event of this type to quarantine
     * @param initialDelay the delay after the first failure
     * @param maxDelay the longest delay, before jitter
     */
    record EventType(
            @Nullable Integer maxAttempts,
            @Nullable Duration initialDelay,
            @Nullable Duration maxDelay) {}

    RetryRules rules() {
        Map<String, RetryPolicy> byType = new HashMap<>();
        eventTypes.forEach((type, own) -> byType.put(
                type,
                new RetryPolicy(
                        own.maxAttempts() == null ? maxAttempts : own.maxAttempts(),
                        own.initialDelay() == null ? exponential.initialDelay() : own.initialDelay(),
                        exponential.multiplier(),
                        own.maxDelay() == null ? exponential.maxDelay() : own.maxDelay(),
                        exponential.jitter())));
        RetryPolicy standard = new RetryPolicy(
                maxAttempts,
                exponential.initialDelay(),
                exponential.multiplier(),
                exponential.maxDelay(),
                exponential.jitter());
        return new RetryRules(standard, byType, everyFailureCounts, topicDelay);
    }
}
