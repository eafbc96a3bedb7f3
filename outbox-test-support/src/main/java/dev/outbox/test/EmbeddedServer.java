package dev.outbox.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A server as a child process on this machine. */
abstract class EmbeddedServer implements Backend {

    static final String HOST = "127.0.0.1";
    private static final Duration STOP = Duration.ofSeconds(10);

    private final String name;
    private final ServerFolder folder;
    private final int port;
    private final String stopSignals;
    private @Nullable OwnedProcess process;

    /**
     * @param stopSignals separated by blanks; the first one asks the server to end in order
     */
    EmbeddedServer(String name, @Nullable Path directory, int port, String stopSignals) {
        if (File.separatorChar == '\\') {
            throw new ServerStartException(
                    "%s runs embedded on Linux and macOS only. On Windows start Docker.".formatted(name));
        }
        this.name = name;
        this.folder = directory == null ? ServerFolder.temporary(name) : ServerFolder.kept(name, directory);
        this.port = port;
        this.stopSignals = stopSignals;
    }

    /** Prepares the data on disk and returns what to start. */
    abstract List<String> prepare() throws IOException;

    /** A file whose first line is the process id of the running server, or of one that an earlier JVM has left. */
    abstract Path pidFile();

    /** Part of the server's command line, and of no other program's. */
    abstract String mark();

    void started(long pid) throws IOException {}

    Path path() {
        return folder.path();
    }

    boolean logs(String text) {
        return process != null && process.log().lines().stream().anyMatch(line -> line.contains(text));
    }

    @Override
    public final String host() {
        return HOST;
    }

    @Override
    public final int port() {
        return port;
    }

    @Override
    public final void start() {
        try {
            endOrphan();
            Ports.requireFree(name, port);
            List<String> command = prepare();
            OwnedProcess started = OwnedProcess.start(
                    command, path().resolve("server.log"), stopSignals, folder.isTemporary() ? path() : null);
            process = started;
            started(started.pid());
        } catch (IOException e) {
            throw new ServerStartException("%s cannot be started in %s: %s".formatted(name, path(), e.getMessage()), e);
        }
    }

    @Override
    public final boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public final void pause() {
        running().pauseTree();
    }

    @Override
    public final void resume() {
        if (process != null && process.isAlive()) {
            process.resumeTree();
        }
    }

    @Override
    public final void kill() {
        running().killTree();
    }

    @Override
    public final void stop() {
        if (process != null) {
            process.stop(stopSignals.split(" ", 2)[0], STOP);
        }
    }

    @Override
    public final void release() {
        folder.close();
    }

    @Override
    public final String logTail() {
        return process == null ? "" : process.log().tail();
    }

    private OwnedProcess running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException(name + " is not running");
        }
        return process;
    }

    /** The lock on the folder is ours, thus the JVM that started such a server is gone. */
    private void endOrphan() throws IOException {
        if (process == null || !process.isAlive()) {
            orphan().ifPresent(Processes::killTree);
            Files.deleteIfExists(pidFile());
        }
    }

    private Optional<ProcessHandle> orphan() {
        try {
            String pid = Files.exists(pidFile())
                    ? Files.readAllLines(pidFile()).get(0).strip()
                    : "";
            return (pid.isEmpty() ? Optional.<ProcessHandle>empty() : ProcessHandle.of(Long.parseLong(pid)))
                    .filter(found -> found.info().commandLine().orElse("").contains(mark()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
