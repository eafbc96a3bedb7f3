package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxPause;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.deadletter.store.DeadLetterStore;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.deadletter.store.NewDeadLetter;
import dev.outbox.inbox.store.AggregateKey;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.inbox.store.VersionStore;
import dev.outbox.relay.Relay;
import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import dev.outbox.retention.RetentionRun;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneLease;
import dev.outbox.store.LaneMark;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Reading;
import dev.outbox.store.RetentionStore;
import dev.outbox.store.ShortTransaction;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.DatabaseServer;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The statements of docs/privileges.md for a database, with a schema and roles of this class's own, to whom every test leaves what they had. */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
abstract class PrivilegesContract {
    private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
    private static final String FREE_ALL_LANES = "UPDATE outbox_lanes SET lease_until = '1970-01-01 00:00:00'";
    private static final List<String> ROLES =
            List.of("outbox_publisher", "outbox_relay", "outbox_retention", "outbox_operator", "inbox_consumer");

    private final DatabaseServer<?> server;
    private final DatabaseSchema schema;
    private final Outbox owner;

    PrivilegesContract(DatabaseServer<?> server) {
        this.server = server;
        this.schema = server.createSchema("grants");
        this.owner = new Outbox(new KeptConnections(schema));
    }

    /** The statements of a section of the page, for {@code grants()} of a subclass. */
    static List<String> grantsUnder(String heading) throws IOException {
        String page = Files.readString(Path.of("../docs/privileges.md"));
        String section = page.substring(page.indexOf("## " + heading + "\n"));
        return SQL.matcher(section.split("\n## ", 2)[0])
                .results()
                .flatMap(block -> Stream.of(block.group(1).split(";")))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    abstract List<String> grantsOfThePage() throws IOException;

    /** What creates a role that may log in. */
    abstract String creation(String role, String password);

    /** What takes everything from a role, and the role away. */
    abstract List<String> removal(String role);

    /** What is said to somebody without a privilege, who has others on the same table. */
    abstract String denied(String statement);

    /** What is said to a role that has no privilege on a table. */
    String deniedAll(String grant) {
        return denied(grant);
    }

    /** A statement of the page in the schema of this test. */
    String inSchema(String statement, String schema) {
        return statement;
    }

    @BeforeAll
    void grant() throws IOException {
        InboxStore.schema(inbox(schema.username())).install();
        Stream<String> creations = ROLES.stream().map(role -> creation(own(role), schema.password()));
        execute(Stream.concat(creations, grantsOfThePage().stream().map(this::own)));
    }

    @AfterAll
    void dropRoles() {
        execute(ROLES.stream().flatMap(role -> removal(own(role)).stream()));
    }

    @BeforeEach
    void emptyTables() {
        execute(Stream.of("DELETE FROM outbox_events", "DELETE FROM outbox_pauses", FREE_ALL_LANES));
    }

    @Test
    void with_their_grants_the_roles_publish_relay_and_decide() {
        AtomicBoolean repaired = new AtomicBoolean();
        EventSender sender = event -> event.aggregateId().equals("broken") && !repaired.get()
                ? CompletableFuture.failedFuture(new IllegalStateException("not yet"))
                : CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
        Outbox publisher = new Outbox(dataSource(own("outbox_publisher")));
        UUID fine = publisher.publish("fine", "body");
        UUID broken = publisher.publish("broken", "body");
        UUID follower = publisher.publish("broken", "body");
        Relay relay = new Outbox(dataSource(own("outbox_relay")))
                .relay(
                        sender,
                        (event, error) -> {},
                        QuickRelay.SETTINGS.attempts(2).settings(),
                        "granted");
        relay.start();
        try {
            await().until(() -> status(fine) == EventStatus.PUBLISHED && status(broken) == EventStatus.QUARANTINED);
            repaired.set(true);
            Outbox operator = new Outbox(dataSource(own("outbox_operator")));
            assertThat(operator.operations.approve(broken, "a test")).isTrue();
            await().until(() -> status(broken) == EventStatus.PUBLISHED && status(follower) == EventStatus.PUBLISHED);
        } finally {
            relay.stop();
        }
    }

    /** Told in words on the page, because most relays do not need it. */
    @Test
    void for_dead_letters_a_relay_needs_insert_and_without_it_nothing_goes_to_quarantine() {
        Outbox relay = new Outbox(dataSource(own("outbox_relay"))).withDeadLetters("dead");
        UUID id = owner.publish("broken", "body");
        LaneClaim claim = new LaneClaim(claimLaneOf(relay, id), new LaneFloor(0, null, null, 0));
        BatchMarks marks = new BatchMarks(List.of(), List.of(new Failure(seq(id), true, null, "refused")), List.of());
        Reading reading = relay.batches.read(List.of(claim), 500, Long.MAX_VALUE);
        List<LaneMark> mark = List.of(new LaneMark(claim, reading, false, marks, null));
        assertThatThrownBy(() -> relay.marking.mark(mark)).hasStackTraceContaining(denied("INSERT"));
        assertThat(status(id)).isEqualTo(EventStatus.PENDING);

        execute(own("GRANT INSERT ON outbox_events TO outbox_relay"));
        try {
            relay.marking.mark(mark);
        } finally {
            execute(own("REVOKE INSERT ON outbox_events FROM outbox_relay"));
        }
        assertThat(status(id)).isEqualTo(EventStatus.QUARANTINED);
        assertThat(owner.jdbc
                        .sql("SELECT topic FROM outbox_events WHERE aggregate_type = 'outbox.DeadLetter'")
                        .query(String.class)
                        .list())
                .containsExactly("dead");
    }

    @ParameterizedTest
    @MethodSource("grants")
    void each_grant_is_needed(String grant) throws IOException {
        assertThat(grant).matches("GRANT [^;]+ ON [^;]+ TO \\w+");
        String role = grant.substring(grant.lastIndexOf(' ') + 1);
        work(role);
        execute(own(grant.replaceFirst("GRANT", "REVOKE").replaceFirst(" TO (?=\\w+$)", " FROM ")));
        try {
            assertThatThrownBy(() -> work(role))
                    .hasStackTraceContaining(isTheOnlyOneOnItsTable(grant) ? deniedAll(grant) : denied(grant));
        } finally {
            execute(own(grant));
        }
        work(role);
    }

    private boolean isTheOnlyOneOnItsTable(String grant) throws IOException {
        String tableAndRole = grant.substring(grant.indexOf(" ON "));
        return grantsOfThePage().stream()
                        .filter(other -> other.endsWith(tableAndRole))
                        .count()
                == 1;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            outbox_publisher | SELECT payload FROM outbox_events
            outbox_publisher | UPDATE outbox_events SET status = 'PUBLISHED'
            outbox_publisher | DELETE FROM outbox_events
            outbox_publisher | UPDATE outbox_lanes SET token = token + 1
            outbox_relay     | UPDATE outbox_events SET payload = ''
            outbox_relay     | UPDATE outbox_events SET topic = 'another'
            outbox_relay     | INSERT INTO outbox_events (topic) VALUES ('orders')
            outbox_relay     | DELETE FROM outbox_events
            outbox_relay     | DELETE FROM outbox_lanes
            outbox_relay     | DELETE FROM outbox_archived_events
            outbox_publisher | SELECT payload FROM outbox_archived_events
            outbox_retention | INSERT INTO outbox_events (topic) VALUES ('orders')
            outbox_retention | UPDATE outbox_events SET status = 'PUBLISHED'
            outbox_retention | UPDATE outbox_archived_events SET payload = ''
            outbox_retention | UPDATE outbox_lanes SET token = token + 1
            outbox_operator  | UPDATE outbox_events SET payload = ''
            outbox_operator  | INSERT INTO outbox_events (topic) VALUES ('orders')
            outbox_operator  | DELETE FROM outbox_events
            outbox_operator  | UPDATE outbox_lanes SET token = token + 1
            outbox_operator  | DELETE FROM outbox_audit
            outbox_operator  | UPDATE outbox_audit SET reason = 'another'
            outbox_relay     | DELETE FROM outbox_pauses
            inbox_consumer   | UPDATE inbox_events SET consumer = 'another'
            inbox_consumer   | UPDATE inbox_dead_letters SET copy_offset = 0
            """)
    void a_role_may_not_do_what_is_not_its_own(String role, String statement) {
        JdbcTemplate jdbc = new JdbcTemplate(dataSource(own(role)));
        assertThatThrownBy(() -> jdbc.execute(statement))
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining(denied(statement));
    }

    /** Everything that a role has to be able to do, each by its own connections. */
    private void work(String role) {
        switch (role) {
            case "outbox_publisher" -> new Outbox(dataSource(own(role))).publish("1", "body");
            case "outbox_relay" -> relay(new Outbox(dataSource(own(role))));
            case "outbox_retention" -> retain(new Outbox(dataSource(own(role))).tables);
            case "outbox_operator" -> decide(new Outbox(dataSource(own(role))));
            case "inbox_consumer" -> consume(inbox(own(role)));
            default -> throw new IllegalArgumentException("The page names a role that has no work here: " + role);
        }
    }

    private void relay(Outbox relay) {
        relay.lanes.forgetFloorsAboveTheSequence();
        UUID id = owner.publish(UUID.randomUUID().toString(), "body");
        UUID behind = owner.publish(aggregate(id), "body");
        LaneLease lease = claimLaneOf(relay, id);
        assertThat(relay.read(lease.lane(), 500)).isNotEmpty();
        Failure failure = new Failure(seq(id), true, Duration.ZERO, "reason");
        relay.mark(lease, new BatchMarks(List.of(), List.of(failure), List.of(seq(behind))), null);
        relay.mark(lease, List.of(seq(id)), Duration.ZERO);
        assertThat(status(behind)).isEqualTo(EventStatus.PENDING);
    }

    /** Into the archive and out of it, under the lock. */
    private void retain(OutboxTables tables) {
        UUID id = owner.publish(UUID.randomUUID().toString(), "body");
        String then = Dialect.of(owner.tables)
                .after(String.valueOf(-Duration.ofDays(3).toSeconds() * 1_000_000));
        owner.jdbc
                .sql(
                        "UPDATE outbox_events SET status = 'PUBLISHED', published_at = %1$s, created_at = %1$s WHERE seq = :seq"
                                .formatted(then))
                .param("seq", seq(id))
                .update();
        RetentionRules rules = new RetentionRules(RetentionMode.ARCHIVE, Duration.ofDays(1), Duration.ofDays(2), 10);
        EventRetention retention = new EventRetention(new RetentionStore(tables, EventsInUse.NONE), rules);
        AtomicReference<RetentionRun> run = new AtomicReference<>();
        RetentionLock lock = new RetentionLock(tables, Duration.ofMinutes(1), Duration.ofMillis(1));
        lock.run(() -> run.set(retention.run(Duration.ofMinutes(1), () -> true)));
        RetentionRun done = Objects.requireNonNull(run.get());
        assertThat(done.archived()).isPositive().isEqualTo(done.deletedFromArchive());
        assertThat(owner.events.find(id)).isEmpty();
    }

    private void decide(Outbox operator) {
        UUID id = quarantined();
        assertThat(operator.operations.approve(id, "a test")).isTrue();
        UUID other = quarantined();
        assertThat(operator.operations.discard(other, "a test")).isTrue();
        OutboxPause pause = OutboxPause.topic("orders");
        assertThat(operator.operations.pause(pause, "a test")).isTrue();
        assertThat(operator.operations.pauses()).containsExactly(pause);
        assertThat(operator.operations.resume(pause, "a test")).isTrue();
        assertThat(operator.operations.payload(other, "a test")).isPresent();
        assertThat(operator.operations.payload(UUID.randomUUID(), "a test")).isEmpty();
        assertThat(operator.operations.audit(Long.MAX_VALUE, 10)).hasSizeGreaterThanOrEqualTo(4);
    }

    private UUID quarantined() {
        UUID id = owner.publish(UUID.randomUUID().toString(), "body");
        UUID behind = owner.publish(aggregate(id), "body");
        LaneLease lease = claimLaneOf(owner, id);
        Failure failure = new Failure(seq(id), true, null, "reason");
        owner.mark(lease, new BatchMarks(List.of(), List.of(failure), List.of(seq(behind))), Duration.ZERO);
        assertThat(status(id)).isEqualTo(EventStatus.QUARANTINED);
        return id;
    }

    private void consume(OutboxTables tables) {
        InboxStore.schema(tables).verify();
        UUID event = UUID.randomUUID();
        InboxStore store = new InboxStore(tables);
        Delivery delivery = new Delivery(event, "");
        assertThat(List.of(
                        store.record("test", delivery, InboxStatus.HANDLED, 1),
                        store.record("test", delivery, InboxStatus.HANDLED, 1)))
                .containsExactly(true, false);
        putAsideAndTakeUp(tables);
        apply(tables, new AggregateKey("Order", event.toString()));
    }

    private static void apply(OutboxTables tables, AggregateKey aggregate) {
        VersionStore versions = new VersionStore(tables);
        for (long version = 1; version <= 2; version++) {
            long applied = version;
            new ShortTransaction(tables).run(() -> {
                versions.write("test", versions.lock("test", Set.of(aggregate)), Map.of(aggregate, applied));
                return true;
            });
        }
        assertThat(versions.lock("test", Set.of(aggregate))).containsEntry(aggregate, 2L);
    }

    private static void putAsideAndTakeUp(OutboxTables tables) {
        UUID event = UUID.randomUUID();
        InboxStore inbox = new InboxStore(tables);
        ShortTransaction transaction = new ShortTransaction(tables);
        DeadLetterStore letters = new DeadLetterStore(tables);
        HeldKeyStore keys = new HeldKeyStore(tables);
        EventKey key = new EventKey("Order", event.toString());
        RecordPosition position = new RecordPosition("orders", 0, 0);
        NewDeadLetter letter =
                new NewDeadLetter("test", new Delivery(event, ""), key, "OrderPlaced", position, position, 1, "reason");
        assertThat(keys.heldAmong("test", List.of(key))).isEmpty();
        Delivery delivery = letter.delivery();
        transaction.run(() -> {
            keys.hold("test", key);
            return inbox.putAside("test", delivery, 1, "reason") && letters.add(letter, false);
        });
        DeadLetter added = letters.find("test", event).orElseThrow();
        letters.failedAgain(added, "another reason");
        transaction.run(() -> {
            assertThat(keys.lock("test", key)).isTrue();
            assertThat(letters.remove(added)).isTrue();
            inbox.takeUp("test", delivery);
            keys.releaseIfEmpty("test", key);
            return true;
        });
        assertThat(keys.heldAmong("test", List.of(key))).isEmpty();
    }

    /** Other claims before, of this method or of a role that failed, may have taken it. */
    private LaneLease claimLaneOf(Outbox relay, UUID id) {
        execute(FREE_ALL_LANES);
        while (true) {
            LaneLease lease = relay.claim("test", Duration.ofMinutes(1)).orElseThrow();
            if (lease.lane() == owner.laneOf(id)) return lease;
        }
    }

    private String aggregate(UUID id) {
        return find(id).aggregateId();
    }

    private long seq(UUID id) {
        return find(id).seq();
    }

    private EventStatus status(UUID id) {
        return find(id).status();
    }

    private EventState find(UUID id) {
        return owner.events.find(id).orElseThrow();
    }

    private void execute(String statement) {
        execute(Stream.of(statement));
    }

    /** As the administrator, on one connection. */
    private void execute(Stream<String> statements) {
        SingleConnectionDataSource administrator =
                new SingleConnectionDataSource(schema.jdbcUrl(), server.username(), server.password(), true);
        try {
            JdbcTemplate jdbc = new JdbcTemplate(administrator);
            statements.forEach(jdbc::execute);
        } finally {
            administrator.destroy();
        }
    }

    /** A statement or a role of the page with the names of this test. */
    private String own(String text) {
        String named = inSchema(text, schema.name());
        for (String role : ROLES) named = named.replaceAll("\\b" + role + "\\b", schema.name() + "_" + role);
        return named;
    }

    private OutboxTables inbox(String user) {
        return new OutboxTables(dataSource(user), null, InboxStore.DEFAULT_PREFIX);
    }

    private DriverManagerDataSource dataSource(String user) {
        return new DriverManagerDataSource(schema.jdbcUrl(), user, schema.password());
    }
}
