package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxPause;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
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
import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import dev.outbox.retention.RetentionRun;
import dev.outbox.store.AuditStore;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Dialect;
import dev.outbox.store.LaneLease;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.ReplayStore;
import dev.outbox.store.RetentionStore;
import dev.outbox.store.ShortTransaction;
import dev.outbox.test.contract.Outbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** What each role of docs/privileges.md has to be able to do, on tables with all that it finds there. */
final class RoleWork {
    static final String FREE_ALL_LANES = "UPDATE outbox_lanes SET lease_until = '1970-01-01 00:00:00'";

    private final Outbox owner;

    /** @param owner of the tables, who may do anything */
    RoleWork(Outbox owner) {
        this.owner = owner;
    }

    /**
     * Does all that a role of the page has to be able to do.
     *
     * @param dataSource the role's own
     */
    void of(String role, DataSource dataSource) {
        switch (role) {
            case "outbox_publisher" -> Outbox.ofPublisher(dataSource).publish("1", "body");
            case "outbox_relay" -> relay(new Outbox(dataSource));
            case "outbox_retention" -> retain(new Outbox(dataSource).tables);
            case "outbox_operator" -> decide(new Outbox(dataSource));
            case "inbox_consumer" -> consume(new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX));
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
        replay(relay);
    }

    /** Of nothing, so there is nothing to send; the only one, whatever a role that failed has left. */
    private void replay(Outbox relay) {
        owner.jdbc.sql("DELETE FROM outbox_replays").update();
        Replay replay = startReplay(owner);
        ReplayRunStore runs = new ReplayRunStore(relay.tables, relay.replayStore);
        ReplayRunStore.Claim claim = runs.claim("test", Duration.ofMinutes(1)).orElseThrow();
        long end = runs.read(claim.replay(), 0, 1, 1).to();
        assertThat(runs.save(claim, new ReplayRunStore.Standing(end, 0, null), Duration.ZERO))
                .contains(ReplayStatus.DONE);
        assertThat(owner.replays.find(replay.id()).orElseThrow().finishedAt()).isNotNull();
    }

    private static Replay startReplay(Outbox operator) {
        ReplayPlan nothing = ReplayPlan.ofTypes(Set.of("Nothing"));
        return operator.replays.start(
                ReplayRequest.normal(operator.replays.dryRun(nothing).token()), "a test");
    }

    /** Into the archive and out of it, under the lock. */
    private void retain(OutboxTables tables) {
        UUID id = owner.publish(UUID.randomUUID().toString(), "body");
        String then = threeDaysAgo();
        owner.jdbc
                .sql(
                        "UPDATE outbox_events SET status = 'PUBLISHED', published_at = %1$s, created_at = %1$s WHERE seq = :seq"
                                .formatted(then))
                .param("seq", seq(id))
                .update();
        RetentionRules rules =
                new RetentionRules(RetentionMode.ARCHIVE, Duration.ofDays(1), Duration.ofDays(2), null, 10);
        EventRetention retention = new EventRetention(new RetentionStore(tables, new ReplayStore(tables)), rules);
        AtomicReference<RetentionRun> run = new AtomicReference<>();
        RetentionLock lock = new RetentionLock(tables, Duration.ofMinutes(1), Duration.ofMillis(1));
        lock.run(() -> run.set(retention.run(Duration.ofMinutes(1), () -> true)));
        RetentionRun done = Objects.requireNonNull(run.get());
        assertThat(done.archived()).isPositive().isEqualTo(done.deletedFromArchive());
        assertThat(owner.events.find(id)).isEmpty();
    }

    String threeDaysAgo() {
        return Dialect.of(owner.tables).after(String.valueOf(-Duration.ofDays(3).toSeconds() * 1_000_000));
    }

    private void decide(Outbox operator) {
        UUID id = quarantined();
        assertThat(operator.operations.approve(id, "a test")).isTrue();
        assertThat(operator.operations.find(id)).isPresent();
        UUID other = quarantined();
        assertThat(operator.operations.discard(other, "a test")).isTrue();
        OutboxPause pause = OutboxPause.topic("orders");
        assertThat(operator.operations.pause(pause, "a test")).isTrue();
        assertThat(operator.operations.pauses()).containsExactly(pause);
        assertThat(operator.operations.resume(pause, "a test")).isTrue();
        assertThat(operator.operations.payload(other, "a test")).isPresent();
        assertThat(operator.operations.payload(UUID.randomUUID(), "a test")).isEmpty();
        UUID replay = startReplay(operator).id();
        assertThat(operator.replays.pause(replay, "a test")).isTrue();
        assertThat(operator.replays.resume(replay, "a test")).isTrue();
        assertThat(operator.replays.cancel(replay, "a test")).isTrue();
        assertThat(operator.operations.audit(Long.MAX_VALUE, 10)).hasSizeGreaterThanOrEqualTo(8);
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
        forget(tables);
        putAsideAndTakeUp(tables);
        apply(tables, new AggregateKey("Order", event.toString()));
    }

    private static void forget(OutboxTables tables) {
        InboxStore store = new InboxStore(tables);
        AtomicBoolean done = new AtomicBoolean();
        RetentionLock lock = new RetentionLock(tables, Duration.ofMinutes(1), Duration.ofMillis(1));
        lock.run(() -> {
            store.forget(Duration.ofDays(1), 10);
            done.set(true);
        });
        assertThat(done).isTrue();
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
            new AuditStore(tables).add("olga", "DISCARD_DEAD_LETTER", "event", event, "a test");
            keys.releaseIfEmpty("test", key);
            return true;
        });
        assertThat(keys.heldAmong("test", List.of(key))).isEmpty();
    }

    /** Other claims before, of this method or of a role that failed, may have taken it. */
    LaneLease claimLaneOf(Outbox relay, UUID id) {
        owner.jdbc.sql(FREE_ALL_LANES).update();
        while (true) {
            LaneLease lease = relay.claim("test", Duration.ofMinutes(1)).orElseThrow();
            if (lease.lane() == owner.laneOf(id)) return lease;
        }
    }

    private String aggregate(UUID id) {
        return find(id).aggregateId();
    }

    long seq(UUID id) {
        return find(id).seq();
    }

    EventStatus status(UUID id) {
        return find(id).status();
    }

    private EventState find(UUID id) {
        return owner.events.find(id).orElseThrow();
    }
}
