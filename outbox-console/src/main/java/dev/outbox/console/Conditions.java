package dev.outbox.console;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;

/** The conditions that a request may have. A misspelt one that is ignored would let a decision hit what nobody meant. */
final class Conditions {
    private final Set<String> names;
    private final Set<String> page;

    /**
     * @param request its components are the conditions
     * @param page what goes with them in a query
     */
    Conditions(Class<? extends Record> request, Set<String> page) {
        this.names = Arrays.stream(request.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toUnmodifiableSet());
        this.page = page;
    }

    /** Refuses a query with others; parameters that begin with an underscore are those of Spring Security and the like. */
    void refuseOthers(HttpServletRequest request) {
        for (String name : Collections.list(request.getParameterNames()))
            if (!names.contains(name) && !page.contains(name) && !name.startsWith("_")) throw unknown(name);
    }

    InvalidRequestException unknown(String condition) {
        return new InvalidRequestException(
                condition,
                "There is no such condition. The conditions are %s."
                        .formatted(names.stream().sorted().collect(Collectors.joining(", "))));
    }
}
