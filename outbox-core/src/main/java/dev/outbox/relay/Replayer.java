package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.store.PauseStore;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.ReplayRunStore.Claim;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs replays, one at a time, beside a relay and with its sender; other processes run others. The relay does not know of them.
 *
 * <p>Safe for use by many threads.
 */
public final class Replayer {
    /** How often a process without a replay looks for one, unless something else is said. */
    public static final Duration DEFAULT_LOOK = Duration.ofSeconds(2);

    /** For a replayer that was interrupted: one short transaction. */
    private static final Duration TIME_TO_SAVE = Duration.ofSeconds(2);

    private final ReplayRunStore store;
    private final PauseStore pauses;
    private final EventSender sender;
    private final RelaySettings settings;
    private final String owner;
    private final Duration look;
    private final ReplayMeters meters;
    private @Nullable Running running;
    private Deadline stopEnd = Deadline.after(Duration.ZERO);

    private record Running(Thread thread, CountDownLatch stop) {}

    /** What a run uses. */
    record Tools(
            ReplayRunStore store,
            PauseStore pauses,
            EventSender sender,
            RelaySettings settings,
            ReplayMeters meters,
            Trouble trouble,
            CountDownLatch stop) {
        boolean isStopping() {
            return stop.getCount() == 0;
        }
    }

    /**
     * One that does not run yet.
     *
     * @param settings of the relay: its time-outs, its back-off and the size of its batches
     * @param owner this process's name in the table, for operators to read; at most 200 characters
     * @param look how often to look for a replay that nobody has
     * @param meters where it counts
     */
    public Replayer(
            ReplayRunStore store,
            PauseStore pauses,
            EventSender sender,
            RelaySettings settings,
            String owner,
            Duration look,
            MeterRegistry meters) {
        this.store = store;
        this.pauses = pauses;
        this.sender = sender;
        this.settings = settings;
        this.owner = owner;
        this.look = look;
        this.meters = new ReplayMeters(meters);
    }

    /** Starts looking for replays; does nothing when it does already. */
    public synchronized void start() {
        if (running != null) return;
        CountDownLatch stop = new CountDownLatch(1);
        Tools tools = new Tools(
                store, pauses, sender, settings, meters, new Trouble("A replay of outbox events fails"), stop);
        Thread thread = new Thread(() -> work(tools), "outbox-replay");
        running = new Running(thread, stop);
        thread.start();
    }

    /** Says that {@link #stop} is going to be called, and returns at once: what is under way ends meanwhile. */
    public synchronized void stopSoon() {
        if (running == null || running.stop().getCount() == 0) return;
        running.stop().countDown();
        stopEnd = Deadline.after(settings.timeouts().shutdown());
    }

    /** Stops after the wave under way and writes the checkpoint, so that another process can go on at once. Waits for that at most for the shutdown time-out, since {@link #stopSoon} if that was called. */
    public synchronized void stop() {
        Running was = running;
        if (was == null) return;
        stopSoon();
        try {
            join(was.thread(), stopEnd);
            if (was.thread().isAlive()) {
                was.thread().interrupt();
                join(was.thread(), Deadline.after(TIME_TO_SAVE));
            }
        } catch (InterruptedException e) {
            was.thread().interrupt();
            Thread.currentThread().interrupt();
        }
        running = null;
    }

    private static void join(Thread thread, Deadline end) throws InterruptedException {
        thread.join(Math.max(1, end.left().toMillis()));
    }

    /** Whether it was started and not stopped. */
    public synchronized boolean isRunning() {
        return running != null;
    }

    private void work(Tools tools) {
        int failures = 0;
        try {
            while (!tools.isStopping()) {
                ReplayRun.End end = next(tools);
                failures = end == ReplayRun.End.FAILED ? failures + 1 : 0;
                if (end != ReplayRun.End.LEFT) tools.stop().await(wait(failures).toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ReplayRun.End next(Tools tools) throws InterruptedException {
        try {
            return runNext(tools);
        } catch (RuntimeException e) {
            // Spring names the statement, its cause says what is wrong
            tools.trouble().failed("It goes on from its checkpoint.", e.getCause() == null ? e : e.getCause());
            return ReplayRun.End.FAILED;
        }
    }

    private ReplayRun.End runNext(Tools tools) throws InterruptedException {
        Deadline leaseEnd = Deadline.after(settings.timeouts().lease());
        Optional<Claim> claim = store.claim(owner, settings.timeouts().lease());
        return claim.isEmpty() ? ReplayRun.End.NOTHING : new ReplayRun(tools, claim.get(), leaseEnd).run();
    }

    private Duration wait(int failures) {
        if (failures == 0) return look;
        return settings.retries()
                .standard()
                .delayAfter(failures, ThreadLocalRandom.current().nextDouble());
    }
}
