package dev.outbox.test;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The life of one server: the same rules for every kind of server and every backend. Thread-safe. */
final class RunningServer {

    private static final Duration START = Duration.ofSeconds(60);

    private final String name;
    private final Backend backend;
    private final BooleanSupplier answers;
    private boolean paused;
    private boolean closed;

    private RunningServer(String name, Backend backend, BooleanSupplier answers) {
        this.name = name;
        this.backend = backend;
        this.answers = answers;
    }

    /** Starts a server and returns when clients can use it. Leaves nothing behind if that fails. */
    static RunningServer start(String name, Backend backend, BooleanSupplier answers) {
        RunningServer server = new RunningServer(name, backend, answers);
        try {
            server.launch();
            return server;
        } catch (RuntimeException e) {
            try {
                server.close();
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    synchronized void kill() {
        requireOpen();
        backend.kill();
        paused = false;
    }

    synchronized void pause() {
        requireOpen();
        backend.pause();
        paused = true;
    }

    synchronized void resume() {
        requireOpen();
        if (paused) {
            backend.resume();
            paused = false;
        }
    }

    synchronized void stop() {
        requireOpen();
        resume();
        backend.stop();
    }

    synchronized void restart() {
        stop();
        launch();
    }

    synchronized boolean isRunning() {
        return !closed && backend.isRunning();
    }

    synchronized void close() {
        if (!closed) {
            try {
                stop();
            } finally {
                closed = true;
                backend.release();
            }
        }
    }

    private void launch() {
        backend.start();
        boolean ready =
                Processes.await(START, () -> !backend.isRunning() || (backend.saysReady() && answers.getAsBoolean()));
        if (!ready || !backend.isRunning()) {
            throw new ServerStartException("%s did not start on port %d: it %s. The end of its log:%n%s"
                    .formatted(
                            name,
                            backend.port(),
                            ready ? "ended at once" : "was not ready after " + START.toSeconds() + " s",
                            backend.logTail()));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
    }
}
