package dev.outbox.relay;

import dev.outbox.store.LaneClaim;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread of a relay: claims lanes with work, some at a time, and drains them; waits when there are none. */
final class LaneWorker implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final RelayTools tools;
    private final String owner;
    private final Semaphore nudges;
    private final Runnable nudgeAnother;
    private final Trouble claimTrouble;
    private final Trouble runTrouble;
    private Duration wait;
    private boolean floorsChecked;

    LaneWorker(
            RelayTools tools,
            String owner,
            Semaphore nudges,
            Runnable nudgeAnother,
            Trouble claimTrouble,
            Trouble runTrouble) {
        this.tools = tools;
        this.owner = owner;
        this.nudges = nudges;
        this.nudgeAnother = nudgeAnother;
        this.claimTrouble = claimTrouble;
        this.runTrouble = runTrouble;
        this.wait = tools.settings().polling().busyInterval();
    }

    /**
     * A worker looks for work again after every run, before it waits. So a nudge that meets a busy lane is not lost: whoever holds the
     * lane, in whichever process, claims once more after having let it go, and by then sees what was committed before the nudge.
     */
    @Override
    public void run() {
        try {
            while (!tools.stopping().getAsBoolean()) {
                if (work()) {
                    wait = tools.settings().polling().busyInterval();
                } else {
                    nudges.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
                    wait = tools.settings().polling().after(wait);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A claim that finds nothing says nothing about runs: their trouble is over when one succeeds. */
    private boolean work() {
        if (!tools.breaker().mayTry()) return false;
        Trouble trouble = claimTrouble;
        try {
            Deadline leaseEnd = Deadline.after(tools.settings().timeouts().lease());
            List<LaneClaim> claims = claim();
            claimTrouble.over();
            if (claims.isEmpty()) return false;
            trouble = runTrouble;
            if (claims.size() == tools.settings().batch().lanes()) nudgeAnother.run();
            if (new LaneRun(tools, claims, leaseEnd).drain()) nudgeAnother.run();
            runTrouble.over();
            return true;
        } catch (RuntimeException e) {
            wait = tools.settings().polling().interval();
            trouble.failed(
                    "Nothing is lost: what was not marked is sent again. Trying again in %s.".formatted(wait),
                    e.getCause() == null
                            ? e
                            : e.getCause()); // Spring names the statement, its cause says what is wrong
            return false;
        }
    }

    private List<LaneClaim> claim() {
        boolean claimed = false;
        try {
            if (!floorsChecked) checkFloors();
            tools.floorSweep().runIfDue();
            List<LaneClaim> claims = tools.lanes()
                    .claim(
                            owner,
                            tools.settings().timeouts().lease(),
                            tools.settings().batch().lanes());
            claimed = !claims.isEmpty();
            return claims;
        } finally {
            if (!claimed) tools.breaker().nothingSent();
        }
    }

    private void checkFloors() {
        if (tools.lanes().forgetFloorsAboveTheSequence()) {
            log.warn(
                    "The sequence of the events has gone backwards (restored or truncated?); lanes are scanned from the beginning once.");
        }
        floorsChecked = true;
    }
}
