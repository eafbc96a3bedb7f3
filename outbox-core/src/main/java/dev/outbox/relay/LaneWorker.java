package dev.outbox.relay;

import dev.outbox.store.LaneClaim;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread of a relay: claims lanes with work, some at a time, and drains them; waits when there are none. */
final class LaneWorker implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final RelayTools tools;
    private final String owner;
    private final Nudges nudges;
    private final Trouble claimTrouble;
    private final Trouble runTrouble;
    private Duration wait;
    private boolean floorsChecked;

    LaneWorker(RelayTools tools, String owner, Nudges nudges, Trouble claimTrouble, Trouble runTrouble) {
        this.tools = tools;
        this.owner = owner;
        this.nudges = nudges;
        this.claimTrouble = claimTrouble;
        this.runTrouble = runTrouble;
        this.wait = tools.settings().polling().busyInterval();
    }

    /**
     * A worker that has worked looks again at once if there was a nudge since its claim. So one that meets a busy lane is not lost: whoever holds the lane claims once more after having let it go, and by then sees
     * what was committed before the nudge. Otherwise it waits first, so that events of other processes, whose nudges it does not hear, share a batch: under a trickle the relay would take a round
     * of statements for each of them.
     */
    @Override
    public void run() {
        try {
            while (!tools.stopping().getAsBoolean()) {
                long before = nudges.given();
                boolean worked = work();
                nudges.looked();
                if (worked) wait = tools.settings().polling().busyInterval();
                if (worked && nudges.given() != before) continue;
                nudges.await(wait);
                if (!worked) wait = tools.settings().polling().after(wait);
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
            if (claims.size() == tools.settings().batch().lanes()) nudges.give();
            if (new LaneRun(tools, claims, leaseEnd).drain()) nudges.give();
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
