package dev.outbox.inbox.listener;

import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.deadletter.Classifiers;
import dev.outbox.inbox.deadletter.Diversion;
import dev.outbox.inbox.deadletter.FailureCause;
import dev.outbox.tracing.EventMdc;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.RetryListener;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * What a listener container does with the records that one consumer fails on: tries them again after pauses, and then puts them aside, as far as the policy says so. An outage is no failure of the record: it is tried again
 * until it is over. A record that cannot be read is put aside at once. One that cannot be put aside is tried again. What a failure means the application may say itself.
 *
 * <p>A batch listener has to throw a {@code BatchListenerFailedException} that names the record, and only when everything before that record is committed: the container commits the offsets before it. A batch that
 * fails in any other way is tried again as it is, without end.
 */
public final class FailedRecords implements RetryListener {
    private static final Logger log = LoggerFactory.getLogger(FailedRecords.class);

    private final FailedEventPolicy policy;
    private final RecordRetries retries;
    private final Classifiers classifiers;
    private final Diversion diversion;
    private final WaitingRecords waiting;
    private final Map<TopicPartition, RecordAttempts> attempts = new ConcurrentHashMap<>();

    FailedRecords(
            FailedEventPolicy policy,
            RecordRetries retries,
            Classifiers classifiers,
            Diversion diversion,
            WaitingRecords waiting) {
        this.policy = policy;
        this.retries = retries;
        this.classifiers = classifiers;
        this.diversion = diversion;
        this.waiting = waiting;
    }

    /** An error handler for the containers of the consumer that {@code diversion} is for, all of them in one group. */
    public static DefaultErrorHandler errorHandler(
            FailedEventPolicy policy,
            RecordRetries retries,
            Classifiers classifiers,
            Diversion diversion,
            WaitingRecords waiting) {
        FailedRecords failed = new FailedRecords(policy, retries, classifiers, diversion, waiting);
        ExponentialBackOff ofBatches =
                new ExponentialBackOff(retries.initialDelay().toMillis(), retries.multiplier());
        ofBatches.setMaxInterval(retries.maxDelay().toMillis());
        DefaultErrorHandler handler = new DefaultErrorHandler(failed::putAside, ofBatches);
        // Spring Kafka's own rules would give some failures up at once, and begin to count anew with each other class
        // of exception.
        handler.setClassifications(Map.of(), true);
        handler.setResetStateOnExceptionChange(false);
        handler.setResetStateOnRecoveryFailure(false);
        handler.setBackOffFunction((record, failure) -> () -> failed.begin(record));
        handler.setRetryListeners(failed);
        handler.setCommitRecovered(true);
        // otherwise the container logs each failure with its stack trace, whose messages may quote the payload
        handler.setLogLevel(KafkaException.Level.DEBUG);
        return handler;
    }

    private RecordAttempts begin(ConsumerRecord<?, ?> record) {
        RecordAttempts begun = new RecordAttempts(retries, policy == FailedEventPolicy.STOP_PARTITION);
        attempts.put(partition(record), begun);
        return begun;
    }

    @Override
    public void failedDelivery(ConsumerRecord<?, ?> record, @Nullable Exception failure, int delivery) {
        if (failure == null) return;
        FailureKind kind = FailureKind.of(failure, classifiers);
        RecordAttempts known = attempts.get(partition(record));
        if (known != null) known.failed(kind);
        String why = FailureCause.of(failure, record).text();
        if (kind == FailureKind.OUTAGE || policy == FailedEventPolicy.STOP_PARTITION)
            waiting.waits(diversion.consumer(), record, why);
        try (EventMdc mdc = RecordMdc.of(record)) {
            log.warn(
                    "The record {} fails (delivery {}{}): {}",
                    position(record),
                    delivery,
                    kind == FailureKind.OUTAGE ? ", because of an outage" : "",
                    why);
        }
    }

    /** Of a batch that does not say which record has failed. */
    @Override
    public void failedDelivery(ConsumerRecords<?, ?> records, @Nullable Exception failure, int delivery) {
        if (failure == null || records.isEmpty()) return;
        ConsumerRecord<?, ?> first = records.iterator().next();
        log.warn(
                "A batch of {} records from {} on fails (delivery {}): {}",
                records.count(),
                position(first),
                delivery,
                // of which of the records the message tells is not known, so neither whether it quotes one
                FailureCause.unwrapped(failure).getClass().getName());
    }

    private void putAside(ConsumerRecord<?, ?> record, Exception failure) {
        RecordAttempts known = attempts.get(partition(record));
        FailureCause cause = FailureCause.of(failure, record);
        boolean hold = policy == FailedEventPolicy.HOLD_KEY;
        diversion.putAside(record, cause, known == null ? 1 : known.failures(), hold);
        attempts.remove(partition(record));
        waiting.goOn(diversion.consumer(), List.of(partition(record)));
        try (EventMdc mdc = RecordMdc.of(record)) {
            log.error(
                    "The record {} has failed for the last time and is put aside{}: {}",
                    position(record),
                    hold ? "; later events of its key follow it" : "",
                    cause.text());
        }
    }

    @Override
    public void recoveryFailed(ConsumerRecord<?, ?> record, @Nullable Exception original, Exception failure) {
        String why = String.valueOf(FailureCause.unwrapped(failure).getMessage());
        waiting.waits(diversion.consumer(), record, why);
        try (EventMdc mdc = RecordMdc.of(record)) {
            log.error("{}", why);
        }
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private static RecordPosition position(ConsumerRecord<?, ?> record) {
        return new RecordPosition(record.topic(), record.partition(), record.offset());
    }
}
