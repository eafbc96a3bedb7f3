package dev.outbox.relay;

import dev.outbox.Replay;
import dev.outbox.ReplayStatus;
import dev.outbox.store.Candidate;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.ReplayRunStore.Chunk;
import dev.outbox.store.ReplayRunStore.Claim;
import dev.outbox.store.ReplayRunStore.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replay that this process has, until its lease ends or somebody else has taken it: how far it is, and whether it may go on. For one thread. */
final class HeldReplay {
    private static final Logger log = LoggerFactory.getLogger(Replayer.class);

    /** So that what an operator says counts soon. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

    private final ReplayRunStore store;
    private final Claim claim;
    private final Duration lease;
    private Deadline leaseEnd;
    private Deadline silenceEnd = Deadline.after(LONGEST_SILENCE);
    private long checkpoint;
    private long sent;
    private ReplayStatus status;
    private boolean lost;

    /** @param leaseEnd reckoned from before the claim */
    HeldReplay(ReplayRunStore store, Claim claim, Duration lease, Deadline leaseEnd) {
        this.store = store;
        this.claim = claim;
        this.lease = lease;
        this.leaseEnd = leaseEnd;
        this.checkpoint = claim.replay().checkpoint();
        this.sent = claim.replay().sent();
        this.status = claim.replay().status();
    }

    /** As it was when it was claimed. */
    Replay replay() {
        return claim.replay();
    }

    long checkpoint() {
        return checkpoint;
    }

    Deadline leaseEnd() {
        return leaseEnd;
    }

    /** Whether it is running, and nobody else's. */
    boolean goesOn() {
        return status == ReplayStatus.RUNNING && !lost && !leaseEnd.passed();
    }

    boolean isOver() {
        return checkpoint >= replay().upTo();
    }

    /** Moves the checkpoint up to the first event of a chunk without an acknowledgement. */
    void advance(Chunk chunk, Set<Candidate> acknowledged) {
        Optional<Candidate> first = chunk.events().stream()
                .filter(event -> !acknowledged.contains(event))
                .findFirst();
        checkpoint = first.map(event -> event.seq() - 1).orElse(chunk.to());
        sent += chunk.events().stream()
                .filter(event -> event.seq() <= checkpoint)
                .count();
    }

    /** Whether it is time to renew the lease, of which half is left for what is under way, or to look what operators say. */
    boolean isSaveDue() {
        return silenceEnd.passed() || leaseEnd.left().compareTo(lease.dividedBy(2)) < 0;
    }

    /** Writes the checkpoint, renews the lease, and learns what has become of the replay. */
    void save() {
        save(null, lease);
    }

    /** @param error why it stands; null if it does not */
    void letGo(@Nullable String error) {
        save(error, Duration.ZERO);
        if (!lost && status != ReplayStatus.RUNNING)
            log.info("Replay {} is {}: {} events sent.", replay().id(), status, sent);
    }

    private void save(@Nullable String error, Duration lease) {
        if (lost) return;
        boolean interrupted = Thread.interrupted(); // a connection pool would refuse us, and the checkpoint with us
        Deadline renewed = Deadline.after(lease);
        Optional<ReplayStatus> now = store.save(claim, new Standing(checkpoint, sent, error), lease);
        if (interrupted) Thread.currentThread().interrupt();
        leaseEnd = renewed;
        silenceEnd = Deadline.after(LONGEST_SILENCE);
        now.ifPresentOrElse(known -> status = known, this::lose);
    }

    private void lose() {
        lost = true;
        log.warn(
                "Replay {} was taken over by another process; what this one has sent since its last checkpoint is sent again.",
                replay().id());
    }
}
