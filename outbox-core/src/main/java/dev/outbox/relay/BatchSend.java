package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.FailureScope;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Candidate;
import dev.outbox.tracing.EventMdc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way to the broker: sends it in waves and remembers what has to be marked.
 *
 * <p>An event without an acknowledgement that has not failed for a reason of its own stays as it was, whether the broker has it or not.
 */
final class BatchSend {
    /** How long the first event of a key waits before it asks again whether its topic is still paused. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final Batch batch;
    private final Waves waves;
    private final EventSender sender;
    private final RelaySettings settings;
    private final Trouble trouble;
    private final RelayMeters meters;

    private final Set<Candidate> unfinished;
    private final Set<Integer> holding = new HashSet<>();
    private final List<Candidate> acknowledged = new ArrayList<>();
    private final Map<Candidate, Failure> failed = new LinkedHashMap<>();
    private boolean unknown;
    private boolean answered;
    private @Nullable Throwable silence;

    BatchSend(Batch batch, RelayTools tools) {
        this.batch = batch;
        this.waves = new Waves(batch.candidates());
        this.sender = tools.sender();
        this.settings = tools.settings();
        this.trouble = tools.sendTrouble();
        this.meters = tools.meters();
        this.unfinished = new LinkedHashSet<>(batch.candidates());
        for (Candidate candidate : batch.candidates()) if (candidate.late()) holding.add(candidate.lane());
    }

    /** Sends the next wave. An answer later than {@code end} does not count. */
    void sendWave(List<Candidate> wave, Deadline end) {
        Map<Candidate, Sending> underWay = new LinkedHashMap<>();
        for (Candidate candidate : wave) {
            if (candidate.paused()) {
                fail(candidate, new Failure(candidate.seq(), false, PAUSE, "The topic is paused."));
                continue;
            }
            if (end.passed()) { // each send may block for a while when the broker is gone
                unknown = true;
                break;
            }
            underWay.put(candidate, Sending.start(sender, candidate.event()));
        }
        Set<Candidate> done = new HashSet<>();
        underWay.forEach((candidate, sending) -> {
            if (isAcknowledged(candidate, sending, end)) done.add(candidate);
        });
        unfinished.removeAll(done);
        acknowledged.addAll(done);
        waves.settle(done);
        if (done.size() == wave.size()) trouble.over();
    }

    /** The next wave; empty at the end of the batch. */
    List<Candidate> nextWave() {
        return waves.next();
    }

    /** What was acknowledged since the marks were last taken. */
    List<Candidate> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** What has come to be since the last call, by lane. */
    Map<Integer, BatchMarks> takeMarks() {
        Map<Integer, BatchMarks> marks = new HashMap<>();
        for (Candidate candidate : acknowledged)
            of(candidate, marks).acknowledged().add(candidate.seq());
        failed.forEach((candidate, failure) -> of(candidate, marks).failed().add(failure));
        for (Candidate candidate : unfinished)
            if (holding.contains(candidate.lane()))
                of(candidate, marks).waiting().add(candidate.seq());
        acknowledged.clear();
        failed.clear();
        holding.clear();
        return marks;
    }

    private static BatchMarks of(Candidate candidate, Map<Integer, BatchMarks> marks) {
        return marks.computeIfAbsent(
                candidate.lane(), lane -> new BatchMarks(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
    }

    /** Whether something was sent without an answer, or the broker was gone. */
    boolean isUnknown() {
        return unknown;
    }

    /** Tells the breaker what the broker did. */
    void report(BrokerBreaker breaker) {
        if (answered) breaker.answered();
        else if (silence != null) breaker.silent(silence);
        else breaker.nothingSent();
    }

    /** What was read. */
    Batch batch() {
        return batch;
    }

    private boolean isAcknowledged(Candidate candidate, Sending sending, Deadline end) {
        try {
            Throwable failure = sending.failure(end);
            if (failure == null) {
                answered = true;
                return true;
            }
            failed(candidate, failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the relay's stop has run out of time
            unknown = true;
        }
        return false;
    }

    private void failed(Candidate candidate, Throwable cause) {
        FailureScope scope = RetryRules.scopeOf(cause);
        if (scope == FailureScope.BROKER) silence = cause;
        else answered = true;
        Optional<Failure> failure = settings.retries().failureOf(candidate, cause);
        meters.failed(scope, failure.isPresent() && failure.get().retryIn() == null);
        failure.ifPresentOrElse(known -> fail(candidate, known), () -> unknown = true);
        try (EventMdc mdc = EventMdc.of(candidate.event())) {
            trouble.failed(
                    "%s is %s; later events of its key wait."
                            .formatted(
                                    candidate.event(),
                                    failure.map(BatchSend::fate).orElse("sent again")),
                    cause);
        }
    }

    private void fail(Candidate candidate, Failure failure) {
        failed.put(candidate, failure);
        unfinished.remove(candidate);
        holding.add(candidate.lane());
    }

    private static String fate(Failure failure) {
        return failure.retryIn() == null ? "in quarantine" : "tried again in " + failure.retryIn();
    }
}
