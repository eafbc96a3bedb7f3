package dev.outbox.retention;

import dev.outbox.store.RetentionStore;
import dev.outbox.store.RetentionStore.Chunk;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes or archives finished events that are old enough, from the oldest one on, chunk by chunk, and deletes old lines of the audit trail. Unfinished events are never touched, however
 * old they are. Thread-safe; several runs at once do no harm, but one is enough.
 */
public final class EventRetention {
    private static final Logger log = LoggerFactory.getLogger(EventRetention.class);

    private final RetentionStore store;
    private final RetentionRules rules;

    public EventRetention(RetentionStore store, RetentionRules rules) {
        this.store = store;
        this.rules = rules;
    }

    /**
     * Removes what is old enough, and says in one line of the log what it was.
     *
     * @param longest no chunk begins after that time
     * @param goesOn whether to go on, asked before each chunk
     * @throws org.springframework.dao.DataAccessException if the database refuses; what was done before is done, and told in the log
     */
    public RetentionRun run(Duration longest, BooleanSupplier goesOn) {
        Walk walk = new Walk(longest, goesOn);
        try {
            switch (rules.mode()) {
                case DELETE, DELETE_AT_ONCE ->
                    walk.go(store::delete, rules.published(), removed -> walk.deleted += removed);
                case ARCHIVE -> walk.go(store::archive, rules.published(), removed -> walk.archived += removed);
                case KEEP -> {}
            }
            Duration archived = rules.archived();
            if (archived != null) {
                walk.go(store::deleteArchived, archived, removed -> walk.deletedFromArchive += removed);
            }
            Duration audit = rules.audit();
            if (audit != null) {
                walk.go(store::deleteAudit, audit, removed -> walk.deletedFromAudit += removed);
            }
            return walk.run();
        } finally {
            RetentionRun run = walk.run();
            if (run.isWorthALine()) log.info("{}", run.summary());
        }
    }

    /** Whether its rules leave it nothing to do. */
    public boolean keepsEverything() {
        return rules.keepEverything();
    }

    @FunctionalInterface
    private interface Step {
        Chunk take(Duration age, long after, int rows);
    }

    /** A run under way. */
    private final class Walk {
        private final long start = System.nanoTime();
        private final Duration longest;
        private final BooleanSupplier goesOn;
        private long deleted;
        private long archived;
        private long deletedFromArchive;
        private long deletedFromAudit;
        private @Nullable Instant stoppedAt;

        Walk(Duration longest, BooleanSupplier goesOn) {
            this.longest = longest;
            this.goesOn = goesOn;
        }

        /** Through one table. The position is kept, so that unfinished events at its beginning are passed by once a run and not once a chunk. */
        void go(Step step, Duration age, IntConsumer removed) {
            Chunk chunk = new Chunk(0, 0, null, false);
            while (!chunk.over() && mayGoOn()) {
                chunk = step.take(age, chunk.last(), rules.chunk());
                removed.accept(chunk.removed());
            }
            if (!chunk.over() && stoppedAt == null) stoppedAt = chunk.reached();
        }

        private boolean mayGoOn() {
            return elapsed().compareTo(longest) < 0 && goesOn.getAsBoolean();
        }

        private Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - start);
        }

        RetentionRun run() {
            return new RetentionRun(deleted, archived, deletedFromArchive, deletedFromAudit, elapsed(), stoppedAt);
        }
    }
}
