package dev.outbox.benchmarks;

import static dev.outbox.spi.EncryptionKey.BYTES;

import dev.outbox.benchmarks.ConsumerDatabase.Notification;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.inbox.InboxConsumer;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.spi.EncryptionKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Consumers with the inbox and without, and events that are encrypted and such that are not. What is compared comes one after the other, pair after pair. */
final class InboxComparison {
    /** One transaction for each takes its time. */
    private static final int SINGLE_EVENTS = 10_000;

    private static final int HISTORY = 1_000_000;

    /** Rounds until the JVM has compiled all of it: after two, a batch still gets a tenth faster. */
    private static final int WARM_UPS = 12;

    private final Server postgres;
    private final Broker broker;
    private final Options options;
    private final Results results;
    private final PayloadCipher cipher = new PayloadCipher(keys());
    private int consumers;

    InboxComparison(Server postgres, Broker broker, Options options, Results results) {
        this.postgres = postgres;
        this.broker = broker;
        this.options = options;
        this.results = results;
    }

    private static KeysInMemory keys() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return new KeysInMemory("2026-11", List.of(new EncryptionKey("2026-11", secret)));
    }

    void run() throws Exception {
        try (ConsumerDatabase database = new ConsumerDatabase(postgres)) {
            database.fillHistory(ConsumerDatabase.OTHER, HISTORY);
            String plain = publishedTopic(EncryptionPolicy.off());
            String encrypted = publishedTopic(EncryptionPolicy.everything(cipher));
            database.takeWritten();
            for (int round = 0; round < WARM_UPS; round++) consume(database, plain, encrypted, new Results());
            for (int pair = 0; pair < options.pairs(); pair++) consume(database, plain, encrypted, results);
        }
        if (options.takes("publish")) publish(new Results());
        for (int pair = 0; pair < options.pairs(); pair++) if (options.takes("publish")) publish(results);
        results.addRatio("inbox_batch_vs_single", "inbox_batch", "inbox_single");
        results.addRatio("inbox_dedup_vs_bare", "inbox_batch", "inbox_bare");
        results.addRatio("encrypted_inbox_vs_plain", "inbox_encrypted", "inbox_batch");
        results.addRatio("encrypted_publish_vs_plain", "publish_encrypted", "publish_plain");
    }

    /** Published and relayed as ever. */
    private String publishedTopic(EncryptionPolicy encryption) throws Exception {
        String topic = broker.newTopic();
        try (Table table = new Table(postgres, topic);
                KafkaEventSender sender = broker.sender()) {
            table.publish(encryption, options.events());
            new Drain(sender, options.workers(), options.batch()).rate(table, options.events());
        }
        return topic;
    }

    private void consume(ConsumerDatabase database, String plain, String encrypted, Results into) {
        if (options.takes("single")) single(database, plain, into);
        if (options.takes("bare")) bare(database, plain, into);
        if (options.takes("batch")) batch("inbox_batch", database, plain, into);
        if (options.takes("encrypted")) batch("inbox_encrypted", database, encrypted, into);
    }

    private void single(ConsumerDatabase database, String topic, Results into) {
        InboxProcessor inbox = inbox(database);
        InboxConsumer consumer = newConsumer();
        measure("inbox_single", database, topic, Math.min(options.events(), SINGLE_EVENTS), into, records -> {
            for (ConsumerRecord<String, byte[]> record : records)
                inbox.handle(
                        consumer,
                        InboxMessage.of(record),
                        1,
                        event -> database.write(new Notification(event.aggregateId(), event.payload())));
        });
    }

    private void bare(ConsumerDatabase database, String topic, Results into) {
        measure("inbox_bare", database, topic, options.events(), into, records -> {
            List<Notification> notifications = records.stream()
                    .map(record -> new Notification(record.key(), record.value()))
                    .toList();
            database.transaction.executeWithoutResult(status -> database.writeAll(notifications));
        });
    }

    private void batch(String name, ConsumerDatabase database, String topic, Results into) {
        InboxProcessor inbox = inbox(database);
        InboxConsumer consumer = newConsumer();
        measure(name, database, topic, options.events(), into, records -> {
            List<InboxMessage> messages = records.stream().map(InboxMessage::of).toList();
            inbox.handleAll(
                    consumer,
                    messages,
                    events -> database.writeAll(events.stream()
                            .map(event -> new Notification(event.aggregateId(), event.payload()))
                            .toList()));
        });
    }

    private void measure(
            String name,
            ConsumerDatabase database,
            String topic,
            int events,
            Results into,
            Consumer<List<ConsumerRecord<String, byte[]>>> handler) {
        ConsumerRate consumer = new ConsumerRate(broker);
        into.add(name, consumer.rate(topic, events, handler));
        int written = database.takeWritten();
        if (written < events) throw new IllegalStateException("%d of %d were written".formatted(written, events));
        into.add(name + "_records_a_poll", (double) written / consumer.polls());
    }

    /** As listeners with {@code @Inbox} have it. */
    private InboxProcessor inbox(ConsumerDatabase database) {
        HeldKeyStore heldKeys = new HeldKeyStore(database.tables);
        return new InboxProcessor(database.tables, database.transaction, cipher, null, heldKeys::heldAmong);
    }

    private InboxConsumer newConsumer() {
        return new InboxConsumer("notification-" + consumers++, false, true);
    }

    private void publish(Results into) throws Exception {
        new Comparison(postgres, broker, options, into)
                .publish(
                        "publish_encrypted",
                        table -> PublishRate.library(table, EncryptionPolicy.everything(cipher)),
                        "publish_plain",
                        PublishRate::library);
    }
}
