package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.FailureScope;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Candidate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way to the broker: sends it in waves and remembers what has to be marked.
 *
 * <p>An event without an acknowledgement that has not failed for a reason of its own stays as it was, whether the broker has it or not.
 */
final class BatchSend {
    private final List<Candidate> batch;
    private final Waves waves;
    private final EventSender sender;
    private final RelaySettings settings;
    private final Trouble trouble;

    private final Set<Candidate> unfinished;
    private final List<Long> acknowledged = new ArrayList<>();
    private final List<Failure> failed = new ArrayList<>();
    private boolean held;
    private boolean unknown;
    private boolean answered;
    private @Nullable Throwable silence;

    BatchSend(List<Candidate> batch, EventSender sender, RelaySettings settings, Trouble trouble) {
        this.batch = batch;
        this.waves = new Waves(batch);
        this.sender = sender;
        this.settings = settings;
        this.trouble = trouble;
        this.unfinished = new LinkedHashSet<>(batch);
        this.held = batch.stream().anyMatch(Candidate::late);
    }

    /** Sends the next wave. An answer later than {@code end} does not count. */
    void sendWave(List<Candidate> wave, Deadline end) {
        Map<Candidate, CompletableFuture<?>> underWay = new LinkedHashMap<>();
        for (Candidate candidate : wave) {
            if (end.passed()) break; // each send may block for a while when the broker is gone
            underWay.put(candidate, start(candidate));
        }
        Set<Candidate> done = new HashSet<>();
        underWay.forEach((candidate, sending) -> {
            if (isAcknowledged(candidate, sending, end)) done.add(candidate);
        });
        unknown |= underWay.size() < wave.size();
        unfinished.removeAll(done);
        done.forEach(candidate -> acknowledged.add(candidate.event().seq()));
        waves.settle(done);
        if (done.size() == wave.size()) trouble.over();
    }

    /** The next wave; empty at the end of the batch. */
    List<Candidate> nextWave() {
        return waves.next();
    }

    /** What has come to be since the last call. */
    BatchMarks takeMarks() {
        List<Long> waiting = held || !failed.isEmpty()
                ? unfinished.stream().map(candidate -> candidate.event().seq()).toList()
                : List.of();
        BatchMarks marks = new BatchMarks(List.copyOf(acknowledged), List.copyOf(failed), waiting);
        acknowledged.clear();
        failed.clear();
        held = false;
        return marks;
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

    /** What was read, by sequence. */
    List<Candidate> batch() {
        return batch;
    }

    /** The highest sequence of the batch, 0 when it is empty. */
    long seen() {
        return batch.isEmpty() ? 0 : batch.get(batch.size() - 1).event().seq();
    }

    private CompletableFuture<?> start(Candidate candidate) {
        try {
            return sender.send(candidate.event()).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean isAcknowledged(Candidate candidate, CompletableFuture<?> sending, Deadline end) {
        try {
            sending.get(Math.max(0, end.left().toNanos()), TimeUnit.NANOSECONDS);
            answered = true;
            return true;
        } catch (ExecutionException e) {
            failed(candidate, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            failed(candidate, new TimeoutException("no acknowledgement in time"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the relay's stop has run out of time
            unknown = true;
        }
        return false;
    }

    private void failed(Candidate candidate, Throwable cause) {
        if (RetryRules.scopeOf(cause) == FailureScope.BROKER) silence = cause;
        else answered = true;
        Optional<Failure> failure = settings.retries().failureOf(candidate, cause);
        failure.ifPresent(failed::add);
        unknown |= failure.isEmpty();
        if (failure.isPresent()) unfinished.remove(candidate);
        trouble.failed(
                "%s is %s; later events of its key wait."
                        .formatted(
                                candidate.event(), failure.map(BatchSend::fate).orElse("sent again")),
                cause);
    }

    private static String fate(Failure failure) {
        return failure.retryIn() == null ? "in quarantine" : "tried again in " + failure.retryIn();
    }
}
