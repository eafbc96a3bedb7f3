package dev.outbox.benchmarks;

import java.io.IOException;

/** What a measurement has left for the disk to write would otherwise be paid for by the next one. */
final class Disk {
    private Disk() {}

    /** Waits until everything is written. */
    static void settle() {
        try {
            int status = new ProcessBuilder("sync").inheritIO().start().waitFor();
            if (status != 0) throw new IllegalStateException("sync ended with status " + status);
        } catch (IOException e) {
            throw new IllegalStateException("The command 'sync' cannot be run.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the disk was written", e);
        }
    }
}
