package dev.outbox.boot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whether something is well, and what there is to say about it, in the words of no version of Spring Boot. For use by one thread. */
final class HealthReport {
    private final Map<String, Object> details = new LinkedHashMap<>();
    private boolean up = true;

    HealthReport down() {
        up = false;
        return this;
    }

    HealthReport withDetail(String name, Object detail) {
        details.put(name, detail);
        return this;
    }

    /** Unless something has said {@link #down()}. */
    boolean isUp() {
        return up;
    }

    Map<String, Object> details() {
        return Collections.unmodifiableMap(details);
    }
}
