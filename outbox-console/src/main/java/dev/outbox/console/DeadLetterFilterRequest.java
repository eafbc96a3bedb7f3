package dev.outbox.console;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.outbox.inbox.DeadLetterFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which dead letters, as the parameters of a query or as JSON say it; the conditions are those of {@link DeadLetterFilter}. */
record DeadLetterFilterRequest(
        @Nullable String consumer,
        @Nullable String topic,
        @Nullable String eventType,
        @Nullable String aggregateType,
        @Nullable String aggregateId,
        @Nullable List<@Nullable String> eventIds) {
    private static final Conditions CONDITIONS = new Conditions(DeadLetterFilterRequest.class, Set.of("after", "size"));

    @JsonAnySetter
    void refuse(String condition, @Nullable Object value) {
        throw CONDITIONS.unknown(condition);
    }

    static void refuseUnknown(HttpServletRequest request) {
        CONDITIONS.refuseOthers(request);
    }

    DeadLetterFilter filter() {
        Set<UUID> ids = new LinkedHashSet<>();
        if (eventIds != null)
            for (String id : eventIds) if (id == null || !id.isEmpty()) ids.add(RequestText.id("eventIds", id));
        String whose = consumer(consumer);
        try {
            return new DeadLetterFilter(
                    whose,
                    RequestText.condition("topic", topic),
                    RequestText.condition("eventType", eventType),
                    RequestText.condition("aggregateType", aggregateType),
                    RequestText.condition("aggregateId", aggregateId),
                    ids);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("eventIds", String.valueOf(e.getMessage()));
        }
    }

    /** There is no default: events of all consumers are nobody's dead letters. */
    static String consumer(@Nullable String name) {
        String consumer = RequestText.condition("consumer", name);
        if (consumer == null || consumer.isBlank())
            throw new InvalidRequestException("consumer", "Name the consumer whose dead letters are meant.");
        return consumer;
    }
}
