package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxMessage;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Replayer;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An outbox on a real database with events that were published, and what runs replays of them to a broker in memory. */
@Timeout(60)
abstract class ReplayBench {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String REASON = "the stock service has lost a day";
    static final ReplayPlan EVERYTHING = ReplayPlan.ofPeriod(Instant.EPOCH, null);
    static final int FAST = ReplayRequest.MAX_RATE;

    final List<OutboxRecord> log = new CopyOnWriteArrayList<>();
    final List<Replayer> replayers = new ArrayList<>();
    Outbox outbox;
    private TransactionalOutboxPublisher publisher;

    abstract DataSource emptySchema();

    @BeforeEach
    void createTables() {
        outbox = new Outbox(emptySchema());
        publisher = outbox.publisher(() -> {});
    }

    @AfterEach
    void stop() {
        replayers.forEach(Replayer::stop);
    }

    ReplayStatus status(UUID id) {
        return outbox.replays.find(id).orElseThrow().status();
    }

    Replay start(ReplayPlan plan) {
        return start(plan, FAST);
    }

    Replay start(ReplayPlan plan, int rate) {
        String token = outbox.replays.dryRun(plan).token();
        return outbox.replays.start(ReplayRequest.normal(token).atMost(rate), REASON);
    }

    void replay(EventSender sender) {
        replay(sender, QuickRelay.SETTINGS);
    }

    void replay(EventSender sender, QuickRelay settings) {
        Replayer replayer = outbox.replayer(sender, settings.settings(), "replayer");
        replayers.add(replayer);
        replayer.start();
    }

    CompletableFuture<SentPosition> acknowledged(OutboxRecord event) {
        log.add(event);
        return CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, log.size()));
    }

    static CompletableFuture<SentPosition> refused() {
        return CompletableFuture.failedFuture(SendException.ofTopic(new IOException("the topic has no leader")));
    }

    Replay awaitStatus(UUID id, ReplayStatus status) {
        await().atMost(PATIENCE).until(() -> status(id) == status);
        return outbox.replays.find(id).orElseThrow();
    }

    long rows(String table) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM " + table)
                .query(Long.class)
                .single();
    }

    /** The first copies of each key, by their sequence. */
    void assertInOrder() {
        Map<String, List<Long>> seqs = new HashMap<>();
        for (OutboxRecord copy : log) {
            List<Long> ofKey = seqs.computeIfAbsent(copy.aggregateId(), key -> new ArrayList<>());
            if (!ofKey.contains(copy.seq())) ofKey.add(copy.seq());
        }
        assertThat(seqs).allSatisfy((key, ofKey) -> assertThat(ofKey).as(key).isSorted());
    }

    /** Events of seven keys in turn, published a moment ago. */
    List<UUID> published(int events, String type) {
        return published(events, type, "body");
    }

    List<UUID> published(int events, String type, String payload) {
        List<UUID> ids = outbox.inTransaction(() -> IntStream.range(0, events)
                .mapToObj(i -> publisher.publish(OutboxMessage.of("Order", "order " + i % 7, type, payload)
                        .topic("orders")
                        .header("own", "header")))
                .toList());
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PUBLISHED', published_at = created_at")
                .update();
        return ids;
    }
}
