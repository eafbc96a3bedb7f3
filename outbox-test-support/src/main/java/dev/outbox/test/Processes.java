package dev.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Signals to processes and their descendants. */
final class Processes {

    private static final Duration END = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(10);

    private Processes() {}

    /** Sends a signal. A process that has ended meanwhile is left out. */
    static void signal(String signal, List<ProcessHandle> processes) {
        // the shell's own kill, as not every machine has one as a program
        List<String> command = new ArrayList<>(
                List.of("sh", "-c", "signal=$1; shift; for pid; do kill -\"$signal\" \"$pid\"; done", "kill", signal));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending SIG" + signal, e);
        }
    }

    /** Stops processes, and returns when they stand still. */
    static void pause(List<ProcessHandle> processes) {
        signal("STOP", processes);
        await(END, () -> processes.stream().allMatch(process -> "TtZ?".indexOf(state(process)) >= 0));
    }

    /** Stops a process and its descendants. It looks again until no new child has escaped. */
    static List<ProcessHandle> pauseTree(ProcessHandle root) {
        List<ProcessHandle> tree = List.of();
        List<ProcessHandle> now = List.of(root);
        while (!now.equals(tree)) {
            tree = now;
            pause(tree);
            now = tree(root);
        }
        return tree;
    }

    static void resumeTree(ProcessHandle root) {
        signal("CONT", tree(root));
    }

    /** Kills a process and its descendants, and returns when none of them runs. */
    static void killTree(ProcessHandle root) {
        List<ProcessHandle> tree = pauseTree(root);
        signal("KILL", tree);
        if (!await(END, () -> tree.stream().noneMatch(Processes::runs))) {
            throw new IllegalStateException("Still running after SIGKILL: " + tree);
        }
    }

    /** Whether a process exists. One that has ended but was not yet collected by its parent does not. */
    static boolean runs(ProcessHandle process) {
        return process.isAlive() && state(process) != 'Z';
    }

    /** Waits until a condition holds, and returns whether it does. */
    static boolean await(Duration timeout, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting", e);
            }
        }
        return true;
    }

    private static List<ProcessHandle> tree(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants()).toList();
    }

    /** The letter of proc(5), and a question mark where the system has no such file or the process is gone. */
    private static char state(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException | IndexOutOfBoundsException e) {
            return '?';
        }
    }
}
