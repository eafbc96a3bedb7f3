package dev.outbox.inbox.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.FailureClassifier;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.OutboxTables;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A consumer with dead letters and held keys, on every database. The topic does not matter here. */
@Timeout(120)
@ParameterizedClass
@EnumSource(InboxDatabase.class)
abstract class DeadLettersOnEveryDatabase {
    static final String CONSUMER = "notification";
    static final FailureCause CAUSE = new FailureCause("java.lang.Exception", "java.lang.Exception: why");
    static final String WHY = "the handler is repaired";
    static final DeadLetterFilter ALL = DeadLetterFilter.of(CONSUMER);

    final InboxDatabase database;
    final OutboxTables tables;
    final JdbcClient jdbc;
    final TransactionTemplate transaction;
    final InboxStore inbox;
    final TopicInMemory topic = new TopicInMemory();
    final Diversion diversion;
    final DeadLetters deadLetters;

    /** Which events fail, by their offset. */
    final Set<Long> failing = ConcurrentHashMap.newKeySet();

    /** What the application says about failures. */
    volatile FailureClassifier classifier = failure -> null;

    /** Called in the transaction of the redrive. */
    volatile Runnable duringHandling = () -> {};

    DeadLettersOnEveryDatabase(InboxDatabase database) {
        this.database = database;
        this.tables = database.createTables();
        this.jdbc = JdbcClient.create(tables.dataSource());
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(tables.dataSource()));
        this.inbox = new InboxStore(tables);
        this.diversion = new Diversion(CONSUMER, tables, topic.topic());
        this.deadLetters = deadLetters(AccessControl.allowAll("olga"));
        String place = database == InboxDatabase.MYSQL || database == InboxDatabase.MARIADB
                ? "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY"
                : "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
        jdbc.sql("CREATE TABLE handled (place %s, aggregate_id varchar(200) NOT NULL, source_offset bigint NOT NULL)"
                        .formatted(place))
                .update();
    }

    final DeadLetters deadLetters(AccessControl access) {
        return new StoredDeadLetters(
                tables,
                tables,
                access,
                transaction,
                consumer -> consumer.equals(CONSUMER) ? this::handle : null,
                new Classifiers(List.of(failure -> classifier.classify(failure))),
                () -> topic);
    }

    /** As a listener does, in the current transaction. */
    final void handle(ConsumerRecord<?, byte[]> record) {
        Delivery delivery = RecordIdentity.of(record).delivery();
        if (!inbox.record(CONSUMER, delivery, InboxStatus.HANDLED, 1)) return;
        jdbc.sql("INSERT INTO handled (aggregate_id, source_offset) VALUES (:id, :offset)")
                .param("id", RecordIdentity.of(record).key().aggregateId())
                .param("offset", record.offset())
                .update();
        duringHandling.run();
        if (failing.contains(record.offset())) throw new IllegalStateException("not yet");
    }

    final List<Long> handled() {
        return jdbc.sql("SELECT source_offset FROM handled ORDER BY place")
                .query(Long.class)
                .list();
    }

    final List<Long> listed() {
        return deadLetters.list(ALL, 0, 1000).stream()
                .map(letter -> letter.source().offset())
                .toList();
    }

    final boolean isHeld(String aggregateId) {
        return !diversion.heldAmong(List.of(Events.of(aggregateId, 0))).isEmpty();
    }

    /** An event that fails, and then some that follow. */
    final void putAside(String aggregateId, long offset, long... followers) {
        diversion.putAside(Events.of(aggregateId, offset), CAUSE, 4, true);
        for (long follower : followers)
            assertThat(diversion.follow(Events.of(aggregateId, follower))).isTrue();
    }
}
