package dev.outbox.inbox;

import java.util.List;

/**
 * What became of dead letters that were redriven.
 *
 * @param handled how many were handled, or turned out to be handled already
 * @param failed those that failed again and stay, with their errors; the later ones of their keys stay as well
 * @param outage what has ended the redrive before its end: class and message; empty if nothing has
 */
public record RedriveResult(int handled, List<Failed> failed, String outage) {
    public RedriveResult {
        failed = List.copyOf(failed);
    }

    /**
     * One that failed again.
     *
     * @param letter as it was before
     * @param error class and message, never the payload
     */
    public record Failed(DeadLetter letter, String error) {}
}
