package dev.outbox.test.contract;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxReplays;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.format.Jackson3Format;
import dev.outbox.operate.StoredOperations;
import dev.outbox.operate.StoredReplays;
import dev.outbox.publish.MessageLimits;
import dev.outbox.publish.PublishRules;
import dev.outbox.publish.QuarantineTopic;
import dev.outbox.publish.TopicRouting;
import dev.outbox.publish.TopicRules;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.relay.RelayStores;
import dev.outbox.relay.Replayer;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.QuarantineListener;
import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchRules;
import dev.outbox.store.BatchStore;
import dev.outbox.store.CallerTransaction;
import dev.outbox.store.Candidate;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventStore;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneLease;
import dev.outbox.store.LaneMark;
import dev.outbox.store.LaneStore;
import dev.outbox.store.Lanes;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.PauseStore;
import dev.outbox.store.QuarantineStore;
import dev.outbox.store.Reading;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.ReplayStore;
import dev.outbox.store.Schema;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.tracing.PublishTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** An outbox put together by hand on an empty schema: what the auto-configuration does in an application. */
public final class Outbox {
    public final OutboxTables tables;
    public final DataSource dataSource;
    public final EventStore events;
    public final LaneStore lanes;
    public final BatchStore batches;
    public final BatchMarking marking;
    public final OutboxOperations operations;
    public final OutboxReplays replays;
    public final ReplayStore replayStore;
    /** In its statements the tables have their default names. */
    public final JdbcClient jdbc;

    /** What its relays count. */
    public final MeterRegistry meters = new SimpleMeterRegistry();

    private final TransactionTemplate transaction;

    /** Quarantine blocks, and chunks are small, so that tests see them. */
    public static final BatchRules RULES = new BatchRules(true, false, 3);

    /** Tests of relays send the events of a key wherever they need them. */
    private static final TopicRules SEVERAL_TOPICS = new TopicRules(Map.of(), TopicRules.AGGREGATE_TYPE, false);

    private static final LaneFloor BEGINNING = new LaneFloor(0, null, null, -1);

    /** Creates the tables, with their default names; quarantine blocks. */
    public Outbox(DataSource dataSource) {
        this(OutboxTables.of(dataSource));
    }

    /** What a publisher may see of tables that are there. */
    public static Outbox ofPublisher(DataSource dataSource) {
        OutboxTables tables = OutboxTables.of(dataSource);
        return new Outbox(Schema.publisher(tables, Lanes.DEFAULT), tables, RULES, null);
    }

    /** Creates the tables in a schema, without a pool of connections. */
    public Outbox(DatabaseSchema schema) {
        this(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));
    }

    /** Creates the tables; quarantine blocks. */
    public Outbox(OutboxTables tables) {
        this(tables, RULES);
    }

    /** Creates the tables. */
    public Outbox(OutboxTables tables, BatchRules rules) {
        this(Schema.outbox(tables), tables, rules, null);
    }

    private Outbox(Schema schema, OutboxTables tables, BatchRules rules, @Nullable String deadLetterTopic) {
        schema.install();
        schema.verify();
        this.tables = tables;
        this.dataSource = tables.dataSource();
        this.events = new EventStore(tables);
        this.lanes = LaneStore.of(tables);
        this.batches = BatchStore.of(tables, rules);
        this.marking = new BatchMarking(
                lanes, batches, deadLetterTopic == null ? null : new QuarantineTopic(deadLetterTopic, lanes.count()));
        this.operations = new StoredOperations(
                tables, events, new QuarantineStore(tables, lanes, batches), AccessControl.allowAll("test"), null);
        this.replayStore = new ReplayStore(tables);
        this.replays = new StoredReplays(tables, replayStore, AccessControl.allowAll("test"), Clock.systemUTC());
        this.jdbc = tables.jdbc();
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    /** The same tables, with marks and relays that tell a topic of what goes to quarantine. */
    public Outbox withDeadLetters(String topic) {
        return new Outbox(Schema.outbox(tables), tables, RULES, topic);
    }

    /** A publisher that encrypts nothing. */
    public TransactionalOutboxPublisher publisher(Runnable afterCommit) {
        return publisher(EncryptionPolicy.off(), afterCommit);
    }

    public TransactionalOutboxPublisher publisher(EncryptionPolicy encryption, Runnable afterCommit) {
        return publisher(encryption, PublishTracing.OFF, afterCommit);
    }

    public TransactionalOutboxPublisher publisher(
            EncryptionPolicy encryption, PublishTracing tracing, Runnable afterCommit) {
        return new TransactionalOutboxPublisher(
                new CallerTransaction(dataSource),
                events,
                lanes.count(),
                new Jackson3Format(new JsonMapper()),
                new PublishRules(
                        new MessageLimits(MessageLimits.DEFAULT_MAX_PAYLOAD_BYTES),
                        new TopicRouting(SEVERAL_TOPICS, type -> null),
                        encryption,
                        tracing,
                        true),
                afterCommit);
    }

    /** Publishes one event of an order in a transaction of its own. */
    public UUID publish(String orderId, Object payload) {
        TransactionalOutboxPublisher publisher = publisher(() -> {});
        return inTransaction(() -> publisher.publish(OutboxMessage.of("Order", orderId, "OrderPlaced", payload)));
    }

    public <T> T inTransaction(Supplier<T> action) {
        T result = transaction.execute(status -> action.get());
        if (result == null) throw new IllegalStateException("the action returned null");
        return result;
    }

    /** Another key of the same lane, so that both are read together. */
    public String neighbourOf(String orderId) {
        for (int i = 0; ; i++) {
            String candidate = "neighbour " + i + " of " + orderId;
            if (isSameLane(orderId, candidate)) return candidate;
        }
    }

    private boolean isSameLane(String one, String other) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            status.setRollbackOnly();
            TransactionalOutboxPublisher publisher = publisher(() -> {});
            return laneOf(publisher.publish(OutboxMessage.of("Order", one, "probe", "")))
                    == laneOf(publisher.publish(OutboxMessage.of("Order", other, "probe", "")));
        }));
    }

    public int laneOf(UUID eventId) {
        return events.find(eventId).orElseThrow().lane();
    }

    /** Claims a lane as a relay does. */
    public Optional<LaneLease> claim(String owner, Duration lease) {
        return lanes.claim(owner, lease, 1).stream().findFirst().map(LaneClaim::lease);
    }

    /** Ends the leases of all lanes and replays, as if their time were over. */
    public void endLeases() {
        for (String table : List.of("outbox_lanes", "outbox_replays"))
            jdbc.sql("UPDATE %s SET lease_until = %s"
                            .formatted(table, Dialect.of(tables).now()))
                    .update();
    }

    /** Reads a lane from its beginning. */
    public List<OutboxRecord> read(int lane, int limit) {
        return candidates(lane, limit).stream().map(Candidate::event).toList();
    }

    /** Reads a lane from its beginning, with what is late. */
    public List<Candidate> candidates(int lane, int limit) {
        return candidates(lane, limit, Long.MAX_VALUE);
    }

    /** Reads a lane from its beginning, with what is late. */
    public List<Candidate> candidates(int lane, int limit, long maxBytes) {
        return batches.read(List.of(new LaneClaim(new LaneLease(lane, 0), BEGINNING)), limit, maxBytes)
                .candidates();
    }

    /** Marks acknowledged events as a relay does; false if the lane was taken over. */
    public boolean mark(LaneLease lease, List<Long> acknowledged, @Nullable Duration leaseFromNow) {
        return mark(lease, new BatchMarks(acknowledged, List.of(), List.of()), leaseFromNow);
    }

    /** Marks a batch as a relay does; false if the lane was taken over. */
    public boolean mark(LaneLease lease, BatchMarks marks, @Nullable Duration leaseFromNow) {
        LaneMark mark = new LaneMark(new LaneClaim(lease, BEGINNING), Reading.NOTHING, false, marks, leaseFromNow);
        return marking.mark(List.of(mark)).floors().containsKey(lease.lane());
    }

    /** Another relay on the same tables. */
    public Relay relay(
            EventSender sender, QuarantineListener quarantineListener, RelaySettings settings, String owner) {
        return new Relay(new RelayStores(lanes, batches, marking), sender, quarantineListener, settings, owner, meters);
    }

    /** What runs replays beside such a relay; it looks for them as often as an idle relay looks for events. */
    public Replayer replayer(EventSender sender, RelaySettings settings, String owner) {
        return new Replayer(
                new ReplayRunStore(tables, replayStore),
                new PauseStore(tables),
                sender,
                settings,
                owner,
                settings.polling().interval(),
                meters);
    }
}
