package dev.outbox.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child process that does not outlive this JVM, and that a Ctrl-C at the terminal does not reach.
 *
 * <p>A small shell next to it reads from a pipe that this JVM holds. The system closes the pipe when the JVM ends, be it
 * by SIGKILL; then the shell stops the process, even a paused one; where pkill is missing, paused children of the
 * process take some seconds more. When the process ends first, the JVM closes the pipe
 * and the shell ends.
 */
final class OwnedProcess {

    /** $1: signals to end the process, $2: a folder to delete after it or a dash, $3…: the process. */
    private static final String WATCHED = """
            signals=$1 folder=$2
            shift 2
            exec 3<&0 </dev/null
            ( (
              read -r _ <&3
              kill -0 $$ || exit
              for signal in $signals; do
                kill -$signal $$
                kill -CONT $$
                pkill -CONT -P $$
                tenths=0
                while [ $tenths -lt 80 ] && kill -0 $$; do sleep 0.1; tenths=$((tenths + 1)); done
                kill -0 $$ || break
              done
              [ "$folder" = - ] || rm -rf -- "$folder"
            ) >/dev/null 2>&1 & )
            exec 3<&-
            exec "$@"
            """;

    /** Not an empty argument: some JVMs do not see the arguments behind it when they look at a process. */
    private static final String NOTHING = "-";

    private static final Duration END = Duration.ofSeconds(10);

    private final Process process;
    private final ProcessLog log;

    private OwnedProcess(Process process, ProcessLog log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a process.
     *
     * @param command the program and its arguments
     * @param logFile gets what it prints, behind what is there
     * @param stopSignals what to send, one after the other, when this JVM is gone; separated by blanks
     * @param temporary deleted when the process has ended because this JVM is gone, null for nothing
     */
    static OwnedProcess start(List<String> command, Path logFile, String stopSignals, @Nullable Path temporary)
            throws IOException {
        List<String> watched = new ArrayList<>(ownSession());
        watched.addAll(List.of(
                "sh", "-c", WATCHED, "watched", stopSignals, temporary == null ? NOTHING : temporary.toString()));
        watched.addAll(command);
        ProcessLog log = ProcessLog.behind(logFile);
        Process process = new ProcessBuilder(watched)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()))
                .start();
        return new OwnedProcess(process, log);
    }

    /** What this process has printed. */
    ProcessLog log() {
        return log;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void signal(String signal) {
        if (process.isAlive()) {
            Processes.signal(signal, List.of(process.toHandle()));
        }
    }

    void pause() {
        if (process.isAlive()) {
            Processes.pause(List.of(process.toHandle()));
        }
    }

    void pauseTree() {
        Processes.pauseTree(process.toHandle());
    }

    void resumeTree() {
        Processes.resumeTree(process.toHandle());
    }

    /** Asks the process to end, and kills it if it has not done so in time. */
    void stop(String signal, Duration grace) {
        if (process.isAlive()) {
            resumeTree();
            signal(signal);
            if (!ends(grace)) {
                killTree();
            }
        }
    }

    /** Kills the process alone, and returns when it is gone. */
    void kill() {
        signal("KILL");
        ends(END);
    }

    /** Kills the process and its descendants, and returns when they are gone. */
    void killTree() {
        if (process.isAlive()) {
            Processes.killTree(process.toHandle());
            ends(END);
        }
    }

    /** Waits for the end of the process, and returns whether it came. */
    boolean ends(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for process " + pid(), e);
        }
    }

    int exitCode() {
        return process.exitValue();
    }

    /**
     * A terminal sends its signals to one session only. Whoever is started by a shell in the background ignores SIGINT, and so does what it
     * starts, a JVM for good; Perl ends that, setsid cannot.
     */
    private static List<String> ownSession() {
        if (isOnPath("perl")) {
            return List.of("perl", "-MPOSIX=setsid", "-e", "setsid(); $SIG{INT} = 'DEFAULT'; exec @ARGV");
        }
        return isOnPath("setsid") ? List.of("setsid") : List.of();
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Stream.of(path.split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
