package dev.outbox.inbox.listener;

import org.springframework.util.backoff.BackOffExecution;

/** What was tried with one record. For one thread. */
final class RecordAttempts implements BackOffExecution {
    private final RecordRetries retries;
    private final boolean endless;
    private FailureKind last = FailureKind.RECORD;
    private int failures;
    private int outages;
    private boolean gaveUp;

    /** @param endless whether to try again as long as it takes */
    RecordAttempts(RecordRetries retries, boolean endless) {
        this.retries = retries;
        this.endless = endless;
    }

    void failed(FailureKind kind) {
        last = kind;
        if (kind == FailureKind.OUTAGE) outages++;
        else failures++;
    }

    /** How often it has failed, not counting outages. */
    int failures() {
        return failures;
    }

    /** The next pause in milliseconds, or {@link #STOP} to put it aside. Being asked again after that means that it could not be put aside: then a pause, and so on in turn. */
    @Override
    public long nextBackOff() {
        if (last == FailureKind.OUTAGE) return retries.delayAfter(outages).toMillis();
        boolean triesLeft = last == FailureKind.RECORD && failures < retries.maxAttempts();
        if (endless || triesLeft) return retries.delayAfter(failures).toMillis();
        gaveUp = !gaveUp;
        return gaveUp ? STOP : retries.maxDelay().toMillis();
    }
}
