package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.relay.Relay;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.AuditStore;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneMark;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Reading;
import dev.outbox.store.RetentionStore;
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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final List<String> ROLES =
            List.of("outbox_publisher", "outbox_relay", "outbox_retention", "outbox_operator", "inbox_consumer");

    private final DatabaseServer<?> server;
    private final DatabaseSchema schema;
    private final Outbox owner;
    private final RoleWork work;

    PrivilegesContract(DatabaseServer<?> server) {
        this.server = server;
        this.schema = server.createSchema("grants");
        this.owner = new Outbox(new KeptConnections(schema));
        this.work = new RoleWork(owner);
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
        execute(Stream.of("DELETE FROM outbox_events", "DELETE FROM outbox_pauses", RoleWork.FREE_ALL_LANES));
    }

    @Test
    void with_their_grants_the_roles_publish_relay_and_decide() {
        AtomicBoolean repaired = new AtomicBoolean();
        EventSender sender = event -> event.aggregateId().equals("broken") && !repaired.get()
                ? CompletableFuture.failedFuture(new IllegalStateException("not yet"))
                : CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
        Outbox publisher = Outbox.ofPublisher(dataSource(own("outbox_publisher")));
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
            await().until(() ->
                    work.status(fine) == EventStatus.PUBLISHED && work.status(broken) == EventStatus.QUARANTINED);
            repaired.set(true);
            Outbox operator = new Outbox(dataSource(own("outbox_operator")));
            assertThat(operator.operations.approve(broken, "a test")).isTrue();
            await().until(() ->
                    work.status(broken) == EventStatus.PUBLISHED && work.status(follower) == EventStatus.PUBLISHED);
        } finally {
            relay.stop();
        }
    }

    /** Told in words on the page, because most relays do not need it. */
    @Test
    void for_dead_letters_a_relay_needs_insert_and_without_it_nothing_goes_to_quarantine() {
        Outbox relay = new Outbox(dataSource(own("outbox_relay"))).withDeadLetters("dead");
        UUID id = owner.publish("broken", "body");
        LaneClaim claim = new LaneClaim(work.claimLaneOf(relay, id), new LaneFloor(0, null, null, 0));
        BatchMarks marks =
                new BatchMarks(List.of(), List.of(new Failure(work.seq(id), true, null, "refused")), List.of());
        Reading reading = relay.batches.read(List.of(claim), 500, Long.MAX_VALUE);
        List<LaneMark> mark = List.of(new LaneMark(claim, reading, false, marks, null));
        assertThatThrownBy(() -> relay.marking.mark(mark)).hasStackTraceContaining(denied("INSERT"));
        assertThat(work.status(id)).isEqualTo(EventStatus.PENDING);

        execute(own("GRANT INSERT ON outbox_events TO outbox_relay"));
        try {
            relay.marking.mark(mark);
        } finally {
            execute(own("REVOKE INSERT ON outbox_events FROM outbox_relay"));
        }
        assertThat(work.status(id)).isEqualTo(EventStatus.QUARANTINED);
        assertThat(owner.jdbc
                        .sql("SELECT topic FROM outbox_events WHERE aggregate_type = 'outbox.DeadLetter'")
                        .query(String.class)
                        .list())
                .containsExactly("dead");
    }

    /** Told in words on the page, because the trail is kept by default. */
    @Test
    void to_delete_from_the_audit_trail_the_retention_needs_more() throws IOException {
        new AuditStore(owner.tables).add("operator", "PAUSE", "everything", null, "a test");
        owner.jdbc
                .sql("UPDATE outbox_audit SET recorded_at = " + work.threeDaysAgo())
                .update();
        RetentionStore retention =
                new RetentionStore(new Outbox(dataSource(own("outbox_retention"))).tables, EventsInUse.NONE);
        Duration age = Duration.ofDays(1);
        assertThatThrownBy(() -> retention.deleteAudit(age, 0, 10)).hasStackTraceContaining(denied("SELECT"));

        execute(own("GRANT SELECT, DELETE ON outbox_audit TO outbox_retention"));
        try {
            assertThat(retention.deleteAudit(age, 0, 10).removed()).isPositive();
        } finally {
            execute(own("REVOKE SELECT, DELETE ON outbox_audit FROM outbox_retention"));
            // MySQL takes the privileges on single columns away as well
            execute(grantsOfThePage().stream().map(this::own));
        }
    }

    @ParameterizedTest
    @MethodSource("grants")
    void each_grant_is_needed(String grant) throws IOException {
        assertThat(grant).matches("GRANT [^;]+ ON [^;]+ TO \\w+");
        String role = grant.substring(grant.lastIndexOf(' ') + 1);
        work.of(role, dataSource(own(role)));
        execute(own(grant.replaceFirst("GRANT", "REVOKE").replaceFirst(" TO (?=\\w+$)", " FROM ")));
        try {
            assertThatThrownBy(() -> work.of(role, dataSource(own(role))))
                    .hasStackTraceContaining(isTheOnlyOneOnItsTable(grant) ? deniedAll(grant) : denied(grant));
        } finally {
            execute(own(grant));
        }
        work.of(role, dataSource(own(role)));
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
            inbox_consumer   | DELETE FROM inbox_audit
            inbox_consumer   | UPDATE inbox_audit SET reason = 'another'
            """)
    void a_role_may_not_do_what_is_not_its_own(String role, String statement) {
        JdbcTemplate jdbc = new JdbcTemplate(dataSource(own(role)));
        assertThatThrownBy(() -> jdbc.execute(statement))
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining(denied(statement));
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
