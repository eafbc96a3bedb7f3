package dev.outbox.relay;

import dev.outbox.store.LaneClaim;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread of a relay: claims lanes with work and drains them, one after the other; waits when there are none. */
final class LaneWorker implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final RelayTools tools;
    private final String owner;
    private final Semaphore nudges;
    private final Runnable nudgeAnother;
    private final Trouble claimTrouble;
    private final Trouble runTrouble;
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
    }

    /**
     * A worker looks for work again after every run, before it waits. So a nudge that meets a busy lane is not lost: whoever holds the
     * lane, in whichever process, claims once more after having let it go, and by then sees what was committed before the nudge.
     */
    @Override
    public void run() {
        try {
            while (!tools.stopping().getAsBoolean()) {
                if (!work())
                    nudges.tryAcquire(tools.settings().pollingInterval().toNanos(), TimeUnit.NANOSECONDS);
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
            Optional<LaneClaim> claim = claim();
            claimTrouble.over();
            if (claim.isEmpty()) return false;
            trouble = runTrouble;
            if (new LaneRun(tools, claim.get(), leaseEnd).drain()) nudgeAnother.run();
            runTrouble.over();
            return true;
        } catch (RuntimeException e) {
            trouble.failed(
                    "Nothing is lost: what was not marked is sent again. Trying again in %s."
                            .formatted(tools.settings().pollingInterval()),
                    e.getCause() == null
                            ? e
                            : e.getCause()); // Spring names the statement, its cause says what is wrong
            return false;
        }
    }

    private Optional<LaneClaim> claim() {
        boolean claimed = false;
        try {
            if (!floorsChecked) checkFloors();
            Optional<LaneClaim> claim =
                    tools.lanes().claim(owner, tools.settings().timeouts().lease());
            claimed = claim.isPresent();
            return claim;
        } finally {
            if (!claimed) tools.breaker().nothingSent();
        }
    }

    private void checkFloors() {
        if (tools.lanes().forgetFloorsAboveTheSequence()) {
            log.warn(
                    "The sequence of outbox_events has gone backwards (restored or truncated?); lanes are scanned from the beginning once.");
        }
        floorsChecked = true;
    }
}
