package dev.outbox.test;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Starts a server once, and remembers if that failed: no later test waits for it again. Thread-safe. */
final class SharedServer<S> {

    private final Supplier<S> start;
    private @Nullable S server;
    private @Nullable ServerStartException failure;

    SharedServer(Supplier<S> start) {
        this.start = start;
    }

    synchronized S get() {
        if (failure != null) {
            throw aborted(failure);
        }
        if (server == null) {
            try {
                server = start.get();
            } catch (ServerStartException e) {
                failure = e;
                throw aborted(e);
            }
        }
        return server;
    }

    private static TestAbortedException aborted(ServerStartException failure) {
        return new TestAbortedException(String.valueOf(failure.getMessage()), failure);
    }
}
