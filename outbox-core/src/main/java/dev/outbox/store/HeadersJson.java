package dev.outbox.store;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The application's headers as one column: a JSON object of strings, null when there are none. Written without a mapper, which an application need not have. */
final class HeadersJson {
    private static final JsonFactory JSON = new JsonFactory();

    private HeadersJson() {}

    static @Nullable String write(Map<String, String> headers) {
        if (headers.isEmpty()) return null;
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            headers.forEach(json::writeStringProperty);
            json.writeEndObject();
        }
        return text.toString();
    }

    static Map<String, String> read(@Nullable String json) {
        if (json == null) return Map.of();
        Map<String, String> headers = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            require(parser.nextToken() == JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                String value = parser.nextStringValue();
                require(value != null);
                headers.put(name, value);
            }
            require(parser.nextToken() == null);
        }
        return headers;
    }

    private static void require(boolean expected) {
        if (!expected) throw new IllegalStateException("The headers of an event are no JSON object of strings.");
    }
}
