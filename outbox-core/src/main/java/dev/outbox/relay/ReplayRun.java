package dev.outbox.relay;

import dev.outbox.OutboxPause;
import dev.outbox.Replay;
import dev.outbox.ReplayStatus;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.Candidate;
import dev.outbox.store.PauseStore;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.ReplayRunStore.Chunk;
import dev.outbox.store.ReplayRunStore.Claim;
import dev.outbox.store.ReplayRunStore.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's run of a replay that it has claimed: chunk after chunk of read, send in waves, write the checkpoint. A chunk is what may be sent in a second, so a crash repeats no more than that, and an operator's
 * word counts within about a second.
 *
 * <p>A copy is sent only after those of all earlier events of its key were acknowledged, in this chunk by {@link Waves}, before it by the checkpoint. So whatever fails, and whoever runs the replay
 * meanwhile, the first copies of a key come in order. Nothing is skipped: where a send fails the replay stands, and tries again.
 */
final class ReplayRun {
    private static final Logger log = LoggerFactory.getLogger(Replayer.class);
    private static final int MOST = 500;
    private static final int MAX_ERROR = 1_000;

    private final ReplayRunStore store;
    private final PauseStore pauses;
    private final EventSender sender;
    private final RelaySettings settings;
    private final ReplayMeters meters;
    private final Trouble trouble;
    private final CountDownLatch stop;
    private final Claim claim;
    private final Replay replay;
    private final Map<String, String> headers;
    private final int chunk;
    private Deadline leaseEnd;
    private long checkpoint;
    private long sent;
    private ReplayStatus status;
    private boolean lost;

    /**
     * A run of a replay that was just claimed.
     *
     * @param leaseEnd reckoned from before the claim
     */
    ReplayRun(Replayer.Tools tools, Claim claim, Deadline leaseEnd) {
        this.store = tools.store();
        this.pauses = tools.pauses();
        this.sender = tools.sender();
        this.settings = tools.settings();
        this.meters = tools.meters();
        this.trouble = tools.trouble();
        this.stop = tools.stop();
        this.claim = claim;
        this.replay = claim.replay();
        this.headers = headers(replay);
        this.chunk = Math.min(Math.min(MOST, settings.batch().size()), replay.eventsPerSecond());
        this.leaseEnd = leaseEnd;
        this.checkpoint = replay.checkpoint();
        this.sent = replay.sent();
        this.status = replay.status();
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
        log.info("Replay {} goes on behind sequence {}.", replay.id(), checkpoint);
        while (status == ReplayStatus.RUNNING && !lost) {
            if (isStopping() || leaseEnd.passed()) return leave(End.LEFT, null);
            Chunk next = store.read(replay, checkpoint, chunk, settings.batch().bytes());
            Deadline pace =
                    Deadline.after(Duration.ofSeconds(next.events().size()).dividedBy(replay.eventsPerSecond()));
            String pause = pauseOf(next.events());
            if (pause != null) return leave(End.HELD, pause);
            Throwable failure = send(next);
            if (failure != null) {
                meters.failed();
                trouble.failed(
                        "Replay %s stands at sequence %d and tries again.".formatted(replay.id(), checkpoint), failure);
                return leave(End.FAILED, told(failure));
            }
            if (isStopping()) return leave(End.LEFT, null);
            if (!next.events().isEmpty() || checkpoint >= replay.upTo() || renewalDue()) save(null, fullLease());
            if (status == ReplayStatus.RUNNING) stop.await(pace.left().toNanos(), TimeUnit.NANOSECONDS);
        }
        if (!lost) log.info("Replay {} is {}: {} events sent.", replay.id(), status, sent);
        return leave(End.LEFT, null);
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    private Duration fullLease() {
        return settings.timeouts().lease();
    }

    /** Half of the lease is left for the next wave at least. */
    private boolean renewalDue() {
        return leaseEnd.left().compareTo(fullLease().dividedBy(2)) < 0;
    }

    /** Which pause of the outbox holds some of these events; null if none does. */
    private @Nullable String pauseOf(List<Candidate> events) {
        for (OutboxPause pause : pauses.all()) {
            if (holds(pause, events)) return "Held by the pause of %s.".formatted(pause);
        }
        return null;
    }

    private static boolean holds(OutboxPause pause, List<Candidate> events) {
        return switch (pause.scope()) {
            case EVERYTHING -> true;
            case TOPIC ->
                events.stream().anyMatch(event -> event.event().topic().equals(pause.target()));
            case LANE -> events.stream().anyMatch(event -> pause.target().equals(Integer.toString(event.lane())));
        };
    }

    /** Sends a chunk, and moves the checkpoint up to the first event without an acknowledgement; null unless a send has failed. */
    private @Nullable Throwable send(Chunk next) {
        Set<Candidate> acknowledged = new HashSet<>();
        Throwable failure = null;
        try {
            failure = sendWaves(next.events(), acknowledged);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the stop has run out of time
        }
        Optional<Candidate> first = next.events().stream()
                .filter(event -> !acknowledged.contains(event))
                .findFirst();
        checkpoint = first.map(event -> event.seq() - 1).orElse(next.to());
        sent += next.events().stream()
                .filter(event -> event.seq() <= checkpoint)
                .count();
        meters.sent(acknowledged.size());
        return failure;
    }

    private @Nullable Throwable sendWaves(List<Candidate> events, Set<Candidate> acknowledged)
            throws InterruptedException {
        Waves waves = new Waves(events);
        for (List<Candidate> wave = waves.next(); !wave.isEmpty(); wave = waves.next()) {
            if (renewalDue()) save(null, fullLease());
            if (isStopping() || lost || leaseEnd.passed() || status != ReplayStatus.RUNNING) return null;
            Deadline end = Deadline.after(settings.timeouts().send()).orSooner(leaseEnd);
            List<Sending> underWay = new ArrayList<>();
            for (Candidate event : wave) underWay.add(Sending.start(sender, copy(event.event())));
            Throwable failure = null;
            for (int i = 0; i < wave.size(); i++) {
                Throwable each = underWay.get(i).failure(end);
                if (each == null) acknowledged.add(wave.get(i));
                else failure = each;
            }
            if (failure != null) return failure;
            waves.settle(acknowledged);
        }
        return null;
    }

    private OutboxRecord copy(OutboxRecord event) {
        Map<String, String> both = new HashMap<>(event.headers());
        both.putAll(headers);
        return event.withHeaders(both);
    }

    private static String told(Throwable failure) {
        String error = RetryRules.describe(failure);
        return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    private End leave(End end, @Nullable String error) {
        save(error, Duration.ZERO);
        return end;
    }

    private void save(@Nullable String error, Duration lease) {
        if (lost) return;
        boolean interrupted = Thread.interrupted(); // a connection pool would refuse us, and the checkpoint with us
        Deadline renewed = Deadline.after(lease);
        Optional<ReplayStatus> now = store.save(claim, new Standing(checkpoint, sent, error), lease);
        if (interrupted) Thread.currentThread().interrupt();
        leaseEnd = renewed;
        now.ifPresentOrElse(known -> status = known, this::lose);
    }

    private void lose() {
        lost = true;
        log.warn(
                "Replay {} was taken over by another process; what this one has sent since its last checkpoint is sent again.",
                replay.id());
    }
}
