package dev.outbox.relay;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of something that keeps failing, or that fails again and again between successes, without flooding the log: at once, then at most every 30 s, and
 * when what was told of is over.
 */
final class Trouble {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration QUIET = Duration.ofSeconds(30);

    private final String what;
    private long since;
    private Deadline quiet = Deadline.after(Duration.ZERO);
    private boolean open;
    private boolean told;

    /** @param what fails, as the beginning of a sentence */
    Trouble(String what) {
        this.what = what;
    }

    synchronized void failed(String consequence, Throwable cause) {
        if (!open) since = System.nanoTime();
        open = true;
        if (!quiet.passed()) return;
        log.warn("{} for {} s: {}. {}", what, seconds(), cause.toString(), consequence);
        log.debug("{}", what, cause);
        quiet = Deadline.after(QUIET);
        told = true;
    }

    synchronized void over() {
        if (told) log.info("{}: over after {} s.", what, seconds());
        open = false;
        told = false;
    }

    private long seconds() {
        return Duration.ofNanos(System.nanoTime() - since).toSeconds();
    }
}
