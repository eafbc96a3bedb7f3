package dev.outbox.sample.notification.infra;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.util.backoff.ExponentialBackOff;

/** What happens to a record that its listener fails on. */
@Configuration(proxyBeanMethods = false)
class FailedRecords {
    private static final Logger log = LoggerFactory.getLogger(FailedRecords.class);

    /** Shorter than {@code max.poll.interval.ms}, so that a consumer that waits stays in its group. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /**
     * Tries again until it works. Spring Kafka's default is to log a record after ten tries, or after the first one for exceptions that it
     * takes for hopeless, and to go on with the next: the event would be lost without anybody noticing. As long as there is no place to put such
     * records aside, the partition stands still, which the consumer lag shows.
     */
    @Bean
    DefaultErrorHandler retryUntilItWorks() {
        ExponentialBackOff pauses = new ExponentialBackOff(200, 2);
        pauses.setMaxInterval(LONGEST_PAUSE.toMillis());
        DefaultErrorHandler handler = new DefaultErrorHandler(pauses);
        handler.setClassifications(Map.of(), true);
        handler.setRetryListeners(FailedRecords::report);
        return handler;
    }

    /** The whole cause once, and then a line for each try. */
    private static void report(ConsumerRecord<?, ?> record, @Nullable Exception failure, int tries) {
        Throwable cause = failure instanceof ListenerExecutionFailedException ? failure.getCause() : failure;
        log.warn(
                "The record at offset {} of {}-{} fails (try {}) and is tried again, before those behind it: {}",
                record.offset(),
                record.topic(),
                record.partition(),
                tries,
                String.valueOf(cause),
                tries == 1 ? cause : null);
    }
}
