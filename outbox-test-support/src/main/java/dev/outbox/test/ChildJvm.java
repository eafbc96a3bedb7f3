package dev.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * A further JVM with the class path of this one, to be killed, paused and watched. It is killed when this JVM is gone.
 * Thread-safe.
 */
public final class ChildJvm implements AutoCloseable {

    private final ServerFolder folder;
    private final OwnedProcess process;

    private ChildJvm(ServerFolder folder, OwnedProcess process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts a JVM and returns at once.
     *
     * @param main a class with a main method; neither needs to be public for a JVM that allows it
     * @param jvmOptions such as {@code -Xmx128m} or {@code -Dname=value}
     * @param arguments for the main method
     * @throws UncheckedIOException if the JVM cannot be started
     */
    public static ChildJvm start(Class<?> main, List<String> jvmOptions, String... arguments) {
        ServerFolder folder = ServerFolder.temporary("jvm");
        try {
            List<String> command =
                    JavaCommand.write(folder.path().resolve("jvm.args"), jvmOptions, main, List.of(arguments));
            Path log = folder.path().resolve("output.log");
            return new ChildJvm(folder, OwnedProcess.start(command, log, "KILL", folder.path()));
        } catch (IOException e) {
            folder.close();
            throw new UncheckedIOException(e);
        }
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process exists; true for a paused one as well. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The complete lines that it has printed so far, to its standard and its error output. */
    public List<String> output() {
        return process.log().lines();
    }

    /**
     * Waits for a line that contains a text, and returns the first such line since the start.
     *
     * @throws AssertionError if no such line comes in time or before the process ends
     */
    public String awaitLine(String text, Duration timeout) {
        return awaitLine(line -> line.contains(text), timeout);
    }

    /**
     * Waits for a line, and returns the first one since the start that is meant.
     *
     * @throws AssertionError if no such line comes in time or before the process ends
     */
    public String awaitLine(Predicate<String> meant, Duration timeout) {
        AtomicReference<String> found = new AtomicReference<>();
        Processes.await(timeout, () -> {
            boolean ended = !process.isAlive();
            output().stream().filter(meant).findFirst().ifPresent(found::set);
            return ended || found.get() != null;
        });
        String line = found.get();
        if (line == null) {
            throw new AssertionError("Process %d %s without the line. The end of its output:%n%s"
                    .formatted(
                            pid(),
                            process.isAlive() ? "ran " + timeout.toMillis() + " ms" : "ended",
                            process.log().tail()));
        }
        return line;
    }

    /** Ends it with SIGKILL, and returns when it is gone. Its own children are left alone, as after a crash. Does nothing when it has ended. */
    public void kill() {
        process.kill();
    }

    /** Sends SIGINT, as Ctrl-C does, and returns at once. Does nothing when it has ended. */
    public void interrupt() {
        process.signal("INT");
    }

    /** Sends SIGTERM and returns at once. Does nothing when it has ended. */
    public void terminate() {
        process.signal("TERM");
    }

    /** Stops it with SIGSTOP. Its connections stay open and nothing answers. Its own children go on. */
    public void pause() {
        process.pause();
    }

    /** Lets a paused one go on. */
    public void resume() {
        process.signal("CONT");
    }

    /**
     * Waits for the end.
     *
     * @return the exit code; 128 plus the signal's number when a signal ended it, such as 137 for SIGKILL
     * @throws AssertionError if it does not end in time
     */
    public int exitCode(Duration timeout) {
        if (!process.ends(timeout)) {
            throw new AssertionError("Process %d is still running after %d ms. The end of its output:%n%s"
                    .formatted(pid(), timeout.toMillis(), process.log().tail()));
        }
        return process.exitCode();
    }

    /** Kills it when it is still running, and deletes its output. Does nothing the second time. */
    @Override
    public void close() {
        process.kill();
        folder.close();
    }
}
