package dev.outbox.inbox.operate;

import static dev.outbox.inbox.InboxHandling.Status.DEAD_LETTER;
import static dev.outbox.inbox.InboxHandling.Status.FAILED;
import static dev.outbox.inbox.InboxHandling.Status.HANDLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxPermission;
import dev.outbox.inbox.InboxHandling;
import dev.outbox.inbox.InboxHandlings;
import dev.outbox.inbox.deadletter.InboxDatabase;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.OutboxTables;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How far an event has got at the consumers of an inbox, on every database. */
@Timeout(60)
@ParameterizedClass
@EnumSource(InboxDatabase.class)
class StoredHandlingsIntegrationTest {
    private final UUID event = UUID.randomUUID();
    private final OutboxTables tables;
    private final InboxStore inbox;
    private final InboxHandlings handlings;

    StoredHandlingsIntegrationTest(InboxDatabase database) {
        this.tables = database.createTables();
        this.inbox = new InboxStore(tables);
        this.handlings = new StoredHandlings(tables, AccessControl.allowAll("test"));
    }

    @Test
    void each_consumer_tells_what_came_of_an_event_and_how_often_it_was_tried() {
        Delivery first = new Delivery(event, "");
        inbox.record("search", first, InboxStatus.HANDLED, 1);
        inbox.record("search", new Delivery(event, "R1"), InboxStatus.HANDLED, 2);
        inbox.putAside("notification", first, 4, "java.lang.IllegalStateException: no template");
        for (int attempt = 1; attempt <= 2; attempt++) failAtWorkWithoutTransaction("billing", first, attempt);
        inbox.record("search", new Delivery(UUID.randomUUID(), ""), InboxStatus.HANDLED, 1);

        List<InboxHandling> recorded = handlings.of(event);
        assertThat(recorded)
                .extracting(
                        InboxHandling::consumer,
                        InboxHandling::replayId,
                        InboxHandling::status,
                        InboxHandling::attempts,
                        InboxHandling::result)
                .containsExactly(
                        tuple("billing", "", FAILED, 2, "the other side is busy"),
                        tuple("notification", "", DEAD_LETTER, 4, "java.lang.IllegalStateException: no template"),
                        tuple("search", "", HANDLED, 1, null),
                        tuple("search", "R1", HANDLED, 2, null));
        assertThat(recorded).allSatisfy(handling -> {
            assertThat(handling.eventId()).isEqualTo(event);
            assertThat(handling.handledAt()).isCloseTo(Instant.now(), within(10, ChronoUnit.MINUTES));
        });
    }

    private void failAtWorkWithoutTransaction(String consumer, Delivery delivery, int attempt) {
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(tables.dataSource()));
        OptionalInt claimed = Objects.requireNonNull(
                transaction.execute(status -> inbox.claim(consumer, delivery, Duration.ofMinutes(1))));
        assertThat(claimed).hasValue(attempt);
        assertThat(inbox.finish(consumer, delivery, attempt, InboxStatus.FAILED, "the other side is busy"))
                .isTrue();
    }

    @Test
    void every_state_has_its_name() {
        for (InboxStatus status : InboxStatus.values()) inbox.record(status.name(), new Delivery(event, ""), status, 1);
        assertThat(handlings.of(event))
                .hasSize(InboxStatus.values().length)
                .allSatisfy(handling -> assertThat(handling.status().name()).isEqualTo(handling.consumer()));
    }

    @Test
    void of_an_event_that_has_not_come_there_is_nothing() {
        assertThat(handlings.of(event)).isEmpty();
    }

    @Test
    void who_may_not_see_is_told_nothing() {
        assertThatThrownBy(() -> new StoredHandlings(tables, AccessControl.denyAll()).of(event))
                .isInstanceOf(OutboxAccessDeniedException.class);
        List<OutboxPermission> required = new ArrayList<>();
        new StoredHandlings(tables, permission -> {
                    required.add(permission);
                    return "victor";
                })
                .of(event);
        assertThat(required).containsExactly(OutboxPermission.OUTBOX_VIEW);
    }
}
