package dev.outbox.sample.reconcile;

import dev.outbox.sample.LocalOrderApplication;
import dev.outbox.sample.OrderApplication;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.test.ChildJvm;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The processes of the shop, one for each role. Safe for use by many threads. */
final class Fleet implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);

    private final int port;
    private final List<String> settings;
    private final Map<ProcessRole, ChildJvm> processes = new EnumMap<>(ProcessRole.class);
    private int kills;

    /**
     * Starts nothing yet.
     *
     * @param port that the process for users has, also after it was started again
     * @param settings of all of them: where the servers are
     */
    Fleet(int port, List<String> settings) {
        this.port = port;
        this.settings = List.copyOf(settings);
    }

    /** Starts a process, and returns at once. */
    synchronized void start(ProcessRole role) {
        Stream<String> own = Stream.of(
                "--sample.roles=" + role.name().toLowerCase(Locale.ROOT),
                "--server.port=" + (role == ProcessRole.API ? port : 0),
                "--sample.data-platform.url=http://localhost:" + port + "/mock/data-platform/orders",
                "--sample.admin.email=" + LocalOrderApplication.ADMIN_EMAIL,
                "--sample.admin.password=" + LocalOrderApplication.ADMIN_PASSWORD,
                "--sample.guide.enabled=false",
                "--logging.structured.format.console=",
                "--logging.level.org.springframework.boot.tomcat=info");
        ChildJvm process = ChildJvm.start(
                OrderApplication.class,
                // starts twice as fast, and lives for minutes
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                Stream.concat(own, settings.stream()).toArray(String[]::new));
        processes.put(role, process);
    }

    /** @throws AssertionError with what it has printed, if it does not start */
    void awaitReady(ProcessRole role) {
        process(role).awaitLine("Tomcat started on port", START);
    }

    /** Kills a process in the middle of whatever it does, and starts its successor. */
    synchronized void kill(ProcessRole role) {
        try (ChildJvm killed = process(role)) {
            killed.kill();
            kills++;
        }
        start(role);
    }

    /** How many processes were killed so far. */
    synchronized int kills() {
        return kills;
    }

    /** Lines of a process that tell of an error. */
    synchronized List<String> errors(ProcessRole role) {
        return process(role).output().stream()
                .filter(line -> line.contains(" ERROR "))
                .toList();
    }

    private synchronized ChildJvm process(ProcessRole role) {
        ChildJvm process = processes.get(role);
        if (process == null) throw new IllegalStateException(role + " was never started");
        return process;
    }

    @Override
    public synchronized void close() {
        processes.values().forEach(ChildJvm::close);
    }
}
