package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outbox.DryRun;
import dev.outbox.EventState;
import dev.outbox.OutboxMessage;
import dev.outbox.ReplayPlan;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.store.Dialect;
import dev.outbox.store.ReplaySearch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** What a replay would send, on a real database. */
@Timeout(60)
abstract class DryRunContract {
    private Outbox outbox;
    private TransactionalOutboxPublisher publisher;

    abstract DataSource emptySchema();

    @BeforeEach
    void createTables() {
        outbox = new Outbox(emptySchema());
        publisher = outbox.publisher(() -> {});
    }

    @Test
    void counts_what_is_published_by_type_and_topic_and_shows_the_first_the_last_and_some() {
        List<UUID> placed = IntStream.range(0, 12)
                .mapToObj(i -> published("order " + i % 3, "OrderPlaced", "orders"))
                .toList();
        List<UUID> paid =
                List.of(published("order 0", "OrderPaid", "payments"), published("order 9", "OrderPaid", "payments"));
        UUID pending = publish("order 0", "OrderPlaced", "orders");

        DryRun run = dryRun(ReplayPlan.ofPeriod(Instant.EPOCH, null));
        assertThat(run.events()).isEqualTo(14);
        assertThat(run.exact()).isTrue();
        assertThat(run.keys()).isEqualTo(4);
        assertThat(run.groups())
                .containsExactly(
                        new DryRun.Group("OrderPlaced", "orders", 12), new DryRun.Group("OrderPaid", "payments", 2));
        assertThat(run.first()).extracting(EventState::eventId).isEqualTo(placed.get(0));
        assertThat(run.last()).extracting(EventState::eventId).isEqualTo(paid.get(1));
        assertThat(run.sample()).extracting(EventState::eventId).containsExactlyElementsOf(placed.subList(0, 10));
        assertThat(run.upTo()).isEqualTo(state(pending).seq());
    }

    @Test
    void every_condition_of_a_plan_counts_and_all_together() {
        UUID one = published("A", "OrderPlaced", "orders");
        UUID two = published("A", "OrderPaid", "orders");
        UUID three = published("B", "OrderPlaced", "orders");
        Instant stored = state(two).createdAt();
        Instant later = Instant.now().plus(Duration.ofDays(1));
        assertThat(ids(ReplayPlan.ofAggregates(Set.of("A", "nobody")))).containsExactly(one, two);
        assertThat(ids(ReplayPlan.ofTypes(Set.of("OrderPlaced")))).containsExactly(one, three);
        assertThat(ids(ReplayPlan.ofEvents(Set.of(three, two, UUID.randomUUID()))))
                .containsExactly(two, three);
        assertThat(ids(ReplayPlan.ofPeriod(stored, null))).contains(two).endsWith(three);
        assertThat(ids(ReplayPlan.ofPeriod(null, stored))).doesNotContain(two, three);
        assertThat(ids(ReplayPlan.ofPeriod(later, null))).isEmpty();
        assertThat(ids(new ReplayPlan(
                        Instant.EPOCH, later, Set.of("A"), Set.of("OrderPlaced"), Set.of(one, two, three))))
                .containsExactly(one);
        assertThat(ids(ReplayPlan.ofAggregates(Set.of("' OR '1'='1")))).isEmpty();
        assertThat(ids(ReplayPlan.ofTypes(Set.of("%")))).isEmpty();
    }

    /** It is over, but it was never sent, so it cannot be sent again. */
    @Test
    void an_event_that_was_discarded_is_not_meant() {
        UUID sent = published("A", "OrderPlaced", "orders");
        UUID discarded = publish("A", "OrderPlaced", "orders");
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'QUARANTINED' WHERE event_id = :id")
                .param("id", Dialect.of(outbox.tables).id(discarded))
                .update();
        assertThat(outbox.operations.discard(discarded, "a test")).isTrue();
        assertThat(ids(ReplayPlan.ofEvents(Set.of(sent, discarded)))).containsExactly(sent);
        assertThat(ids(ReplayPlan.ofAggregates(Set.of("A")))).containsExactly(sent);
    }

    @Test
    void nothing_that_matches_is_an_answer_too() {
        publish("A", "OrderPlaced", "orders");
        DryRun run = dryRun(ReplayPlan.ofTypes(Set.of("OrderPlaced")));
        assertThat(run.events()).isZero();
        assertThat(run.exact()).isTrue();
        assertThat(run.first()).isNull();
        assertThat(run.last()).isNull();
        assertThat(run.groups()).isEmpty();
        assertThat(new Outbox(emptySchema())
                        .replays
                        .dryRun(ReplayPlan.ofTypes(Set.of("x")))
                        .upTo())
                .isZero();
    }

    @Test
    void windows_are_looked_through_to_the_end_or_the_rest_is_estimated() {
        List<UUID> ids = IntStream.range(0, 45)
                .mapToObj(i -> published("order " + i, i % 5 == 4 ? "OrderPaid" : "OrderPlaced", "orders"))
                .toList();
        ReplayPlan paid = ReplayPlan.ofTypes(Set.of("OrderPaid"));
        DryRun counted = new ReplaySearch(outbox.tables, 7).dryRun(paid);
        assertThat(counted.exact()).isTrue();
        assertThat(counted.events()).isEqualTo(9);
        assertThat(counted.sample())
                .extracting(EventState::eventId)
                .containsExactlyElementsOf(
                        IntStream.range(0, 9).mapToObj(i -> ids.get(5 * i + 4)).toList());
        DryRun estimated = new ReplaySearch(outbox.tables, 1).dryRun(paid);
        assertThat(estimated.exact()).isFalse();
        assertThat(estimated.events()).isBetween(8L, 11L);
        assertThat(estimated.keys()).isLessThan(9);
        assertThat(estimated.last()).extracting(EventState::eventId).isEqualTo(ids.get(44));
    }

    /** Forty windows of one sequence each would not reach it from the beginning. */
    @Test
    void a_period_is_counted_where_it_is_however_much_there_is_before_and_behind() {
        List<UUID> ids = IntStream.range(0, 300)
                .mapToObj(i -> published("order " + i, "OrderPlaced", "orders"))
                .toList();
        Instant day = Instant.parse("2026-01-01T00:00:00Z");
        for (int i = 0; i < ids.size(); i++) {
            outbox.jdbc
                    .sql("UPDATE outbox_events SET created_at = :at WHERE event_id = :id")
                    .param("at", Dialect.of(outbox.tables).time(day.plus(Duration.ofHours(i))))
                    .param("id", Dialect.of(outbox.tables).id(ids.get(i)))
                    .update();
        }
        DryRun run = new ReplaySearch(outbox.tables, 1)
                .dryRun(ReplayPlan.ofPeriod(day.plus(Duration.ofHours(200)), day.plus(Duration.ofHours(210))));
        assertThat(run.exact()).isTrue();
        assertThat(run.sample()).extracting(EventState::eventId).containsExactlyElementsOf(ids.subList(200, 210));
        assertThat(run.last()).extracting(EventState::eventId).isEqualTo(ids.get(209));
        assertThat(run.upTo()).isLessThan(state(ids.get(212)).seq());
    }

    @Test
    void beyond_ten_thousand_the_rest_is_estimated() {
        List<OutboxMessage> messages = IntStream.range(0, 12_000)
                .mapToObj(i -> OutboxMessage.of("Order", "order " + i % 100, "OrderPlaced", "body")
                        .topic("orders"))
                .toList();
        outbox.inTransaction(() -> publisher.publishAll(messages));
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PUBLISHED', published_at = created_at")
                .update();
        DryRun run = dryRun(ReplayPlan.ofTypes(Set.of("OrderPlaced")));
        assertThat(run.exact()).isFalse();
        assertThat(run.events()).isEqualTo(12_000);
        assertThat(run.groups()).containsExactly(new DryRun.Group("OrderPlaced", "orders", 10_000));
    }

    @Test
    void a_dry_run_changes_no_row_of_any_table() throws MetaDataAccessException {
        UUID id = published("A", "OrderPlaced", "orders");
        publish("A", "OrderPlaced", "orders");
        Map<String, List<String>> withoutKey = contents();
        dryRun(ReplayPlan.ofTypes(Set.of("OrderPlaced"))); // the first one draws the key that signs tokens
        Map<String, List<String>> before = contents();
        withoutKey.put("outbox_replay_key", before.get("outbox_replay_key"));
        assertThat(before)
                .isEqualTo(withoutKey)
                .containsKeys("outbox_events", "outbox_archived_events", "outbox_lanes", "outbox_replays");
        assertThat(ids(ReplayPlan.ofEvents(Set.of(id)))).containsExactly(id);
        assertThat(ids(ReplayPlan.ofAggregates(Set.of("A")))).containsExactly(id);
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void a_plan_says_what_is_wrong_with_it() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayPlan.ofPeriod(null, null))
                .withMessage(
                        "A replay needs a period, aggregate ids, event types or event ids. Give one of its ends for a period that is open at the other.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayPlan.ofPeriod(Instant.EPOCH.plusSeconds(1), Instant.EPOCH))
                .withMessage("The period ends at 1970-01-01T00:00:00Z, before it begins at 1970-01-01T00:00:01Z.");
        Set<UUID> many = IntStream.range(0, 1_001).mapToObj(i -> new UUID(0, i)).collect(Collectors.toSet());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayPlan.ofEvents(many))
                .withMessage("A replay names at most 1000 event ids, not 1001. Make several replays of it.");
        for (String value : List.of("", "x".repeat(201), "a\0b"))
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ReplayPlan.ofTypes(Set.of(value)))
                    .withMessage(
                            "An event type has 1 to 200 characters and no U+0000, and one of this replay has not: no event can be meant by it. Correct it, or leave it out.");
        Set<String> lengthy = IntStream.range(0, 600)
                .mapToObj(i -> "x".repeat(190) + (100 + i))
                .collect(Collectors.toSet());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayPlan.ofAggregates(lengthy))
                .withMessage(
                        "The aggregate ids and event types of a replay have at most 100000 characters together, not 115800. Make several replays of it.");
    }

    private Map<String, List<String>> contents() throws MetaDataAccessException {
        return tables().stream().collect(Collectors.toMap(table -> table, this::rows));
    }

    /** All that the schema has, so that new ones are looked at as well. */
    private Set<String> tables() throws MetaDataAccessException {
        return JdbcUtils.extractDatabaseMetaData(outbox.dataSource, database -> {
            Connection connection = database.getConnection();
            Set<String> tables = new TreeSet<>();
            try (ResultSet found = database.getTables(connection.getCatalog(), connection.getSchema(), null, null)) {
                while (found.next()) {
                    if (found.getString("TABLE_TYPE").endsWith("TABLE"))
                        tables.add(found.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
                }
            }
            return tables;
        });
    }

    private List<String> rows(String table) {
        return outbox
                .jdbc
                .sql("SELECT * FROM " + table)
                .query((row, number) -> {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) values.add(row.getString(i));
                    return values.toString();
                })
                .list()
                .stream()
                .sorted()
                .toList();
    }

    private DryRun dryRun(ReplayPlan plan) {
        return outbox.replays.dryRun(plan);
    }

    private List<UUID> ids(ReplayPlan plan) {
        return dryRun(plan).sample().stream().map(EventState::eventId).toList();
    }

    private EventState state(UUID id) {
        return outbox.events.find(id).orElseThrow();
    }

    private UUID publish(String orderId, String type, String topic) {
        return outbox.inTransaction(() -> publisher.publish(
                OutboxMessage.of("Order", orderId, type, "body").topic(topic)));
    }

    private UUID published(String orderId, String type, String topic) {
        UUID id = publish(orderId, type, topic);
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PUBLISHED', published_at = created_at WHERE event_id = :id")
                .param("id", Dialect.of(outbox.tables).id(id))
                .update();
        return id;
    }
}
