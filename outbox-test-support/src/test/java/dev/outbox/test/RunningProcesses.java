package dev.outbox.test;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The processes of this machine, as far as a test is interested in them. */
final class RunningProcesses {

    private RunningProcesses() {}

    /** The processes whose command line names a folder, and their descendants, which may have another command line. */
    static List<ProcessHandle> of(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .distinct()
                .toList();
    }

    /** Ends the shells that watch the servers of a folder: without them a server stays when its owner is killed. */
    static void killWatchers(Path folder) {
        of(folder).stream()
                .filter(process -> process.info().command().orElse("").endsWith("sh"))
                .forEach(ProcessHandle::destroyForcibly);
    }
}
