package dev.outbox.inbox.deadletter;

import static dev.outbox.OutboxPermission.OUTBOX_OPERATE;
import static dev.outbox.OutboxPermission.OUTBOX_VIEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.AuditEntry;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxPermission;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetterImpact;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.OutboxTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Who may do what with dead letters, and what the audit trail says of it. */
class DeadLetterOperationsIntegrationTest extends DeadLettersOnEveryDatabase {
    DeadLetterOperationsIntegrationTest(InboxDatabase database) {
        super(database);
    }

    @Test
    void nobody_is_answered_or_obeyed_without_permission() {
        UUID id = putAsideOne();
        DeadLetters forNobody = deadLetters(AccessControl.denyAll());
        for (ThrowingCallable call : calls(forNobody, id))
            assertThatExceptionOfType(OutboxAccessDeniedException.class).isThrownBy(call);
        DeadLetters forViewers = deadLetters(only(OUTBOX_VIEW));
        assertThat(forViewers.list(ALL, 0, 10)).hasSize(1);
        assertThat(forViewers.find(CONSUMER, id)).isPresent();
        assertThat(forViewers.impact(ALL).events()).isEqualTo(1);
        for (ThrowingCallable call : calls(forViewers, id).subList(4, 6))
            assertThatExceptionOfType(OutboxAccessDeniedException.class)
                    .isThrownBy(call)
                    .withMessage("not OUTBOX_OPERATE");
        for (ThrowingCallable call :
                calls(deadLetters(only(OUTBOX_OPERATE)), id).subList(0, 4))
            assertThatExceptionOfType(OutboxAccessDeniedException.class)
                    .isThrownBy(call)
                    .withMessage("not OUTBOX_VIEW");
        for (ThrowingCallable call : calls(deadLetters(permission -> " "), id).subList(4, 6))
            assertThatExceptionOfType(OutboxAccessDeniedException.class)
                    .isThrownBy(call)
                    .withMessage(
                            "Whoever has OUTBOX_OPERATE here has no name, and the audit trail needs one. Correct the AccessControl of this application.");
        assertThat(listed()).containsExactly(1L);
        assertThat(handled()).isEmpty();
        assertThat(audit()).isEmpty();
        assertThat(calls(deadLetters, id))
                .as("as many as the interface has")
                .hasSize(DeadLetters.class.getMethods().length);
    }

    /** Those that only read first. */
    private static List<ThrowingCallable> calls(DeadLetters letters, UUID id) {
        return List.of(
                () -> letters.list(ALL, 0, 10),
                () -> letters.find(CONSUMER, id),
                () -> letters.impact(ALL),
                () -> letters.audit(Long.MAX_VALUE, 10),
                () -> letters.redrive(ALL, 10, WHY),
                () -> letters.discard(CONSUMER, id, WHY));
    }

    private static AccessControl only(OutboxPermission allowed) {
        return permission -> {
            if (permission == allowed) return "victor";
            throw new OutboxAccessDeniedException("not " + permission);
        };
    }

    @Test
    void nothing_is_done_without_a_reason() {
        UUID id = putAsideOne();
        for (String reason : List.of("", " \n", "x".repeat(501))) {
            String sentence = "A reason of 1 to 500 characters is needed for the audit trail; this one has %d."
                    .formatted(reason.strip().length());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> deadLetters.redrive(ALL, 10, reason))
                    .withMessage(sentence);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> deadLetters.discard(CONSUMER, id, reason))
                    .withMessage(sentence);
        }
        assertThat(listed()).containsExactly(1L);
        assertThat(handled()).isEmpty();
        assertThat(audit()).isEmpty();
    }

    @Test
    void a_line_says_who_has_discarded_what_and_why() {
        UUID id = putAsideOne();
        assertThat(deadLetters.discard(CONSUMER, id, " x'; DROP TABLE inbox_audit; -- "))
                .isTrue();
        assertThat(deadLetters.discard(CONSUMER, id, WHY)).isFalse();
        assertThat(audit())
                .extracting(
                        AuditEntry::operator,
                        AuditEntry::action,
                        AuditEntry::subject,
                        AuditEntry::eventId,
                        AuditEntry::reason)
                .containsExactly(Tuple.tuple(
                        "olga",
                        "DISCARD_DEAD_LETTER",
                        "event %s for notification".formatted(id),
                        id,
                        "x'; DROP TABLE inbox_audit; --"));
    }

    @Test
    void what_is_redriven_is_written_down_before_the_first_is_handled_and_what_came_of_it_afterwards() {
        putAside("1", 1, 2);
        putAside("2", 3);
        failing.add(2L);
        List<List<String>> during = new ArrayList<>();
        duringHandling =
                () -> during.add(audit().stream().map(AuditEntry::action).toList());
        deadLetters.redrive(ALL.topic("orders").eventType("OrderPlaced"), 10, WHY);
        assertThat(during).hasSize(3).containsOnly(List.of("REDRIVE"));
        assertThat(audit())
                .extracting(
                        AuditEntry::operator,
                        AuditEntry::action,
                        AuditEntry::subject,
                        AuditEntry::eventId,
                        AuditEntry::reason)
                .containsExactly(
                        Tuple.tuple(
                                "olga",
                                "REDRIVE_RESULT",
                                "dead letters of notification: 2 handled, 1 failed again",
                                null,
                                WHY),
                        Tuple.tuple(
                                "olga",
                                "REDRIVE",
                                "at most 10 dead letters of notification, topic orders, type OrderPlaced",
                                null,
                                WHY));
    }

    @Test
    void a_redrive_of_one_event_names_it_and_one_of_nothing_leaves_no_line() {
        UUID id = putAsideOne();
        deadLetters.redrive(ALL.eventType("none"), 10, WHY);
        assertThat(audit()).isEmpty();
        deadLetters.redrive(ALL.aggregate("Order", "1".repeat(200)).events(Set.of(id)), 10, WHY);
        assertThat(audit()).isEmpty();
        deadLetters.redrive(ALL.aggregate("Order", "1").events(Set.of(id)), 10, WHY);
        assertThat(audit().get(1).subject())
                .isEqualTo(
                        "at most 10 dead letters of notification, aggregate type Order, aggregate 1, named events: 1");
        assertThat(audit().get(1).eventId()).isEqualTo(id);
    }

    @Test
    void an_outage_stands_in_the_result_without_what_it_says() {
        putAsideOne();
        duringHandling = () -> {
            throw new dev.outbox.MissingEncryptionKeyException("The key is missing.", "a", null);
        };
        deadLetters.redrive(ALL, 10, WHY);
        assertThat(audit().get(0).subject())
                .isEqualTo("dead letters of notification: 0 handled, 0 failed again, ended by an outage");
    }

    @Test
    void what_cannot_be_written_down_is_not_done() {
        UUID id = putAsideOne();
        refuseLines();
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> deadLetters.discard(CONSUMER, id, WHY));
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> deadLetters.redrive(ALL, 10, WHY));
        assertNothingWasDone();
    }

    private void refuseLines() {
        jdbc.sql("ALTER TABLE inbox_audit ADD CONSTRAINT refused CHECK (operator <> 'olga')")
                .update();
    }

    @Test
    void without_the_table_of_the_audit_trail_nothing_is_done_and_a_sentence_says_so() {
        UUID id = putAsideOne();
        jdbc.sql("DROP TABLE inbox_audit").update();
        String sentence =
                "The table of the audit trail, inbox_audit, is missing, and nothing is done that is not written down there. Create it: its statement is in the script V1 of these tables, in the jar below dev/outbox/schema.";
        assertThatExceptionOfType(OutboxConfigurationException.class)
                .isThrownBy(() -> deadLetters.discard(CONSUMER, id, WHY))
                .withMessage(sentence);
        assertThatExceptionOfType(OutboxConfigurationException.class)
                .isThrownBy(() -> deadLetters.redrive(ALL, 10, WHY))
                .withMessage(sentence);
        assertNothingWasDone();
    }

    private void assertNothingWasDone() {
        assertThat(listed()).containsExactly(1L);
        assertThat(isHeld("1")).isTrue();
        assertThat(handled()).isEmpty();
        assertThat(jdbc.sql("SELECT status FROM inbox_events")
                        .query(String.class)
                        .list())
                .containsExactly("DEAD_LETTER");
    }

    @Test
    void a_redrive_whose_result_cannot_be_written_down_tells_it_all_the_same() {
        putAsideOne();
        duringHandling = this::refuseLinesFromNowOn;
        assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(1);
        assertThat(audit()).extracting(AuditEntry::action).containsExactly("REDRIVE");
    }

    /** By a connection of its own: some databases commit with it. */
    private void refuseLinesFromNowOn() {
        transactionOfItsOwn()
                .executeWithoutResult(status -> jdbc.sql(
                                "ALTER TABLE inbox_audit ADD CONSTRAINT refused CHECK (action <> 'REDRIVE_RESULT')")
                        .update());
    }

    private TransactionTemplate transactionOfItsOwn() {
        TransactionTemplate own = new TransactionTemplate(new DataSourceTransactionManager(tables.dataSource()));
        own.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);
        return own;
    }

    @Test
    void of_two_who_discard_the_same_one_wins_and_the_other_is_told() throws Exception {
        UUID id = putAsideOne();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (String name : List.of("olga", "otto")) {
                DeadLetters letters = deadLetters(AccessControl.allowAll(name));
                answers.add(threads.submit(() -> {
                    start.await();
                    return letters.discard(CONSUMER, id, WHY);
                }));
            }
            // both find it, and then wait for the lock of its key
            transaction.executeWithoutResult(status -> {
                jdbc.sql("SELECT aggregate_id FROM inbox_held_keys FOR UPDATE")
                        .query(String.class)
                        .single();
                start.countDown();
                await().until(() -> database.waiting(tables) == 2);
            });
            assertThat(List.of(answers.get(0).get(), answers.get(1).get())).containsExactlyInAnyOrder(true, false);
        } finally {
            threads.shutdownNow();
        }
        assertThat(audit()).hasSize(1);
        assertThat(listed()).isEmpty();
    }

    @Test
    void the_impact_tells_what_a_redrive_would_touch() {
        putAside("1", 1, 2, 3);
        putAside("2", 4, 5);
        diversion.putAside(Events.of("free", 6), CAUSE, 4, false);
        diversion.putAside(new ConsumerRecord<>("orders", 2, 7, "1", new byte[0]), CAUSE, 1, true);
        new Diversion("another", tables, topic.topic()).putAside(Events.of("1", 8), CAUSE, 1, true);
        UUID head = deadLetters.list(ALL, 0, 1).get(0).eventId();
        assertThat(deadLetters.impact(ALL)).isEqualTo(new DeadLetterImpact(7, 3, 0, false));
        assertThat(deadLetters.impact(ALL.events(Set.of(head)))).isEqualTo(new DeadLetterImpact(1, 1, 2, false));
        assertThat(deadLetters.impact(ALL.aggregate("Order", "free"))).isEqualTo(new DeadLetterImpact(1, 1, 0, false));
        assertThat(deadLetters.impact(ALL.topic("none"))).isEqualTo(new DeadLetterImpact(0, 0, 0, false));
        assertThat(deadLetters.impact(DeadLetterFilter.of("another"))).isEqualTo(new DeadLetterImpact(1, 1, 0, false));
        assertThat(deadLetters.redrive(ALL.events(Set.of(head)), 10, WHY).handled())
                .isEqualTo(3);
    }

    @Test
    void the_audit_trail_is_on_the_data_source_of_the_inbox() {
        OutboxTables elsewhere = OutboxTables.of(new DriverManagerDataSource("jdbc:h2:mem:elsewhere"));
        assertThatThrownBy(() -> new StoredDeadLetters(
                        tables,
                        elsewhere,
                        AccessControl.denyAll(),
                        transaction,
                        consumer -> null,
                        Classifiers.NONE,
                        () -> topic))
                .hasMessage(
                        "The audit trail is on another data source than the inbox: a decision and its line could not commit together.");
    }

    private UUID putAsideOne() {
        putAside("1", 1);
        return deadLetters.list(ALL, 0, 1).get(0).eventId();
    }

    private List<AuditEntry> audit() {
        return deadLetters.audit(Long.MAX_VALUE, 10);
    }
}
