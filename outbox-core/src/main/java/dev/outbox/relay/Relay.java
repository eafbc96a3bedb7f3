package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.QuarantineListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves events from the table to the broker. Any number of relays, in any number of processes, share the lanes of one database; they need not know
 * of each other.
 *
 * <p>Safe for use by many threads.
 */
public final class Relay {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    /** For a worker that was interrupted: one short transaction. */
    private static final Duration TIME_TO_MARK = Duration.ofSeconds(2);

    private final RelayStores stores;
    private final EventSender sender;
    private final QuarantineListener quarantineListener;
    private final RelaySettings settings;
    private final String owner;
    private final RelayMeters meters;
    private final Nudges nudges;
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean stopping;
    private volatile @Nullable BrokerBreaker breaker;

    /**
     * A relay that does not run yet.
     *
     * @param owner this process's name in the lane table, for operators to read; at most 200 characters
     * @param meters where it counts
     */
    public Relay(
            RelayStores stores,
            EventSender sender,
            QuarantineListener quarantineListener,
            RelaySettings settings,
            String owner,
            MeterRegistry meters) {
        this.stores = stores;
        this.sender = sender;
        this.quarantineListener = quarantineListener;
        this.settings = settings;
        this.owner = owner;
        this.meters = new RelayMeters(meters);
        this.nudges = new Nudges(settings.workers());
    }

    /** Starts the workers; does nothing when they run already. */
    public synchronized void start() {
        if (isRunning()) return;
        stopping = false;
        BrokerBreaker breaker = new BrokerBreaker(settings.outage());
        this.breaker = breaker;
        meters.watch(breaker);
        RelayTools tools = new RelayTools(
                stores,
                sender,
                quarantineListener,
                settings,
                new Trouble("Sending outbox events fails"),
                breaker,
                new FloorSweep(stores.lanes()),
                meters,
                () -> stopping);
        Trouble claimTrouble = new Trouble("The outbox relay cannot claim a lane");
        Trouble runTrouble = new Trouble("The outbox relay fails on a lane");
        for (int i = 1; i <= settings.workers(); i++) {
            LaneWorker worker = new LaneWorker(tools, owner, nudges, claimTrouble, runTrouble);
            Thread thread = new Thread(worker, "outbox-relay-" + i);
            workers.add(thread);
            thread.start();
        }
        log.info("Outbox relay {} started with {} workers.", owner, settings.workers());
    }

    /** Tells an idle worker that there may be work. Returns at once; one nudge is enough for any number of commits. */
    public void nudge() {
        nudges.give();
    }

    /**
     * Stops after the waves under way, marks what they sent, and lets the lanes go. Waits for that at most for the shutdown time-out; what is still
     * under way then is interrupted, stays pending, and is sent again by the next relay. Does nothing when it does not run.
     */
    public synchronized void stop() {
        if (!isRunning()) return;
        stopping = true;
        nudges.wakeAll();
        try {
            join(Deadline.after(settings.timeouts().shutdown()));
            for (Thread worker : workers) {
                if (!worker.isAlive()) continue;
                log.warn(
                        "{} is still sending after {}; interrupting it.",
                        worker.getName(),
                        settings.timeouts().shutdown());
                worker.interrupt();
            }
            join(Deadline.after(TIME_TO_MARK));
        } catch (InterruptedException e) {
            workers.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
        workers.clear();
        nudges.forget();
        log.info("Outbox relay {} stopped.", owner);
    }

    private void join(Deadline end) throws InterruptedException {
        for (Thread worker : workers) worker.join(Math.max(1, end.left().toMillis()));
    }

    /** How many events this relay has marked as published since it was made. */
    public long published() {
        return meters.publishedSoFar();
    }

    /**
     * That the broker does not answer, as long as that is so; empty if it answers, or nothing was sent yet. It ends with an answer, so with nothing to send it goes on.
     */
    public Optional<BrokerOutage> outage() {
        BrokerBreaker current = breaker;
        return current == null ? Optional.empty() : current.outage();
    }

    /** Whether the workers were started and not stopped. */
    public synchronized boolean isRunning() {
        return !workers.isEmpty();
    }
}
