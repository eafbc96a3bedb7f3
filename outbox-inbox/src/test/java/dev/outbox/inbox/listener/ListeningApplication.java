package dev.outbox.inbox.listener;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.FailureClassifier;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.inbox.deadletter.Classifiers;
import dev.outbox.inbox.deadletter.DeadLetterTopic;
import dev.outbox.inbox.deadletter.Diversion;
import dev.outbox.inbox.deadletter.Events;
import dev.outbox.inbox.deadletter.StoredDeadLetters;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.transaction.support.TransactionTemplate;

/** An application with one listener, on a real broker, that writes down what it has handled in the transaction of the inbox. */
final class ListeningApplication implements AutoCloseable {
    static final String CONSUMER = "notification";
    static final RecordRetries QUICK = new RecordRetries(3, Duration.ofMillis(10), 2, Duration.ofMillis(100));

    final String topic;
    final DeadLetters deadLetters;
    final JdbcClient jdbc;

    /** How often the listener was given a record or a batch. */
    final AtomicInteger deliveries = new AtomicInteger();

    private final TransactionTemplate transaction;
    private final InboxProcessor inbox;
    private final DeadLetterTopic copies = new DeadLetterTopic(kafka(), DeadLetterTopic.DEFAULT_PATTERN);
    private final Diversion diversion;
    private final Consumer<InboxMessage> handler;
    private final KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(kafka(), new StringSerializer(), new ByteArraySerializer());
    private FailureClassifier classifier = failure -> null;
    private ConcurrentMessageListenerContainer<String, byte[]> container;

    /** @param handler called in the transaction, after the event was written down */
    ListeningApplication(OutboxTables tables, String topic, Consumer<InboxMessage> handler) {
        this.topic = topic;
        this.handler = handler;
        this.jdbc = JdbcClient.create(tables.dataSource());
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(tables.dataSource()));
        this.inbox = new InboxProcessor(tables, transaction);
        this.diversion = new Diversion(CONSUMER, tables, copies);
        this.deadLetters = new StoredDeadLetters(
                tables,
                tables,
                AccessControl.allowAll("test"),
                transaction,
                consumer -> this::handle,
                Classifiers.NONE,
                kafka());
        jdbc.sql(
                        "CREATE TABLE IF NOT EXISTS handled (place bigint GENERATED ALWAYS AS IDENTITY, aggregate_id varchar(200), number int)")
                .update();
        container = container(FailedEventPolicy.HOLD_KEY);
    }

    static Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", TestServers.kafka().bootstrapServers());
    }

    private void handle(ConsumerRecord<?, byte[]> record) {
        inbox.handle(CONSUMER, record, message -> {
            jdbc.sql("INSERT INTO handled (aggregate_id, number) VALUES (:id, :number)")
                    .param("id", message.aggregateId())
                    .param("number", number(message))
                    .update();
            handler.accept(message);
        });
    }

    static int number(InboxMessage message) {
        return Integer.parseInt(new String(message.payload(), UTF_8));
    }

    private void listen(ConsumerRecord<String, byte[]> record) {
        deliveries.incrementAndGet();
        if (!diversion.heldAmong(List.of(record)).isEmpty() && diversion.follow(record)) return;
        handle(record);
    }

    /** All in one transaction; where that fails, one by one, so that everything before the one that fails is committed. */
    private void listen(List<ConsumerRecord<String, byte[]>> records) {
        deliveries.incrementAndGet();
        Set<?> held = diversion.heldAmong(records);
        if (held.isEmpty()) {
            try {
                transaction.executeWithoutResult(status -> records.forEach(this::handle));
                return;
            } catch (IllegalStateException e) {
                // which one it is turns out below
            }
        }
        for (int i = 0; i < records.size(); i++) {
            try {
                listen(records.get(i));
            } catch (IllegalStateException e) {
                throw new BatchListenerFailedException("one of a batch", e, i);
            }
        }
    }

    private ConcurrentMessageListenerContainer<String, byte[]> container(FailedEventPolicy policy) {
        Map<String, Object> settings = new java.util.HashMap<>(kafka());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // each try again is a new position, which waits for the fetch under way
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10);
        ConcurrentMessageListenerContainer<String, byte[]> created = new ConcurrentMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(settings, new StringDeserializer(), new ByteArrayDeserializer()),
                new ContainerProperties(topic));
        created.getContainerProperties().setPollTimeout(100);
        created.setCommonErrorHandler(FailedRecords.errorHandler(
                policy, QUICK, new Classifiers(List.of(classifier)), diversion, new WaitingRecords()));
        return created;
    }

    /** What the application says about failures, from the next start on. */
    void classify(FailureClassifier opinion) {
        classifier = opinion;
    }

    void start(FailedEventPolicy policy) {
        container = container(policy);
        container.setupMessageListener((MessageListener<String, byte[]>) this::listen);
        container.start();
    }

    void startWithBatches(FailedEventPolicy policy) {
        container = container(policy);
        container.setupMessageListener((BatchMessageListener<String, byte[]>) this::listen);
        container.start();
    }

    void stop() {
        container.stop();
    }

    UUID publish(String aggregateId, int number) {
        return publish(aggregateId, Integer.toString(number).getBytes(UTF_8), UUID.randomUUID());
    }

    UUID publish(String aggregateId, byte[] payload, UUID id) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, aggregateId, payload);
        Events.addHeaders(record.headers(), id, "Order", aggregateId);
        publish(record);
        return id;
    }

    void publish(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The numbers of the events of an aggregate, in the order in which they were handled. */
    List<Integer> handled(String aggregateId) {
        return jdbc.sql("SELECT number FROM handled WHERE aggregate_id = :id ORDER BY place")
                .param("id", aggregateId)
                .query(Integer.class)
                .list();
    }

    int listed() {
        return deadLetters.list(DeadLetterFilter.of(CONSUMER), 0, 1000).size();
    }

    /** What is in the dead-letter topic, copies to which no row points among it. */
    List<ConsumerRecord<String, byte[]>> copies() {
        try (KafkaConsumer<String, byte[]> reader =
                new KafkaConsumer<>(kafka(), new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = reader.partitionsFor(topic + ".DLT").stream()
                    .map((PartitionInfo info) -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> copies = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue()))
                reader.poll(Duration.ofMillis(100)).forEach(copies::add);
            return copies;
        }
    }

    /** As if the offsets of what was read had never been committed. */
    void rewind() throws Exception {
        try (Admin admin = Admin.create(kafka())) {
            admin.alterConsumerGroupOffsets(topic, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
                    .all()
                    .get();
        }
    }

    /** Whether everything that was published has been read, and its offsets committed. */
    boolean isThrough() throws Exception {
        try (Admin admin = Admin.create(kafka());
                KafkaConsumer<String, byte[]> reader =
                        new KafkaConsumer<>(kafka(), new StringDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(topic)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<TopicPartition, Long> ends = reader.endOffsets(reader.partitionsFor(topic).stream()
                    .map((PartitionInfo info) -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
            return ends.entrySet().stream()
                    .allMatch(end -> end.getValue() == 0
                            || (committed.get(end.getKey()) != null
                                    && committed.get(end.getKey()).offset() == end.getValue()));
        }
    }

    @Override
    public void close() {
        container.stop();
        copies.close();
        producer.close();
    }
}
