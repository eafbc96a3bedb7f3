package dev.outbox.inbox.deadletter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The causes of failures. */
public final class Causes {
    private Causes() {}

    /** A failure and its causes, the root last; each once, also where they go round in circles. */
    public static List<Throwable> of(Throwable failure) {
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure; cause != null && known.add(cause); cause = cause.getCause()) causes.add(cause);
        return causes;
    }
}
