package dev.outbox.inbox.listener;

import dev.outbox.inbox.InboxConsumer;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.InboxOutcome;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.inbox.deadletter.Diversion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.DeliveryAttemptAware;
import org.springframework.kafka.support.TopicPartitionOffset;

/** Records on their way from Kafka through the inbox to a listener. */
final class InboxRecords {
    private static final Logger log = LoggerFactory.getLogger(InboxRecords.class);

    private final InboxProcessor inbox;
    private final InboxConsumer consumer;
    private final Predicate<String> eventTypes;
    private final @Nullable Duration claim;
    private final Diversion diversion;
    private final DeliveryAttemptAware attempts;
    private final WaitingRecords waiting;

    /**
     * @param eventTypes those that the listener takes
     * @param claim how long work without a transaction is claimed; null if it has one
     * @param attempts knows how often a record was tried
     */
    InboxRecords(
            InboxProcessor inbox,
            InboxConsumer consumer,
            Predicate<String> eventTypes,
            @Nullable Duration claim,
            Diversion diversion,
            DeliveryAttemptAware attempts,
            WaitingRecords waiting) {
        this.inbox = inbox;
        this.consumer = consumer;
        this.eventTypes = eventTypes;
        this.claim = claim;
        this.diversion = diversion;
        this.attempts = attempts;
        this.waiting = waiting;
    }

    /** One that has to follow others of its key does so; or, if these have been redriven meanwhile, is handled. */
    void handle(ConsumerRecord<String, byte[]> record, Consumer<ConsumerRecord<String, byte[]>> listener) {
        InboxMessage message = InboxMessage.of(record);
        if (!eventTypes.test(message.eventType())) return;
        InboxOutcome outcome;
        do {
            outcome = claim == null ? handle(record, message, listener) : work(record, message, claim, listener);
        } while (outcome == InboxOutcome.HELD && !diversion.follow(record));
        report(message, outcome);
        goOn(List.of(partition(record)));
    }

    /** Nothing in these partitions waits any longer, or it waits elsewhere. */
    void goOn(Collection<TopicPartition> partitions) {
        waiting.goOn(consumer.name(), partitions);
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    /** In the current transaction, whether its key is held or not: for a redrive, which holds it. */
    void redrive(ConsumerRecord<String, byte[]> record, Consumer<ConsumerRecord<String, byte[]>> listener) {
        InboxConsumer redriven = new InboxConsumer(consumer.name(), consumer.latestOnly(), false);
        InboxMessage message = InboxMessage.of(record);
        report(message, inbox.handle(redriven, message, 1, read -> listener.accept(new InboxRecord(record, read))));
    }

    private InboxOutcome handle(
            ConsumerRecord<String, byte[]> record,
            InboxMessage message,
            Consumer<ConsumerRecord<String, byte[]>> listener) {
        int attempt =
                attempts.deliveryAttempt(new TopicPartitionOffset(record.topic(), record.partition(), record.offset()));
        return inbox.handle(consumer, message, attempt, read -> listener.accept(new InboxRecord(record, read)));
    }

    private InboxOutcome work(
            ConsumerRecord<String, byte[]> record,
            InboxMessage message,
            Duration claimed,
            Consumer<ConsumerRecord<String, byte[]>> listener) {
        return inbox.work(consumer, message, claimed, read -> {
            listener.accept(new InboxRecord(record, read));
            return null;
        });
    }

    /** In one transaction, except those that have to follow others of their keys: they do so afterwards, one by one. */
    void handleAll(
            List<ConsumerRecord<String, byte[]>> records, Consumer<List<ConsumerRecord<String, byte[]>>> listener) {
        List<ConsumerRecord<String, byte[]>> taken = new ArrayList<>(records.size());
        List<InboxMessage> messages = new ArrayList<>(records.size());
        for (ConsumerRecord<String, byte[]> record : records) {
            InboxMessage message = InboxMessage.of(record);
            if (!eventTypes.test(message.eventType())) continue;
            taken.add(record);
            messages.add(message);
        }
        if (messages.isEmpty()) return;
        List<InboxOutcome> outcomes =
                inbox.handleAll(consumer, messages, read -> listener.accept(records(taken, read)));
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) == InboxOutcome.HELD) handle(taken.get(i), one -> listener.accept(List.of(one)));
            else report(messages.get(i), outcomes.get(i));
        }
        goOn(taken.stream().map(InboxRecords::partition).collect(Collectors.toSet()));
    }

    /** What was read comes in the order of the records, with some of them left out. */
    private static List<ConsumerRecord<String, byte[]>> records(
            List<ConsumerRecord<String, byte[]>> taken, List<InboxMessage> read) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>(read.size());
        Iterator<ConsumerRecord<String, byte[]>> from = taken.iterator();
        for (InboxMessage message : read) {
            ConsumerRecord<String, byte[]> record = from.next();
            while (!isAt(record, message)) record = from.next();
            records.add(new InboxRecord(record, message));
        }
        return records;
    }

    private static boolean isAt(ConsumerRecord<?, ?> record, InboxMessage message) {
        return record.offset() == message.offset()
                && record.partition() == message.partition()
                && record.topic().equals(message.topic());
    }

    private void report(InboxMessage message, InboxOutcome outcome) {
        log.debug("'{}': {} {}", consumer.name(), outcome, message);
    }
}
