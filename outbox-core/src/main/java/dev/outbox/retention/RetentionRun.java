package dev.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run has done.
 *
 * @param deleted how many finished events it has deleted
 * @param archived how many it has moved to the archive
 * @param deletedFromArchive how many it has deleted there
 * @param deletedFromAudit how many lines of the audit trail it has deleted
 * @param took how long it took
 * @param stoppedAt when the events were created, or the lines of the audit trail recorded, at which it has stopped although there may be more; null when it has come to its end
 */
public record RetentionRun(
        long deleted,
        long archived,
        long deletedFromArchive,
        long deletedFromAudit,
        Duration took,
        @Nullable Instant stoppedAt) {
    /** Whether anything was done, or is left to do. */
    boolean isWorthALine() {
        return deleted + archived + deletedFromArchive + deletedFromAudit > 0 || stoppedAt != null;
    }

    /** One line for the log. */
    String summary() {
        List<String> done = new ArrayList<>();
        if (deleted > 0) done.add(deleted + " events deleted");
        if (archived > 0) done.add(archived + " events archived");
        if (deletedFromArchive > 0) done.add(deletedFromArchive + " events deleted from the archive");
        if (deletedFromAudit > 0) done.add(deletedFromAudit + " lines deleted from the audit trail");
        String what = done.isEmpty() ? "nothing removed" : String.join(", ", done);
        String end = stoppedAt == null
                ? "."
                : "; stopped early, at rows of %s: what is old enough behind them is left to the next run."
                        .formatted(stoppedAt);
        return "Retention: %s in %d ms%s".formatted(what, took.toMillis(), end);
    }
}
