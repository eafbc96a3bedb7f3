package dev.outbox.publish;

import dev.outbox.spi.PayloadSerializer;
import tools.jackson.databind.ObjectMapper;

/** JSON by Jackson 3, with the application's own mapper. */
public final class JacksonPayloadSerializer implements PayloadSerializer {
    private final ObjectMapper mapper;

    public JacksonPayloadSerializer(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] serialize(Object payload) {
        return mapper.writeValueAsBytes(payload);
    }
}
