package dev.outbox.relay;

import dev.outbox.OutboxPause;
import dev.outbox.Replay;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.Candidate;
import dev.outbox.store.ReplayRunStore.Chunk;
import dev.outbox.store.ReplayRunStore.Claim;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's run of a replay that it has claimed: chunk after chunk of read, send in waves, write the checkpoint. A chunk is what may be sent in a second, so a crash repeats no more than that.
 *
 * <p>A copy is sent only after those of all earlier events of its key were acknowledged, in this chunk by {@link Waves}, before it by the checkpoint. So whatever fails, and whoever runs the replay
 * meanwhile, the first copies of a key come in order. Nothing is skipped: where a send fails the replay stands, and tries again with that event alone, so that others are not sent with every try.
 */
final class ReplayRun {
    private static final Logger log = LoggerFactory.getLogger(Replayer.class);
    private static final int MOST = 500;
    private static final int MAX_ERROR = 1_000;

    /** After each look at many events of which none is meant, so that these are bounded as well. */
    private static final Duration BREATH = Duration.ofMillis(20);

    private final Replayer.Tools tools;
    private final HeldReplay held;
    private final Replay replay;
    private final Map<String, String> headers;
    private int chunk;

    /**
     * A run of a replay that was just claimed.
     *
     * @param leaseEnd reckoned from before the claim
     */
    ReplayRun(Replayer.Tools tools, Claim claim, Deadline leaseEnd) {
        this.tools = tools;
        this.held =
                new HeldReplay(tools.store(), claim, tools.settings().timeouts().lease(), leaseEnd);
        this.replay = claim.replay();
        this.headers = headers(replay);
        this.chunk = replay.error() == null ? fullChunk() : 1;
    }

    private int fullChunk() {
        return Math.min(Math.min(MOST, tools.settings().batch().size()), replay.eventsPerSecond());
    }

    /** What consumers know a replay by. */
    private static Map<String, String> headers(Replay replay) {
        Map<String, String> headers = new HashMap<>();
        headers.put("ce_replayid", replay.id().toString());
        headers.put("ce_replaymode", replay.mode().header());
        if (!replay.consumers().isEmpty())
            headers.put("ce_replayconsumers", String.join(",", new TreeSet<>(replay.consumers())));
        return headers;
    }

    /** Why a run has ended. */
    enum End {
        /** There was nothing to run. */
        NOTHING,
        /** It is over, somebody else has it, an operator has stopped it, or this process stops. */
        LEFT,
        /** A pause of the outbox holds it. */
        HELD,
        /** A send has failed. */
        FAILED
    }

    /** Works until there is a reason to leave, and lets others have it then. */
    End run() throws InterruptedException {
        log.info("Replay {} goes on behind sequence {}.", replay.id(), held.checkpoint());
        while (held.goesOn() && !tools.isStopping()) {
            List<OutboxPause> pauses = tools.pauses().all();
            if (pauses.contains(OutboxPause.everything())) return leave(End.HELD, told(OutboxPause.everything()));
            Chunk next = tools.store()
                    .read(
                            replay,
                            held.checkpoint(),
                            chunk,
                            tools.settings().batch().bytes());
            Deadline pace = Deadline.after(next.events().isEmpty() ? BREATH : timeOf(next));
            OutboxPause pause = holding(next.events(), pauses);
            if (pause != null) return leave(End.HELD, told(pause));
            Throwable failure = send(next);
            if (failure != null) {
                tools.meters().failed();
                tools.trouble()
                        .failed(
                                "Replay %s stands at sequence %d and tries again."
                                        .formatted(replay.id(), held.checkpoint()),
                                failure);
                return leave(End.FAILED, told(failure));
            }
            if (!next.events().isEmpty() || held.isOver() || held.isSaveDue()) held.save();
            if (!next.events().isEmpty()) {
                chunk = fullChunk();
                tools.trouble().over();
            }
            if (held.goesOn()) tools.stop().await(pace.left().toNanos(), TimeUnit.NANOSECONDS);
        }
        return leave(End.LEFT, null);
    }

    private Duration timeOf(Chunk chunk) {
        return Duration.ofSeconds(chunk.events().size()).dividedBy(replay.eventsPerSecond());
    }

    private static @Nullable OutboxPause holding(List<Candidate> events, List<OutboxPause> pauses) {
        return pauses.stream()
                .filter(pause -> events.stream().anyMatch(event -> switch (pause.scope()) {
                    case EVERYTHING -> true;
                    case TOPIC -> event.event().topic().equals(pause.target());
                    case LANE -> pause.target().equals(Integer.toString(event.lane()));
                }))
                .findFirst()
                .orElse(null);
    }

    /** Sends a chunk, as far as it may; null unless a send has failed. */
    private @Nullable Throwable send(Chunk next) {
        Set<Candidate> acknowledged = new HashSet<>();
        try {
            return sendWaves(next.events(), acknowledged);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the stop has run out of time
            return null;
        } finally {
            held.advance(next, acknowledged);
            tools.meters().sent(acknowledged.size());
        }
    }

    private @Nullable Throwable sendWaves(List<Candidate> events, Set<Candidate> acknowledged)
            throws InterruptedException {
        Waves waves = new Waves(events);
        for (List<Candidate> wave = waves.next(); !wave.isEmpty(); wave = waves.next()) {
            if (held.isSaveDue()) held.save();
            if (!held.goesOn() || tools.isStopping()) return null;
            Deadline end = Deadline.after(tools.settings().timeouts().send()).orSooner(held.leaseEnd());
            Map<Candidate, Sending> underWay = new LinkedHashMap<>();
            for (Candidate event : wave) {
                if (end.passed() || tools.isStopping())
                    break; // each send may block for a while when the broker is gone
                underWay.put(event, Sending.start(tools.sender(), copy(event.event())));
            }
            Throwable failure = null;
            for (Map.Entry<Candidate, Sending> sending : underWay.entrySet()) {
                Throwable each = sending.getValue().failure(end);
                if (each == null) acknowledged.add(sending.getKey());
                else failure = each;
            }
            if (failure != null || underWay.size() < wave.size()) return failure;
            waves.settle(acknowledged);
        }
        return null;
    }

    private OutboxRecord copy(OutboxRecord event) {
        Map<String, String> both = new HashMap<>(event.headers());
        both.putAll(headers);
        return event.withHeaders(both);
    }

    private static String told(OutboxPause pause) {
        return "Held by the pause of %s.".formatted(pause);
    }

    private static String told(Throwable failure) {
        String error = RetryRules.describe(failure);
        return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    private End leave(End end, @Nullable String error) {
        held.letGo(error);
        return end;
    }
}
