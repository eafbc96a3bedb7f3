package dev.outbox.store;

import dev.outbox.ReplayPlan;
import java.io.StringWriter;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A plan as a JSON object, in a column and in a token: a property for each condition that is given. Written without a mapper, which an application need not have. */
public final class ReplayPlanJson {
    private static final JsonFactory JSON = new JsonFactory();

    private ReplayPlanJson() {}

    /** The sets in alphabetical order, so that equal plans are equal texts. */
    public static String write(ReplayPlan plan) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            write(json, "from", plan.from());
            write(json, "until", plan.until());
            write(json, "aggregateIds", plan.aggregateIds());
            write(json, "eventTypes", plan.eventTypes());
            write(json, "eventIds", plan.eventIds());
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, @Nullable Instant time) {
        if (time != null) json.writeStringProperty(name, time.toString());
    }

    private static void write(JsonGenerator json, String name, Set<?> values) {
        if (values.isEmpty()) return;
        json.writeArrayPropertyStart(name);
        values.stream().map(Object::toString).sorted().forEach(json::writeString);
        json.writeEndArray();
    }

    /** @throws IllegalStateException if it is none that was written here */
    public static ReplayPlan read(String text) {
        Instant from = null;
        Instant until = null;
        Set<String> aggregateIds = Set.of();
        Set<String> eventTypes = Set.of();
        Set<String> eventIds = Set.of();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            require(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                switch (json.currentName()) {
                    case "from" -> from = Instant.parse(json.nextStringValue());
                    case "until" -> until = Instant.parse(json.nextStringValue());
                    case "aggregateIds" -> aggregateIds = values(json);
                    case "eventTypes" -> eventTypes = values(json);
                    case "eventIds" -> eventIds = values(json);
                    // a condition that this version does not know: to leave it out would send more than was meant
                    default -> require(false);
                }
            }
        }
        return new ReplayPlan(
                from,
                until,
                aggregateIds,
                eventTypes,
                eventIds.stream().map(UUID::fromString).collect(Collectors.toSet()));
    }

    private static Set<String> values(JsonParser json) {
        require(json.nextToken() == JsonToken.START_ARRAY);
        Set<String> values = new HashSet<>();
        while (json.nextToken() == JsonToken.VALUE_STRING) values.add(json.getString());
        return values;
    }

    private static void require(boolean expected) {
        if (!expected)
            throw new IllegalStateException("This plan of a replay was not written by this version of the outbox.");
    }
}
